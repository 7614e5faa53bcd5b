import CCaffe
import CaffeNet

/// The caller's functions that are called around the layers of a net.
final class LayerHooks {
  private struct Hook {
    let function: caffe_layer_hook
    let user: UnsafeMutableRawPointer?
  }

  private let owner: Owner
  private var hooks: [LayerMoment: [Hook]] = [:]

  init(_ owner: Owner) { self.owner = owner }

  func add(_ function: caffe_layer_hook, user: UnsafeMutableRawPointer?, at moment: LayerMoment, of net: Net) {
    hooks[moment, default: []].append(Hook(function: function, user: user))
    net.layerHook = { [self] in try call($0, layer: $1) }
  }

  private func call(_ moment: LayerMoment, layer: Int) throws {
    for hook in hooks[moment] ?? [] {
      try CallbackFailure.check("the hook \(moment) of a net") {
        owner.callingBack { hook.function(hook.user, Int64(layer)) }
      }
    }
  }
}
