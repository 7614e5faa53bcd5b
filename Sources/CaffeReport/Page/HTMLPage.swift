import CaffeData
import CaffeDrawing
import Foundation

/// An HTML page whose style and pictures are in it.
struct HTMLPage {
  private let title: String
  private var body = ""

  init(title: String) { self.title = title }

  /// Adds an element that holds `text` as it is.
  mutating func add(element: String, _ text: String) {
    body += "<\(element)>\(SVGDrawing.escaped(text))</\(element)>\n"
  }

  /// Begins a section.
  mutating func section(_ heading: String) { add(element: "h2", heading) }

  /// Adds HTML.
  mutating func raw(_ html: String) { body += html + "\n" }

  /// A picture as the address of an image.
  static func dataAddress(_ picture: Picture) throws -> String {
    "data:image/png;base64," + Data(try picture.encoded(as: .png)).base64EncodedString()
  }

  private static let style = """
    body { font: 15px/1.5 Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; color: #333; margin: 2em auto;
      max-width: 960px; padding: 0 1em }
    h1 { font-size: 1.7em; margin-bottom: .5em }
    h2 { font-size: 1.2em; margin: 2em 0 .6em; border-bottom: 1px solid #ddd; padding-bottom: .2em }
    .cards { display: flex; flex-wrap: wrap; gap: .8em }
    .cards div { background: #f4f6f8; border-radius: 6px; padding: .6em 1em; min-width: 7em }
    .cards b { display: block; font-size: 1.35em }
    .cards span, figcaption, caption { color: #6b6b6b; font-size: .85em }
    figure { margin: 0 } svg { max-width: 100%; height: auto }
    table { border-collapse: collapse } th, td { padding: .2em .6em; text-align: left; vertical-align: top }
    th { font-weight: normal; color: #6b6b6b } caption { caption-side: bottom; text-align: left; padding-top: .4em }
    td { overflow-wrap: anywhere }
    .matrix td, .matrix th { text-align: right; min-width: 2.2em; padding: .25em .5em; border: 1px solid #fff;
      font-variant-numeric: tabular-nums }
    .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 1em }
    .pixels { image-rendering: pixelated; max-width: 100% }
    pre { background: #f4f6f8; border-radius: 6px; padding: 1em; overflow-x: auto; font-size: .85em }
    summary { cursor: pointer; margin-top: .8em }
    """

  /// The page.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(SVGDrawing.escaped(title))</title>
    <style>
    \(HTMLPage.style)
    </style>
    </head>
    <body>
    \(body)</body>
    </html>

    """
  }
}
