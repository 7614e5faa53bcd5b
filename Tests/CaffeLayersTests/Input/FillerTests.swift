import Caffe
import CaffeTestSupport
import Testing

struct FillerTests {
  private func values(_ text: String, _ shape: Shape, seed: UInt64 = 1) throws -> [Float] {
    let filler = try Filler(try Prototxt.parse(FillerParameter.self, text: text), layer: "t")
    let blob = Blob(shape)
    var random = RandomStream(seed: seed)
    try filler.fill(blob, random: &random)
    return blob.data.values
  }

  private func deviation(_ values: [Float]) -> Float {
    let mean = values.reduce(0, +) / Float(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
  }

  @Test func constantIsZeroByDefault() throws {
    #expect(try values("", [2]) == [0, 0])
    #expect(try values("value: 0.5", [2]) == [0.5, 0.5])
  }

  @Test func uniformStaysInItsRange() throws {
    let got = try values(#"type: "uniform" min: -2 max: 6"#, [5000])
    #expect(got.allSatisfy { $0 >= -2 && $0 < 6 })
    #expect(abs(got.reduce(0, +) / 5000 - 2) < 0.15)
  }

  @Test func gaussianHasItsMeanAndDeviation() throws {
    let got = try values(#"type: "gaussian" mean: 3 std: 0.5"#, [10000])
    #expect(abs(got.reduce(0, +) / 10000 - 3) < 0.02)
    #expect(abs(deviation(got) - 0.5) < 0.02)
  }

  @Test func sparseGaussianLeavesAboutThatManyPerOutput() throws {
    let got = try values(#"type: "gaussian" sparse: 5"#, [50, 400])
    #expect(abs(Double(got.count { $0 != 0 }) / 20000 - 0.1) < 0.01)
  }

  @Test(arguments: [("FAN_IN", 12), ("FAN_OUT", 30), ("AVERAGE", 21)]) func xavierDividesByTheFan(
    _ norm: String, fan: Int
  )
    throws
  {
    let got = try values("type: \"xavier\" variance_norm: \(norm)", [10, 4, 3, 1])
    let bound = (3 / Float(fan)).squareRoot()
    #expect(got.allSatisfy { abs($0) <= bound })
    #expect((got.map(abs).max() ?? 0) > bound * 0.9)
  }

  @Test func msraHasTheDeviationOfItsFan() throws {
    let got = try values(#"type: "msra""#, [200, 50])
    #expect(abs(deviation(got) - 0.2) < 0.01)
  }

  @Test func unitBallRowsAddUpToOne() throws {
    let got = try values(#"type: "positive_unitball""#, [3, 8])
    for row in 0..<3 { #expect(abs(got[row * 8..<row * 8 + 8].reduce(0, +) - 1) < 1e-5) }
    #expect(got.allSatisfy { $0 >= 0 })
  }

  @Test func bilinearInterpolates() throws {
    let got = try values(#"type: "bilinear""#, [1, 1, 4, 4])
    #expect(Array(got[..<4]) == [0.0625, 0.1875, 0.1875, 0.0625])
    #expect(got[5] == 0.5625)
    let odd = try values(#"type: "bilinear""#, [1, 1, 3, 3])
    #expect(odd == [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25])
  }

  @Test func bilinearNeedsASquareKernel() {
    #expect(throws: CaffeError.self) { try values(#"type: "bilinear""#, [1, 1, 3, 4]) }
  }

  @Test func theSameStreamGivesTheSameValues() throws {
    #expect(try values(#"type: "xavier""#, [4, 4]) == values(#"type: "xavier""#, [4, 4]))
    #expect(try values(#"type: "xavier""#, [4, 4]) != values(#"type: "xavier""#, [4, 4], seed: 2))
  }

  @Test(arguments: [
    (#"type: "xavir""#, "did you mean \"xavier\""), (#"type: "uniform" min: 2 max: 1"#, "min 2.0 to max 1.0"),
    (#"type: "gaussian" std: -1"#, "std -1.0"), (#"type: "xavier" sparse: 3"#, "only \"gaussian\" has it"),
    (#"type: "gaussian" sparse: -3"#, "sparse: -3"), (#"type: "quite other""#, "use one of constant")
  ]) func refusesWhatMakesNoSense(_ text: String, message: String) throws {
    do {
      _ = try values(text, [2, 2])
      Issue.record("no error")
    } catch let error as CaffeError {
      #expect("\(error)".says("layer \"t\"", message))
    }
  }

  @Test func refusesMoreNonZeroValuesThanOutputs() {
    #expect(throws: CaffeError.self) { try values(#"type: "gaussian" sparse: 3"#, [2, 9]) }
  }
}
