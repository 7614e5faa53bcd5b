import Foundation

WaitPolicy.apply()
exit(Program(arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment).run())
