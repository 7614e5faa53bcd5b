/// Names that come from forks of Caffe, for error messages that say so.
///
/// Read in the forks' own schemas; a name that several have is told of the one that is known best.
package enum Forks {
  /// The fork that has layers of this type, in words; nil for other names.
  package static func named(byLayerType type: String) -> String? { byLayerType[type] }

  /// The fork whose message has this field, in words; nil for other names.
  package static func named(byField field: String, of message: String) -> String? {
    byField[message]?[field] ?? (message == "LayerParameter" ? byLayerField[field] : nil)
  }

  private static let ssd = "SSD, the single-shot detector's fork"
  private static let rcnn = "the Fast and Faster R-CNN forks"
  private static let rfcn = "R-FCN's fork"
  private static let segnet = "SegNet's fork"
  private static let pspnet = "PSPNet's fork"
  private static let deeplab = "the DeepLab and PSPNet forks"
  private static let yolo = "the YOLO forks"
  private static let flownet = "FlowNet 2's fork"
  private static let nvidia = "NVIDIA's fork"
  private static let intel = "Intel's fork"
  private static let ctpn = "CTPN's fork"
  private static let c3d = "C3D's fork"

  private static let byLayerType: [String: String] = [
    "AnnotatedData": ssd, "MultiBoxLoss": ssd, "Permute": ssd, "PriorBox": ssd, "DetectionOutput": ssd,
    "DetectionEvaluate": ssd, "Normalize": ssd, "VideoData": "the SSD and C3D forks", "ROIPooling": rcnn,
    "SmoothL1Loss": rcnn, "Proposal": "PVANet's fork", "PSROIPooling": rfcn, "BoxAnnotatorOHEM": rfcn,
    "SoftmaxWithLossOHEM": rfcn, "BN": "the SegNet, ENet and PSPNet forks", "Upsample": "the SegNet and YOLO forks",
    "Unpooling": "DeconvNet's fork", "DenseImageData": segnet, "Interp": deeplab, "SegAccuracy": deeplab,
    "MatWrite": deeplab, "MatRead": deeplab, "DenseCRF": deeplab, "DomainTransform": deeplab, "BiasChannel": deeplab,
    "AdaptiveBiasChannel": deeplab, "UniqueLabel": deeplab, "ImageSegData": deeplab,
    "ShuffleChannel": "ShuffleNet's forks", "DepthwiseConvolution": "the MobileNet forks",
    "ConvolutionDepthwise": "the MobileNet forks", "Axpy": "the squeeze-and-excitation nets' fork",
    "ReLU6": "MobileNetV2's forks", "Mish": yolo, "Reorg": yolo, "RegionLoss": yolo, "YoloDetectionOutput": yolo,
    "Yolov3DetectionOutput": yolo, "Yolov3": yolo, "HardSwish": "MobileNetV3's forks", "SeLu": "DeepDetect's fork",
    "Transpose": ctpn, "Lstm": ctpn, "Reverse": ctpn, "CTCLoss": ctpn, "CtcLoss": ctpn, "WarpCTCLoss": ctpn,
    "SpatialTransformer": "the spatial transformers' fork",
    "DeformableConvolution": "the deformable convolutions' fork", "Correlation": flownet, "Resample": flownet,
    "FlowWarp": flownet, "L1Loss": flownet, "Downsample": flownet, "Accum": flownet, "Mean": flownet,
    "CenterLoss": "the center loss' fork", "MarginInnerProduct": "SphereFace's fork", "Convolution3D": c3d,
    "Pooling3D": c3d, "NdConvolution": c3d, "NdPooling": c3d, "FocalLoss": "DeepDetect's fork",
    "DiceCoefLoss": "DeepDetect's fork", "MultiLabelSigmoidLoss": "DeepDetect's fork",
    "DetectNetTransformation": nvidia, "MultiStageMeanfield": "CRF-RNN's fork", "FixedNeuron": "Xilinx' fork",
    "CropCenter": "waifu2x' fork", "ResizeBilinear": "the segmentation forks"
  ]

  private static let byLayerField: [String: String] = [
    "annotated_data_param": ssd, "multibox_loss_param": ssd, "permute_param": ssd, "prior_box_param": ssd,
    "detection_output_param": ssd, "detection_evaluate_param": ssd, "norm_param": ssd, "video_data_param": ssd,
    "roi_pooling_param": rcnn, "smooth_l1_loss_param": rcnn, "proposal_param": "PVANet's fork",
    "psroi_pooling_param": rfcn, "box_annotator_ohem_param": rfcn, "bn_param": "the SegNet, ENet and PSPNet forks",
    "upsample_param": "the SegNet and YOLO forks", "unpooling_param": "DeconvNet's fork",
    "dense_image_data_param": segnet, "interp_param": deeplab, "seg_accuracy_param": deeplab,
    "mat_write_param": deeplab, "mat_read_param": deeplab, "domain_transform_param": deeplab,
    "shuffle_channel_param": "ShuffleNet's forks", "relu6_param": "MobileNetV2's forks", "reorg_param": yolo,
    "region_loss_param": yolo, "mish_param": yolo, "selu_param": "DeepDetect's fork", "transpose_param": ctpn,
    "lstm_param": ctpn, "reverse_param": ctpn, "st_param": "the spatial transformers' fork",
    "deformable_convolution_param": "the deformable convolutions' fork", "correlation_param": flownet,
    "resample_param": flownet, "l1_loss_param": flownet, "augmentation_param": flownet,
    "center_loss_param": "the center loss' fork", "margin_inner_product_param": "SphereFace's fork",
    "convolution3d_param": c3d, "pooling3d_param": c3d, "detectnet_groundtruth_param": nvidia,
    "detectnet_augmentation_param": nvidia, "quantization_param": intel, "fixed_param": "Xilinx' fork"
  ]

  /// Fields that forks have put into messages of the original.
  private static let byField: [String: [String: String]] = [
    "PoolingParameter": [
      "ceil_mode": "the DenseNet and OpenCV forks; round_mode: FLOOR is the original's word for ceil_mode: false",
      "avg_include_pad": intel, "torch_pooling": nvidia, "pad_type": "Synopsys' fork"
    ],
    "DropoutParameter": ["scale_train": rcnn, "sample_weights_test": segnet],
    "LossParameter": [
      "weight_by_label_freqs": segnet, "class_weighting": segnet, "pre_fixed_normalizer": rfcn
    ],
    "BatchNormParameter": [
      "update_global_stats": pspnet, "scale_bias": nvidia, "scale_filler": nvidia, "bias_filler": nvidia
    ],
    "TransformationParameter": [
      "resize_param": ssd, "noise_param": ssd, "distort_param": ssd, "expand_param": ssd, "emit_constraint": ssd,
      "crop_h": ssd, "crop_w": ssd, "use_gpu_transform": nvidia, "scale_factors": pspnet, "fix_crop": "the TSN fork",
      "random_resize_param": intel, "random_aspect_ratio_param": intel
    ],
    "SolverParameter": [
      "eval_type": ssd, "ap_version": ssd, "show_per_class_result": ssd
    ],
    "ImageDataParameter": [
      "label_type": pspnet, "ignore_label": pspnet, "short_side": nvidia, "threads": nvidia, "cache": nvidia,
      "min_height": intel, "min_width": intel
    ],
    "ReLUParameter": ["relu6": "Synopsys' fork"],
    "EltwiseParameter": ["dropout_ratio": "the TSN fork"]
  ]
}
