import CaffeCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SVGDrawing {
  /// The drawing as the content of a PNG file.
  ///
  /// - Parameter scale: How many pixels of the file, each way, make one of the drawing; fewer, down to a half, where it would be too
  ///   large for a PNG.
  /// - Throws: `CaffeError` as ``png(ofSVG:width:height:scale:)``.
  public func png(scale: Double) throws -> [UInt8] {
    let fitting = 31_999 / max(width, height, 1)
    return try SVGDrawing.png(
      ofSVG: svg, width: width, height: height, scale: fitting < 0.5 ? scale : min(scale, fitting))
  }

  /// The content of a PNG file of any SVG, by librsvg, which is looked for when it is first needed.
  ///
  /// - Throws: `CaffeError` of code `unsupported` where there is no librsvg, of code `value` for what isn't SVG or is too large.
  public static func png(ofSVG svg: String, width: Double, height: Double, scale: Double) throws -> [UInt8] {
    try SVGRenderer().png(svg, width: width, height: height, scale: scale)
  }
}

/// librsvg, opened at run time: who only wants SVG needs neither it nor what it brings along.
private struct SVGRenderer {
  private typealias Pointer = UnsafeMutableRawPointer
  private typealias Sink = @convention(c) (Pointer?, UnsafePointer<UInt8>?, UInt32) -> Int32

  private let library: UnsafeMutableRawPointer

  init() throws {
    let variable = "CAFFE_RSVG_PATH"
    let names = getenv(variable).map { [String(cString: $0)] } ?? ["librsvg-2.so.2", "librsvg-2.2.dylib"]
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else {
      throw CaffeError(
        .unsupported,
        "PNG files of drawings are made by librsvg, which isn't there (\(names.joined(separator: ", "))); "
          + "apt-get install librsvg2-2, set \(variable), or write an .svg")
    }
    self.library = library
  }

  private func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
    guard let symbol = dlsym(library, name) else {
      throw CaffeError(.unsupported, "this librsvg has no \(name); install version 2.46 or newer, or write an .svg")
    }
    return unsafeBitCast(symbol, to: type)
  }

  func png(_ svg: String, width: Double, height: Double, scale: Double) throws -> [UInt8] {
    let (columns, rows) = ((width * scale).rounded(.up), (height * scale).rounded(.up))
    guard columns >= 1, rows >= 1, columns <= 32_000, rows <= 32_000 else {
      throw CaffeError(
        .value, "a drawing of \(columns.general)×\(rows.general) pixels; a PNG has 1 to 32,000 each way: write an .svg")
    }
    let release = try function("g_object_unref", as: (@convention(c) (Pointer) -> Void).self)
    let handle = try handle(of: svg)
    defer { release(handle) }
    let makeSurface = try function(
      "cairo_image_surface_create", as: (@convention(c) (Int32, Int32, Int32) -> Pointer?).self)
    let makeContext = try function("cairo_create", as: (@convention(c) (Pointer) -> Pointer?).self)
    let destroySurface = try function("cairo_surface_destroy", as: (@convention(c) (Pointer) -> Void).self)
    let destroyContext = try function("cairo_destroy", as: (@convention(c) (Pointer) -> Void).self)
    let render = try function(
      "rsvg_handle_render_document",
      as: (@convention(c) (Pointer, Pointer, UnsafePointer<Double>, UnsafeMutablePointer<Pointer?>?) -> Int32).self)
    // 0 is the format of 32 bits with transparency.
    guard let surface = makeSurface(0, Int32(columns), Int32(rows)) else { throw SVGRenderer.failed("no memory") }
    defer { destroySurface(surface) }
    guard let context = makeContext(surface) else { throw SVGRenderer.failed("no memory") }
    defer { destroyContext(context) }
    var error: Pointer?
    guard render(handle, context, [0, 0, columns, rows], &error) != 0 else {
      throw SVGRenderer.failed(try message(of: error))
    }
    return try encoded(surface)
  }

  private func handle(of svg: String) throws -> Pointer {
    let make = try function(
      "rsvg_handle_new_from_data",
      as: (@convention(c) (UnsafePointer<UInt8>?, UInt, UnsafeMutablePointer<Pointer?>?) -> Pointer?).self)
    var error: Pointer?
    let bytes = Array(svg.utf8)
    guard let handle = bytes.withUnsafeBufferPointer({ make($0.baseAddress, UInt($0.count), &error) }) else {
      throw SVGRenderer.failed(try message(of: error))
    }
    return handle
  }

  private func encoded(_ surface: Pointer) throws -> [UInt8] {
    let write = try function(
      "cairo_surface_write_to_png_stream", as: (@convention(c) (Pointer, Sink, Pointer?) -> Int32).self)
    var content: [UInt8] = []
    let status = withUnsafeMutablePointer(to: &content) { target in
      write(
        surface,
        { target, bytes, count in
          let content = target?.assumingMemoryBound(to: [UInt8].self)
          content?.pointee.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
          return 0
        }, target)
    }
    guard status == 0 else { throw SVGRenderer.failed("cairo says \(status)") }
    return content
  }

  /// What a GError holds, which is freed: a number each for domain and code, then the text.
  private func message(of error: Pointer?) throws -> String {
    guard let error else { return "no reason given" }
    let free = try function("g_error_free", as: (@convention(c) (Pointer) -> Void).self)
    defer { free(error) }
    let text = error.load(fromByteOffset: 8, as: UnsafePointer<CChar>?.self)
    return text.map { String(cString: $0) } ?? "no reason given"
  }

  private static func failed(_ reason: String) -> CaffeError {
    CaffeError(.value, "librsvg can't make a PNG of this drawing (\(reason)); write an .svg")
  }
}
