/// Where in a picture a window is cut out, and where in the square top it lands.
///
/// Source: Girshick et al., "Rich feature hierarchies for accurate object detection and semantic segmentation",
/// CVPR 2014, supplement A; Caffe's WindowData.
package struct WindowCut: Equatable {
  /// The first column of the part of the picture.
  package var left: Int
  /// Its first row.
  package var top: Int
  /// Its height.
  package var height: Int
  /// Its width.
  package var width: Int
  /// The height that it is scaled to.
  package var scaledHeight: Int
  /// The width that it is scaled to.
  package var scaledWidth: Int
  /// The row where it lands; the rest of the square is padding.
  package var offsetTop = 0
  /// The column where it lands.
  package var offsetLeft = 0

  /// The cut for `window`, which lies inside a picture of `pictureHeight` × `pictureWidth`.
  ///
  /// With `contextPad`, or `isSquare`, the window is first widened so that after scaling to `side` there are
  /// so many pixels of surroundings on each side, or to a square; what then lies outside the picture becomes padding.
  package init(
    _ window: WindowList.Window, pictureHeight: Int, pictureWidth: Int, side: Int, contextPad: Int, isSquare: Bool,
    isMirrored: Bool
  ) {
    left = window.left
    top = window.top
    height = window.bottom - window.top + 1
    width = window.right - window.left + 1
    scaledHeight = side
    scaledWidth = side
    guard contextPad > 0 || isSquare else { return }
    let scale = Float(side) / Float(side - 2 * contextPad)
    var halfHeight = Float(height) / 2
    var halfWidth = Float(width) / 2
    let centreX = Float(left) + halfWidth
    let centreY = Float(top) + halfHeight
    if isSquare {
      halfHeight = max(halfHeight, halfWidth)
      halfWidth = halfHeight
    }
    let columns = Span(centre: centreX, half: halfWidth * scale, extent: pictureWidth, side: side)
    let rows = Span(centre: centreY, half: halfHeight * scale, extent: pictureHeight, side: side)
    (left, width) = (columns.start, columns.count)
    (top, height) = (rows.start, rows.count)
    offsetLeft = isMirrored ? columns.padAfter : columns.padBefore
    offsetTop = rows.padBefore
    // Rounding may have made the two too long together.
    scaledWidth = min(columns.scaled, side - offsetLeft)
    scaledHeight = min(rows.scaled, side - offsetTop)
  }

  /// One axis of a widened window.
  private struct Span {
    let start: Int
    let count: Int
    let scaled: Int
    let padBefore: Int
    let padAfter: Int

    init(centre: Float, half: Float, extent: Int, side: Int) {
      let first = Int((centre - half).rounded())
      let last = Int((centre + half).rounded())
      let before = max(0, -first)
      let after = max(0, last - extent + 1)
      start = first + before
      count = max(1, last - after - start + 1)
      let factor = Float(side) / Float(last - first + 1)
      scaled = max(1, Int((Float(count) * factor).rounded()))
      padBefore = min(side - 1, Int((Float(before) * factor).rounded()))
      padAfter = min(side - 1, Int((Float(after) * factor).rounded()))
    }
  }
}
