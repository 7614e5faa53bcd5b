import Caffe
import CaffeTestSupport
import Testing

/// Wrong numbers of bottoms and tops, for every type there is.
struct PortTests {
  private func failure(_ type: Layer.Type, bottoms: Int, tops: Int) -> String {
    let inputs = (0..<bottoms).map { input("x\($0)", [2, 3]) }.joined()
    let names = (0..<bottoms).map { "bottom: \"x\($0)\" " } + (0..<tops).map { "top: \"y\($0)\" " }
    let clip = type.typeName == "Clip" ? "clip_param { min: 0 max: 1 }" : ""
    do {
      // What a message lacks is not the question here, so only errors of the graph count.
      _ = try makeNet(inputs + "layer { name: \"t\" type: \"\(type.typeName)\" \(names.joined()) \(clip) }")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: LayerRegistry.standard.names)
  func aNumberOfBottomsOrTopsThatDoesNotFitIsRefused(name: String) throws {
    let type = try #require(LayerRegistry.standard[name])
    let (bottoms, tops) = (type.ports.bottoms, type.ports.tops)
    var wrong: [(Int, Int)] = []
    if bottoms.lowerBound > 0 { wrong.append((bottoms.lowerBound - 1, tops.lowerBound)) }
    if bottoms.upperBound < Int.max { wrong.append((bottoms.upperBound + 1, max(1, tops.lowerBound))) }
    if tops.lowerBound > 0, !type.ports.fillsTops { wrong.append((bottoms.lowerBound, tops.lowerBound - 1)) }
    if tops.upperBound < Int.max { wrong.append((bottoms.lowerBound, tops.upperBound + 1)) }
    if type.ports.tied { wrong.append((2, 1)) }
    #expect(!wrong.isEmpty || bottoms.upperBound == Int.max)
    for (bottomCount, topCount) in wrong {
      let text = failure(type, bottoms: bottomCount, tops: topCount)
      #expect(text.says("layer \"t\""), "\(name) with \(bottomCount) bottoms and \(topCount) tops: \(text)")
    }
  }
}
