import CaffeCore
import CaffeHDF5
import CaffeNet
import CaffeProto

/// Writes its bottoms to an HDF5 file, as the datasets `data` and `label`: a dump of what comes by.
///
/// Bottoms: two, whose first axes count records, as many in both. No tops.
///
/// `hdf5_output_param { file_name }`: the file. Required.
///
/// Each forward adds its records. The file appears under its name, whole, when the net is given up; until then, what was there stays.
/// A net that never went forward writes nothing.
///
/// Gradient: none; backward passes nothing on.
///
/// Errors: a folder that can't be written, bottoms with different numbers of records, records of another shape than the first, a full disk.
///
/// Source: Caffe's HDF5Output, which can write only one batch.
///
/// ```
/// layer {
///   name: "dump" type: "HDF5Output" bottom: "fc7" bottom: "label"
///   hdf5_output_param { file_name: "features.h5" }
/// }
/// ```
package final class HDF5OutputLayer: Layer {
  package override class var typeName: String { "HDF5Output" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 0...0) }

  private let file: String
  private var output: HDF5GrowingFile?

  /// Checks the message.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    file = parameter.hdf5OutputParam.fileName
    try super.init(parameter, context: context)
    guard !file.isEmpty else { throw error(.field, "hdf5_output_param has no file_name; name the file to be written") }
  }

  deinit {
    do {
      try output?.finish()
    } catch {
      context.logger.error("layer \"\(name)\": \(error)", at: "hdf5_output_layer.cpp:40")
    }
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    for blob in bottom where blob.shape.axisCount == 0 || blob.shape[0] != bottom[0].shape[0] {
      throw error(
        .shape,
        "the bottoms have the shapes \(bottom[0].shape) and \(bottom[1].shape); both need the same first extent, the records"
      )
    }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let output = try self.output ?? HDF5GrowingFile(context.path(file))
    self.output = output
    for (blob, dataset) in zip(bottom, ["data", "label"]) {
      try output.append(blob.data.values, shape: blob.shape.extents, to: dataset)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for (blob, wanted) in zip(bottom, propagateDown) where wanted { engine.fill(blob.diff, count: blob.count, with: 0) }
  }
}
