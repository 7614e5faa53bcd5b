import CaffeCore
import CaffeProto

/// What `convolution_param` says of a kernel, before the number of spatial axes is known.
struct KernelGeometry {
  /// One entry for all axes, or one for each.
  struct Entry {
    var name: String
    /// As given by the field that repeats; empty where the default holds.
    var values: [Int]
    /// As given by the fields for height and width.
    var heightAndWidth: [Int]?
    var fallback: Int?
    var minimum: Int

    /// The values for `count` spatial axes.
    func resolved(_ count: Int) throws -> [Int] {
      let result: [Int]
      if let heightAndWidth {
        guard count == 2 else {
          throw CaffeError(
            .field,
            "\(name)_h and \(name)_w are for 2 spatial axes, but there are \(count); use \(Entry.listName(name)) instead"
          )
        }
        result = heightAndWidth
      } else if values.isEmpty, let fallback {
        result = Array(repeating: fallback, count: count)
      } else {
        guard values.count == 1 || values.count == count else {
          throw CaffeError(
            .field,
            "\(Entry.listName(name)) is given \(values.count) times for \(count) spatial axes; give it once, or once for each"
          )
        }
        result = values.count == 1 ? Array(repeating: values[0], count: count) : values
      }
      guard result.allSatisfy({ $0 >= minimum }) else {
        throw CaffeError(.value, "\(name) is \(result); give at least \(minimum)")
      }
      return result
    }

    private static func listName(_ name: String) -> String { name == "kernel" ? "kernel_size" : name }
  }

  let kernel: Entry
  let stride: Entry
  let padding: Entry
  let dilation: Entry

  /// Reads the fields, checking that each is given in one way.
  init(_ message: ConvolutionParameter) throws {
    func entry(
      _ name: String, _ list: [UInt32], _ pair: (has: Bool, height: UInt32, width: UInt32), fallback: Int?, minimum: Int
    ) throws -> Entry {
      let values = try list.map { try KernelGeometry.extent($0, name) }
      guard pair.has else {
        return Entry(name: name, values: values, heightAndWidth: nil, fallback: fallback, minimum: minimum)
      }
      guard values.isEmpty else {
        throw CaffeError(
          .field, "convolution_param gives \(name) both for all axes and as \(name)_h, \(name)_w; keep one of the two")
      }
      let both = [
        try KernelGeometry.extent(pair.height, "\(name)_h"), try KernelGeometry.extent(pair.width, "\(name)_w")
      ]
      return Entry(name: name, values: [], heightAndWidth: both, fallback: fallback, minimum: minimum)
    }
    let m = message
    guard !m.kernelSize.isEmpty || m.hasKernelH && m.hasKernelW else {
      throw CaffeError(.field, "convolution_param has no kernel; give kernel_size, or both kernel_h and kernel_w")
    }
    kernel = try entry(
      "kernel", m.kernelSize, (m.hasKernelH || m.hasKernelW, m.kernelH, m.kernelW), fallback: nil, minimum: 1)
    stride = try entry(
      "stride", m.stride, (m.hasStrideH || m.hasStrideW, m.strideH, m.strideW), fallback: 1, minimum: 1)
    padding = try entry("pad", m.pad, (m.hasPadH || m.hasPadW, m.padH, m.padW), fallback: 0, minimum: 0)
    dilation = try entry("dilation", m.dilation, (false, 0, 0), fallback: 1, minimum: 1)
  }

  /// A count from the message as an integer that sizes can be computed with: beyond 2³¹ − 1 products would overflow.
  private static func extent(_ value: UInt32, _ field: String) throws -> Int {
    guard value <= UInt32(Int32.max) else {
      throw CaffeError(.field, "\(field): \(value) is out of range; give at most \(Int32.max)")
    }
    return Int(value)
  }
}
