import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Other people's HDF5 files; only where `CAFFE_DATA_DIR` has them.
@Suite struct RealHDF5Tests {
  /// The datasets below `group`, and what can't be read of it.
  private func walk(_ group: HDF5Group, _ datasets: inout [String: Int], _ faults: inout [String]) throws {
    for name in try group.names() {
      let path = group.path.isEmpty ? name : "\(group.path)/\(name)"
      if try group.containsGroup(name) {
        try walk(group.group(name), &datasets, &faults)
        continue
      }
      let fault = message {
        let dataset = try group.dataset(name)
        datasets[path] = dataset.kind == .string ? dataset.shape.count : try dataset.floats().count
      }
      if !fault.isEmpty { faults.append("\(path): \(fault)") }
    }
  }

  @Test(.enabled(if: Fixtures.realData != nil, "set CAFFE_DATA_DIR to test with other people's HDF5 files"))
  func allAreReadAndAGroupIsNoDataset() throws {
    let folder = try #require(Fixtures.realData) + "/hdf5"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    for name in names {
      var datasets: [String: Int] = [:]
      var faults: [String] = []
      try walk(HDF5File.open("\(folder)/\(name)"), &datasets, &faults)
      #expect(!datasets.isEmpty, "\(name)")
      #expect(faults.isEmpty, "\(name): \(faults)")
    }
    guard names.contains("nvidia_inference.hdf5") else { return }
    let file = try HDF5File.open(folder + "/nvidia_inference.hdf5")
    let fault = message { _ = try file.dataset("outputs").floats() }
    #expect(
      fault.contains("nvidia_inference.hdf5") && fault.contains("\"outputs\" is a group")
        && fault.contains("\"outputs/feat_left\""), "\(fault)")
  }
}
