/// How things are computed: every operation that layers and solvers are written in.
///
/// One protocol per family of operations. There are no default implementations: a new operation stops every engine from
/// compiling until it answers. Operations take buffers, not pointers, so an engine sees the forms they are in and may keep
/// values in its own. Stateful operations are *plans*, made when shapes are known, which own
/// descriptors, workspaces and reordered weights.
///
/// Unless an operation says otherwise: outputs are overwritten, an output may be the same buffer as an input of the same count
/// (in-place), and counts are checked by the caller.
public protocol Engine: AnyObject, ExecutionOps, MemoryOps, GemmOps, MapOps, PReLUOps, EltwiseOps, BroadcastOps,
  ReductionOps, RowReductionOps, IndexOps, RegionOps, ConvolutionOps, PatchOps, PoolingOps, NormalizationOps,
  StandardizationOps, RecurrentOps, SoftmaxOps, LossOps, SigmoidCrossEntropyOps, HingeLossOps, InformationLossOps,
  ContrastiveLossOps, UpdateOps, RandomOps, PictureOps
{
  /// A short name: "cpu", "reference".
  var name: String { get }
  /// What it runs on, for a person: processor, threads, libraries.
  var summary: String { get }
}
