import Caffe

// Run it in the project's folder, where the MNIST databases are: see README.md beside this file.
let solver = try Solver(file: "examples/mnist/lenet_solver.prototxt", context: Context())
try solver.step(1000)
for output in try solver.test().flatMap(\.outputs) {
  print("\(output.name) \(output.value)")
}

let lenet = try Net(file: "examples/mnist/lenet.prototxt", context: Context(phase: .test))
try lenet.shareTrainedLayers(with: solver.net)
let digit = SyntheticDigits(seed: 7).make(1, of: .test)
let picture = lenet.inputs[0].blob
picture.reshape(to: [1, 1, 28, 28])
try picture.setData(digit.pixels.map { Float($0) / 256 })
try lenet.forward()
let probabilities = lenet.outputs[0].blob.data.values
let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
print("a drawn \(digit.labels[0]) is seen as \(best), probability \(probabilities[best])")
