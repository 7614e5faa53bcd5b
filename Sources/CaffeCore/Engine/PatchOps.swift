/// The patches of images that a convolution's kernel meets, as columns of matrices.
///
/// Columns are images × (inputChannels · kernel…) × output…; of the geometry, `outputChannels` and `groups` mean nothing here.
public protocol PatchOps {
  /// Copies what every value of the kernel meets at every place, 0 where that is padding.
  func im2col(_ spec: ConvolutionSpec, input: Buffer, columns: Buffer)

  /// Computes `input` as the sums of all that `im2col` would have copied from each of its places: the gradient of `im2col`.
  func col2im(_ spec: ConvolutionSpec, columns: Buffer, input: Buffer)
}
