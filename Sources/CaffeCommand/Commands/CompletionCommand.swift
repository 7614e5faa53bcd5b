import ArgumentParser
import Caffe

/// `caffe completion`: what makes a shell complete commands and flags.
struct CompletionCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Prints the script by which a shell completes commands and flags.",
    discussion: """
      For bash: caffe completion bash > ~/.local/share/bash-completion/completions/caffe
      For zsh, into a folder of its fpath: caffe completion zsh > ~/.zfunc/_caffe
      For fish: caffe completion fish > ~/.config/fish/completions/caffe.fish
      """)

  @Argument(help: "bash, zsh or fish.")
  var shell: String
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    guard let known = CompletionShell(rawValue: shell) else {
      throw CaffeError(.flag, "there are no completions for \"\(shell)\"; give bash, zsh or fish")
    }
    Platform.write(CaffeTool.completionScript(for: known) + "\n", to: Platform.standardOutput)
  }
}
