extension RulePage {
  static let unreadableFile = RulePage(
    "file", .error, summary: "The file can't be read, or isn't a prototxt.",
    text:
      "It is missing, empty, or something else: a web page, a picture, weights. The message says what it seems to be.")

  static let syntax = RulePage(
    "syntax", .error, summary: "The text isn't a prototxt.",
    text: "A brace or a quote is missing, or a sign has no place there. Reading ends at the first such fault.",
    wrong: """
      layer {
        name: "x"
        type: "Input"
        top: "x"
        input_param { shape { dim: 1 } }
      """,
    right: """
      layer {
        name: "x"
        type: "Input"
        top: "x"
        input_param { shape { dim: 1 } }
      }
      """)

  static let field = RulePage(
    "field", .error, summary: "A field is unknown, given twice, missing, or has a value of the wrong kind.",
    text: """
      The message has names that are near, and says so where a field comes from a fork of Caffe. All such faults of a file are found at \
      once.
      """,
    wrong: """
      layer {
        name: "x"
        type: "Input"
        tops: "x"
        input_param { shape { dim: 1 } }
      }
      """,
    right: """
      layer {
        name: "x"
        type: "Input"
        top: "x"
        input_param { shape { dim: 1 } }
      }
      """)

  static let upgrade = RulePage(
    "reading", .warning, summary: "The file is read otherwise than it is written.",
    text: "A misspelling that is known from tutorials was read as what it stands for, or an old form as the new one.",
    wrong: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 9 dim: 9 } } }
      layer {
        name: "conv"
        type: "Convolution"
        bottom: "x"
        top: "conv"
        convolution_param { num_output: 2 kernelsize: 3 }
      }
      """,
    right: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 9 dim: 9 } } }
      layer {
        name: "conv"
        type: "Convolution"
        bottom: "x"
        top: "conv"
        convolution_param { num_output: 2 kernel_size: 3 }
      }
      """)
}
