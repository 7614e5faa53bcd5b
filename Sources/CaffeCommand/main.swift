import Foundation

exit(Program(arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment).run())
