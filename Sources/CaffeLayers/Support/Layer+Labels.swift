import CaffeCore
import CaffeNet

extension Layer {
  /// Checks that bottom 1 has one label for each place of bottom 0 outside the channel axis.
  func checkLabels(_ bottom: [Blob], _ channels: ChannelSpec) throws {
    let expected = channels.outer * channels.inner
    guard bottom[1].count == expected else {
      throw error(
        .shape,
        "bottom 1 has the shape \(bottom[1].shape), but bottom 0, of shape \(bottom[0].shape) with \(channels.channels) "
          + "channels, needs \(expected) labels: one for each place outside the channel axis; check the axis and both bottoms"
      )
    }
  }
}
