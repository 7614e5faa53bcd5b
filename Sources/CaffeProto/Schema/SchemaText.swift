// Made by scripts/generate-proto from caffe.proto.

/// The schema, a line an entry: `message NAME` or `enum NAME`, then its members, `NUMBER NAME` for an
/// enum and `NUMBER NAME LABEL TYPE [packed]` for a message.
let schemaText = """
  message BlobShape
  1 dim repeated int64 packed
  message BlobProto
  7 shape optional BlobShape
  5 data repeated float packed
  6 diff repeated float packed
  8 double_data repeated double packed
  9 double_diff repeated double packed
  1 num optional int32
  2 channels optional int32
  3 height optional int32
  4 width optional int32
  message BlobProtoVector
  1 blobs repeated BlobProto
  message Datum
  1 channels optional int32
  2 height optional int32
  3 width optional int32
  4 data optional bytes
  5 label optional int32
  6 float_data repeated float
  7 encoded optional bool
  9001 float_label repeated float packed
  enum FillerParameter.VarianceNorm
  0 FAN_IN
  1 FAN_OUT
  2 AVERAGE
  message FillerParameter
  1 type optional string
  2 value optional float
  3 min optional float
  4 max optional float
  5 mean optional float
  6 std optional float
  7 sparse optional int32
  8 variance_norm optional FillerParameter.VarianceNorm
  message NetParameter
  1 name optional string
  3 input repeated string
  8 input_shape repeated BlobShape
  4 input_dim repeated int32
  5 force_backward optional bool
  6 state optional NetState
  7 debug_info optional bool
  100 layer repeated LayerParameter
  2 layers repeated V1LayerParameter
  enum SolverParameter.SnapshotFormat
  0 HDF5
  1 BINARYPROTO
  enum SolverParameter.SolverMode
  0 CPU
  1 GPU
  enum SolverParameter.SolverType
  0 SGD
  1 NESTEROV
  2 ADAGRAD
  3 RMSPROP
  4 ADADELTA
  5 ADAM
  message SolverParameter
  24 net optional string
  25 net_param optional NetParameter
  1 train_net optional string
  2 test_net repeated string
  21 train_net_param optional NetParameter
  22 test_net_param repeated NetParameter
  26 train_state optional NetState
  27 test_state repeated NetState
  3 test_iter repeated int32
  4 test_interval optional int32
  19 test_compute_loss optional bool
  32 test_initialization optional bool
  5 base_lr optional float
  6 display optional int32
  33 average_loss optional int32
  7 max_iter optional int32
  36 iter_size optional int32
  8 lr_policy optional string
  9 gamma optional float
  10 power optional float
  11 momentum optional float
  12 weight_decay optional float
  29 regularization_type optional string
  13 stepsize optional int32
  34 stepvalue repeated int32
  35 clip_gradients optional float
  14 snapshot optional int32
  15 snapshot_prefix optional string
  16 snapshot_diff optional bool
  37 snapshot_format optional SolverParameter.SnapshotFormat
  17 solver_mode optional SolverParameter.SolverMode
  18 device_id optional int32
  20 random_seed optional int64
  40 type optional string
  31 delta optional float
  39 momentum2 optional float
  38 rms_decay optional float
  23 debug_info optional bool
  28 snapshot_after_train optional bool
  30 solver_type optional SolverParameter.SolverType
  41 layer_wise_reduce optional bool
  42 weights repeated string
  9001 warmup_iter optional int32
  9002 warmup_start_lr optional float
  9003 min_lr optional float
  9004 plateau_winsize repeated int32
  9005 ema_decay optional float
  message SolverState
  1 iter optional int32
  2 learned_net optional string
  3 history repeated BlobProto
  4 current_step optional int32
  message NetState
  1 phase optional Phase
  2 level optional int32
  3 stage repeated string
  message NetStateRule
  1 phase optional Phase
  2 min_level optional int32
  3 max_level optional int32
  4 stage repeated string
  5 not_stage repeated string
  enum ParamSpec.DimCheckMode
  0 STRICT
  1 PERMISSIVE
  message ParamSpec
  1 name optional string
  2 share_mode optional ParamSpec.DimCheckMode
  3 lr_mult optional float
  4 decay_mult optional float
  message LayerParameter
  1 name optional string
  2 type optional string
  3 bottom repeated string
  4 top repeated string
  10 phase optional Phase
  5 loss_weight repeated float
  6 param repeated ParamSpec
  7 blobs repeated BlobProto
  11 propagate_down repeated bool
  8 include repeated NetStateRule
  9 exclude repeated NetStateRule
  100 transform_param optional TransformationParameter
  101 loss_param optional LossParameter
  102 accuracy_param optional AccuracyParameter
  103 argmax_param optional ArgMaxParameter
  139 batch_norm_param optional BatchNormParameter
  141 bias_param optional BiasParameter
  148 clip_param optional ClipParameter
  104 concat_param optional ConcatParameter
  105 contrastive_loss_param optional ContrastiveLossParameter
  106 convolution_param optional ConvolutionParameter
  144 crop_param optional CropParameter
  107 data_param optional DataParameter
  108 dropout_param optional DropoutParameter
  109 dummy_data_param optional DummyDataParameter
  110 eltwise_param optional EltwiseParameter
  140 elu_param optional ELUParameter
  137 embed_param optional EmbedParameter
  111 exp_param optional ExpParameter
  135 flatten_param optional FlattenParameter
  112 hdf5_data_param optional HDF5DataParameter
  113 hdf5_output_param optional HDF5OutputParameter
  114 hinge_loss_param optional HingeLossParameter
  115 image_data_param optional ImageDataParameter
  116 infogain_loss_param optional InfogainLossParameter
  117 inner_product_param optional InnerProductParameter
  143 input_param optional InputParameter
  134 log_param optional LogParameter
  118 lrn_param optional LRNParameter
  119 memory_data_param optional MemoryDataParameter
  120 mvn_param optional MVNParameter
  145 parameter_param optional ParameterParameter
  121 pooling_param optional PoolingParameter
  122 power_param optional PowerParameter
  131 prelu_param optional PReLUParameter
  130 python_param optional PythonParameter
  146 recurrent_param optional RecurrentParameter
  136 reduction_param optional ReductionParameter
  123 relu_param optional ReLUParameter
  133 reshape_param optional ReshapeParameter
  142 scale_param optional ScaleParameter
  124 sigmoid_param optional SigmoidParameter
  125 softmax_param optional SoftmaxParameter
  132 spp_param optional SPPParameter
  126 slice_param optional SliceParameter
  147 swish_param optional SwishParameter
  127 tanh_param optional TanHParameter
  128 threshold_param optional ThresholdParameter
  138 tile_param optional TileParameter
  129 window_data_param optional WindowDataParameter
  message TransformationParameter
  1 scale optional float
  2 mirror optional bool
  3 crop_size optional uint32
  4 mean_file optional string
  5 mean_value repeated float
  6 force_color optional bool
  7 force_gray optional bool
  enum LossParameter.NormalizationMode
  0 FULL
  1 VALID
  2 BATCH_SIZE
  3 NONE
  message LossParameter
  1 ignore_label optional int32
  3 normalization optional LossParameter.NormalizationMode
  2 normalize optional bool
  9001 class_weight repeated float
  9002 label_smoothing optional float
  message AccuracyParameter
  1 top_k optional uint32
  2 axis optional int32
  3 ignore_label optional int32
  message ArgMaxParameter
  1 out_max_val optional bool
  2 top_k optional uint32
  3 axis optional int32
  message ClipParameter
  1 min required float
  2 max required float
  message ConcatParameter
  2 axis optional int32
  1 concat_dim optional uint32
  message BatchNormParameter
  1 use_global_stats optional bool
  2 moving_average_fraction optional float
  3 eps optional float
  message BiasParameter
  1 axis optional int32
  2 num_axes optional int32
  3 filler optional FillerParameter
  message ContrastiveLossParameter
  1 margin optional float
  2 legacy_version optional bool
  enum ConvolutionParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message ConvolutionParameter
  1 num_output optional uint32
  2 bias_term optional bool
  3 pad repeated uint32
  4 kernel_size repeated uint32
  6 stride repeated uint32
  18 dilation repeated uint32
  9 pad_h optional uint32
  10 pad_w optional uint32
  11 kernel_h optional uint32
  12 kernel_w optional uint32
  13 stride_h optional uint32
  14 stride_w optional uint32
  5 group optional uint32
  7 weight_filler optional FillerParameter
  8 bias_filler optional FillerParameter
  15 engine optional ConvolutionParameter.Engine
  16 axis optional int32
  17 force_nd_im2col optional bool
  message CropParameter
  1 axis optional int32
  2 offset repeated uint32
  enum OnError
  0 fail
  1 skip
  enum DataParameter.DB
  0 LEVELDB
  1 LMDB
  message DataParameter
  1 source optional string
  4 batch_size optional uint32
  7 rand_skip optional uint32
  8 backend optional DataParameter.DB
  2 scale optional float
  3 mean_file optional string
  5 crop_size optional uint32
  6 mirror optional bool
  9 force_encoded_color optional bool
  10 prefetch optional uint32
  9001 shuffle optional bool
  9002 on_error optional OnError
  message DropoutParameter
  1 dropout_ratio optional float
  message DummyDataParameter
  1 data_filler repeated FillerParameter
  6 shape repeated BlobShape
  2 num repeated uint32
  3 channels repeated uint32
  4 height repeated uint32
  5 width repeated uint32
  enum EltwiseParameter.EltwiseOp
  0 PROD
  1 SUM
  2 MAX
  message EltwiseParameter
  1 operation optional EltwiseParameter.EltwiseOp
  2 coeff repeated float
  3 stable_prod_grad optional bool
  message ELUParameter
  1 alpha optional float
  message EmbedParameter
  1 num_output optional uint32
  2 input_dim optional uint32
  3 bias_term optional bool
  4 weight_filler optional FillerParameter
  5 bias_filler optional FillerParameter
  message ExpParameter
  1 base optional float
  2 scale optional float
  3 shift optional float
  message FlattenParameter
  1 axis optional int32
  2 end_axis optional int32
  message HDF5DataParameter
  1 source optional string
  2 batch_size optional uint32
  3 shuffle optional bool
  message HDF5OutputParameter
  1 file_name optional string
  enum HingeLossParameter.Norm
  1 L1
  2 L2
  message HingeLossParameter
  1 norm optional HingeLossParameter.Norm
  message ImageDataParameter
  1 source optional string
  4 batch_size optional uint32
  7 rand_skip optional uint32
  8 shuffle optional bool
  9 new_height optional uint32
  10 new_width optional uint32
  11 is_color optional bool
  2 scale optional float
  3 mean_file optional string
  5 crop_size optional uint32
  6 mirror optional bool
  12 root_folder optional string
  9002 on_error optional OnError
  message InfogainLossParameter
  1 source optional string
  2 axis optional int32
  message InnerProductParameter
  1 num_output optional uint32
  2 bias_term optional bool
  3 weight_filler optional FillerParameter
  4 bias_filler optional FillerParameter
  5 axis optional int32
  6 transpose optional bool
  message InputParameter
  1 shape repeated BlobShape
  message LogParameter
  1 base optional float
  2 scale optional float
  3 shift optional float
  enum LRNParameter.NormRegion
  0 ACROSS_CHANNELS
  1 WITHIN_CHANNEL
  enum LRNParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message LRNParameter
  1 local_size optional uint32
  2 alpha optional float
  3 beta optional float
  4 norm_region optional LRNParameter.NormRegion
  5 k optional float
  6 engine optional LRNParameter.Engine
  message MemoryDataParameter
  1 batch_size optional uint32
  2 channels optional uint32
  3 height optional uint32
  4 width optional uint32
  message MVNParameter
  1 normalize_variance optional bool
  2 across_channels optional bool
  3 eps optional float
  message ParameterParameter
  1 shape optional BlobShape
  enum PoolingParameter.PoolMethod
  0 MAX
  1 AVE
  2 STOCHASTIC
  enum PoolingParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  enum PoolingParameter.RoundMode
  0 CEIL
  1 FLOOR
  message PoolingParameter
  1 pool optional PoolingParameter.PoolMethod
  4 pad optional uint32
  9 pad_h optional uint32
  10 pad_w optional uint32
  2 kernel_size optional uint32
  5 kernel_h optional uint32
  6 kernel_w optional uint32
  3 stride optional uint32
  7 stride_h optional uint32
  8 stride_w optional uint32
  11 engine optional PoolingParameter.Engine
  12 global_pooling optional bool
  13 round_mode optional PoolingParameter.RoundMode
  message PowerParameter
  1 power optional float
  2 scale optional float
  3 shift optional float
  message PythonParameter
  1 module optional string
  2 layer optional string
  3 param_str optional string
  4 share_in_parallel optional bool
  message RecurrentParameter
  1 num_output optional uint32
  2 weight_filler optional FillerParameter
  3 bias_filler optional FillerParameter
  4 debug_info optional bool
  5 expose_hidden optional bool
  enum ReductionParameter.ReductionOp
  1 SUM
  2 ASUM
  3 SUMSQ
  4 MEAN
  message ReductionParameter
  1 operation optional ReductionParameter.ReductionOp
  2 axis optional int32
  3 coeff optional float
  enum ReLUParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message ReLUParameter
  1 negative_slope optional float
  2 engine optional ReLUParameter.Engine
  message ReshapeParameter
  1 shape optional BlobShape
  2 axis optional int32
  3 num_axes optional int32
  message ScaleParameter
  1 axis optional int32
  2 num_axes optional int32
  3 filler optional FillerParameter
  4 bias_term optional bool
  5 bias_filler optional FillerParameter
  enum SigmoidParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message SigmoidParameter
  1 engine optional SigmoidParameter.Engine
  message SliceParameter
  3 axis optional int32
  2 slice_point repeated uint32
  1 slice_dim optional uint32
  enum SoftmaxParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message SoftmaxParameter
  1 engine optional SoftmaxParameter.Engine
  2 axis optional int32
  message SwishParameter
  1 beta optional float
  enum TanHParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message TanHParameter
  1 engine optional TanHParameter.Engine
  message TileParameter
  1 axis optional int32
  2 tiles optional int32
  message ThresholdParameter
  1 threshold optional float
  message WindowDataParameter
  1 source optional string
  2 scale optional float
  3 mean_file optional string
  4 batch_size optional uint32
  5 crop_size optional uint32
  6 mirror optional bool
  7 fg_threshold optional float
  8 bg_threshold optional float
  9 fg_fraction optional float
  10 context_pad optional uint32
  11 crop_mode optional string
  12 cache_images optional bool
  13 root_folder optional string
  enum SPPParameter.PoolMethod
  0 MAX
  1 AVE
  2 STOCHASTIC
  enum SPPParameter.Engine
  0 DEFAULT
  1 CAFFE
  2 CUDNN
  message SPPParameter
  1 pyramid_height optional uint32
  2 pool optional SPPParameter.PoolMethod
  6 engine optional SPPParameter.Engine
  enum V1LayerParameter.LayerType
  0 NONE
  35 ABSVAL
  1 ACCURACY
  30 ARGMAX
  2 BNLL
  3 CONCAT
  37 CONTRASTIVE_LOSS
  4 CONVOLUTION
  5 DATA
  39 DECONVOLUTION
  6 DROPOUT
  32 DUMMY_DATA
  7 EUCLIDEAN_LOSS
  25 ELTWISE
  38 EXP
  8 FLATTEN
  9 HDF5_DATA
  10 HDF5_OUTPUT
  28 HINGE_LOSS
  11 IM2COL
  12 IMAGE_DATA
  13 INFOGAIN_LOSS
  14 INNER_PRODUCT
  15 LRN
  29 MEMORY_DATA
  16 MULTINOMIAL_LOGISTIC_LOSS
  34 MVN
  17 POOLING
  26 POWER
  18 RELU
  19 SIGMOID
  27 SIGMOID_CROSS_ENTROPY_LOSS
  36 SILENCE
  20 SOFTMAX
  21 SOFTMAX_LOSS
  22 SPLIT
  33 SLICE
  23 TANH
  24 WINDOW_DATA
  31 THRESHOLD
  enum V1LayerParameter.DimCheckMode
  0 STRICT
  1 PERMISSIVE
  message V1LayerParameter
  2 bottom repeated string
  3 top repeated string
  4 name optional string
  32 include repeated NetStateRule
  33 exclude repeated NetStateRule
  5 type optional V1LayerParameter.LayerType
  6 blobs repeated BlobProto
  1001 param repeated string
  1002 blob_share_mode repeated V1LayerParameter.DimCheckMode
  7 blobs_lr repeated float
  8 weight_decay repeated float
  35 loss_weight repeated float
  27 accuracy_param optional AccuracyParameter
  23 argmax_param optional ArgMaxParameter
  9 concat_param optional ConcatParameter
  40 contrastive_loss_param optional ContrastiveLossParameter
  10 convolution_param optional ConvolutionParameter
  11 data_param optional DataParameter
  12 dropout_param optional DropoutParameter
  26 dummy_data_param optional DummyDataParameter
  24 eltwise_param optional EltwiseParameter
  41 exp_param optional ExpParameter
  13 hdf5_data_param optional HDF5DataParameter
  14 hdf5_output_param optional HDF5OutputParameter
  29 hinge_loss_param optional HingeLossParameter
  15 image_data_param optional ImageDataParameter
  16 infogain_loss_param optional InfogainLossParameter
  17 inner_product_param optional InnerProductParameter
  18 lrn_param optional LRNParameter
  22 memory_data_param optional MemoryDataParameter
  34 mvn_param optional MVNParameter
  19 pooling_param optional PoolingParameter
  21 power_param optional PowerParameter
  30 relu_param optional ReLUParameter
  38 sigmoid_param optional SigmoidParameter
  39 softmax_param optional SoftmaxParameter
  31 slice_param optional SliceParameter
  37 tanh_param optional TanHParameter
  25 threshold_param optional ThresholdParameter
  20 window_data_param optional WindowDataParameter
  36 transform_param optional TransformationParameter
  42 loss_param optional LossParameter
  1 layer optional V0LayerParameter
  enum V0LayerParameter.PoolMethod
  0 MAX
  1 AVE
  2 STOCHASTIC
  message V0LayerParameter
  1 name optional string
  2 type optional string
  3 num_output optional uint32
  4 biasterm optional bool
  5 weight_filler optional FillerParameter
  6 bias_filler optional FillerParameter
  7 pad optional uint32
  8 kernelsize optional uint32
  9 group optional uint32
  10 stride optional uint32
  11 pool optional V0LayerParameter.PoolMethod
  12 dropout_ratio optional float
  13 local_size optional uint32
  14 alpha optional float
  15 beta optional float
  22 k optional float
  16 source optional string
  17 scale optional float
  18 meanfile optional string
  19 batchsize optional uint32
  20 cropsize optional uint32
  21 mirror optional bool
  50 blobs repeated BlobProto
  51 blobs_lr repeated float
  52 weight_decay repeated float
  53 rand_skip optional uint32
  54 det_fg_threshold optional float
  55 det_bg_threshold optional float
  56 det_fg_fraction optional float
  58 det_context_pad optional uint32
  59 det_crop_mode optional string
  60 new_num optional int32
  61 new_channels optional int32
  62 new_height optional int32
  63 new_width optional int32
  64 shuffle_images optional bool
  65 concat_dim optional uint32
  1001 hdf5_output_param optional HDF5OutputParameter
  message PReLUParameter
  1 filler optional FillerParameter
  2 channel_shared optional bool
  enum Phase
  0 TRAIN
  1 TEST
  """
