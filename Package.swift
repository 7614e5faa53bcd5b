// swift-tools-version: 6.2
// The architecture, target by target: an arrow only ever points to something above it.
// `scripts/check` holds the `import` lines of the sources to these lists.
import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny")
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "SwiftCaffe",
  products: [
    .library(name: "Caffe", targets: ["Caffe"]),
    // What `scripts/build` makes build/lib/libcaffe.so of.
    .library(name: "CaffeABI", type: .dynamic, targets: ["CaffeABI"]),
    .executable(name: "caffe", targets: ["CaffeCommand"]),
    .executable(name: "gpu-check", targets: ["GPUCheck"]),
    .executable(name: "gpu-bench", targets: ["GPUBench"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0")
  ],
  targets: [
    // System libraries and C.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CLevelDB", providers: [.apt(["libleveldb-dev"])]),
    .target(name: "CHDF5", linkerSettings: [.linkedLibrary("hdf5_serial")]),
    .target(
      name: "CImageCodecs",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp")]),
    .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    .target(name: "CKernels", dependencies: ["COneDNN"]),
    .target(name: "CCaffe"),
    // NVIDIA's libraries are opened at run time: nothing is linked, and no header of theirs is needed.
    .target(name: "CCUDA", exclude: ["kernels"]),
    .target(name: "CCUDAStandIn", dependencies: ["CCUDA"]),

    // What a net is.
    library("CaffeCore", [log]),
    library("CaffeProto", ["CaffeCore", protobuf], exclude: ["Schema/caffe.proto"]),
    library("CaffeHDF5", ["CaffeCore", "CHDF5"]),
    library("CaffeNet", ["CaffeCore", "CaffeProto", "CaffeHDF5", log]),
    library("CaffeLayers", ["CaffeCore", "CaffeProto", "CaffeNet"]),
    library(
      "CaffeData",
      ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeHDF5", "CLMDB", "CLevelDB", "CImageCodecs"]),
    library("CaffeSolvers", ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeHDF5"]),

    // What a person sees of it.
    library("CaffeLint", ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeHDF5", "CaffeData", "CaffeSolvers"]),

    // What is seen of a training.
    library("CaffeDrawing", ["CaffeCore"]),
    library("CaffeRuns", ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeSolvers", log]),
    library(
      "CaffeTensorBoard", ["CaffeCore", "CaffeNet", "CaffeData", "CaffeSolvers", protobuf],
      exclude: ["Schema/events.proto"]),
    library(
      "CaffeReport",
      ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeData", "CaffeSolvers", "CaffeDrawing", "CaffeRuns"]),

    library(
      "CaffeViews", ["CaffeCore", "CaffeProto", "CaffeNet", "CaffeData", "CaffeDrawing"]),

    // How it is computed.
    library("CaffeReferenceEngine", ["CaffeCore"]),
    library("CaffeCPUEngine", ["CaffeCore", "COneDNN", "CKernels"]),
    library("CaffeCUDAEngine", ["CaffeCore", "CCUDA", log]),

    // What people use.
    library(
      "Caffe",
      [
        "CaffeCore", "CaffeProto", "CaffeHDF5", "CaffeNet", "CaffeLayers", "CaffeData", "CaffeSolvers",
        "CaffeLint", "CaffeDrawing", "CaffeRuns", "CaffeTensorBoard", "CaffeReport", "CaffeViews",
        "CaffeReferenceEngine", "CaffeCPUEngine", "CaffeCUDAEngine", log
      ]),
    library("CaffeABI", ["CCaffe", "Caffe", "CaffeCore", "CaffeNet", "CaffeSolvers", log]),
    library("CaffePython", ["CCaffe", "CaffeABI", "CaffeCore", "CaffeNet"]),
    .executableTarget(
      name: "CaffeCommand", dependencies: ["Caffe", "CaffePython", arguments, log], swiftSettings: settings),

    .executableTarget(
      name: "swift-lenet", dependencies: ["Caffe"], path: "examples/swift-lenet", exclude: ["README.md"],
      swiftSettings: settings),

    // Tests.
    library("CaffeTestSupport", ["Caffe", "CaffeCUDAEngine", "CCUDA", "CCUDAStandIn", log]),
    // Carried to a machine with a GPU: scripts/build-gpu-check.
    .executableTarget(
      name: "GPUCheck", dependencies: ["Caffe", "CaffeTestSupport", arguments], swiftSettings: settings),
    .executableTarget(
      name: "GPUBench", dependencies: ["Caffe", "CaffeTestSupport", arguments], swiftSettings: settings),
    tests("CaffeCoreTests", ["CaffeCore"]),
    tests("CaffeProtoTests", ["CaffeProto", "CaffeTestSupport"]),
    tests("CaffeNetTests", ["Caffe", "CaffeTestSupport", log]),
    tests("CaffeLayersTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeDataTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeSolversTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeLintTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeDrawingTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeRunsTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeTensorBoardTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeReportTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeEngineTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeReferenceTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffeCommandTests", ["CaffeCommand", "CaffeTestSupport"]),
    tests("CaffeABITests", ["CaffeABI", "CCaffe", "CaffeTestSupport"]),
    tests("CaffeExamplesTests", ["Caffe", "CaffeTestSupport"]),
    tests("CaffePublicAPITests", ["Caffe"])
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
