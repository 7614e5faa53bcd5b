// Made by scripts/embed-layer-pages from Documentation/Layers.

extension LayerPage {
  /// All pages, in the order of their names.
  package static let all: [LayerPage] = [
    LayerPage(
      name: "AbsVal", group: "Activation",
      text: #"""
        # AbsVal

        The magnitude of each value.

        ## Formula
        y = |x|

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        None.

        ## Gradient
        dx = sign(x) · dy; 0 where x is 0.

        ## Errors
        None of its own.

        ## Source
        Caffe's `AbsVal`.

        ## Where it differs from Caffe
        In-place, Caffe computes a wrong gradient; here the layer keeps its input for it.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "AbsVal"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Accuracy", group: "Loss",
      text: #"""
        # Accuracy

        How often the true class is among the highest scores.

        ## Formula
        y = found / n: a label is found when fewer than `top_k` other scores are at least as high as its own; n is the labels that aren't ignored.

        ## Shapes
        Bottoms: scores of any shape; labels, one for each place outside the channel axis. Tops: the share, a scalar; if wanted, the share for each class, 0 for one without labels.

        ## Parameters
        In `accuracy_param`:

        | field | default | meaning |
        |---|---|---|
        | `top_k` | 1 | how many of the highest scores count |
        | `axis` | 1 | the axis of the channels; negative ones count from the end |
        | `ignore_label` | none | a label that counts for nothing |

        ## Gradient
        None; a loss weight is an error.

        ## Errors
        A number of labels that doesn't fit; `top_k` 0 or above the channels; a label outside its range, which names the record.

        ## Source
        Caffe's `Accuracy`.

        ## Where it differs from Caffe
        Labels are always checked.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer {
          name: "accuracy"
          type: "Accuracy"
          bottom: "scores"
          bottom: "label"
          top: "accuracy"
          accuracy_param { top_k: 5 }
        }
        ```
        """#),
    LayerPage(
      name: "ArgMax", group: "Math",
      text: #"""
        # ArgMax

        Where the largest values are.

        ## Formula
        The indices of the `top_k` largest, largest first; of equals the last comes first.

        ## Shapes
        Bottom: any shape. Top without `axis`, where all values of an image are searched: `n × 1 × top_k`, or with `out_max_val` `n × 2 × top_k`, the indices and then the values; axes of extent 1 follow where the bottom has more than three. Top with `axis`: the bottom's shape with the extent `top_k` there, the indices, or with `out_max_val` the values.

        ## Parameters
        In `argmax_param`:

        | field | default | meaning |
        |---|---|---|
        | `top_k` | 1 | how many |
        | `out_max_val` | false | whether the values are wanted |
        | `axis` | none | the axis to search along; negative ones count from the end |

        ## Gradient
        None.

        ## Errors
        `top_k` 0 or more than there are values; no such axis; a gradient that is asked for.

        ## Source
        Caffe's `ArgMax`.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "best"
          type: "ArgMax"
          bottom: "scores"
          top: "best"
          argmax_param { top_k: 5 }
        }
        ```
        """#),
    LayerPage(
      name: "BNLL", group: "Activation",
      text: #"""
        # BNLL

        A smooth rectifier (binomial normal log likelihood).

        ## Formula
        y = ln(1 + eˣ), computed so that no x overflows.

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        None.

        ## Gradient
        dx = dy / (1 + e⁻ˣ)

        ## Errors
        None of its own.

        ## Source
        Caffe's `BNLL`.

        ## Where it differs from Caffe
        In-place, Caffe computes a wrong gradient; here the layer keeps its input for it.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "BNLL"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "BatchNorm", group: "Normalization",
      text: #"""
        # BatchNorm

        Channels brought to mean 0 and variance 1 over the batch. Usually a `Scale` with `bias_term: true` follows: this layer learns nothing.

        ## Formula
        y = (x − mean) / √(variance + eps), with the statistics of the batch or their moving averages.

        ## Shapes
        Bottom: `n × channels × …`, or `n` values without channels. Top: the same shape. May run in-place.

        ## Parameters
        In `batch_norm_param`:

        | field | default | meaning |
        |---|---|---|
        | `use_global_stats` | false at TRAIN, true at TEST | take the moving averages in place of the batch's own statistics |
        | `moving_average_fraction` | 0.999 | what is kept of the averages at every forward with the batch's own statistics |
        | `eps` | 1e-5 | keeps the divisor above 0 |

        Kept, not learned from gradients: a = Σ mean and b = Σ variance of each channel, and c, what divides them. With f, the `moving_average_fraction`, and m values a channel, each forward with the batch's own statistics makes them mean + f · a, m / (m − 1) · variance + f · b and 1 + f · c. A `param` for them must have `lr_mult: 0`.

        ## Gradient
        With the batch's statistics dx = (dy − mean dy − y · mean (dy · y)) / √(variance + eps), means over the channel; with the averages dx = dy / √(variance + eps).

        ## Errors
        A `param` whose `lr_mult` isn't 0; another number of channels than before; a bottom without axes; an `eps` below 0; numbers that aren't finite.

        ## Source
        Ioffe and Szegedy, *Batch normalization*, 2015; Caffe's `BatchNorm`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } } }
        layer {
          name: "bn1"
          type: "BatchNorm"
          bottom: "x"
          top: "y"
        }
        layer {
          name: "scale1"
          type: "Scale"
          bottom: "y"
          top: "y"
          scale_param { bias_term: true }
        }
        ```
        """#),
    LayerPage(
      name: "BatchReindex", group: "Shaping",
      text: #"""
        # BatchReindex

        Records picked by their numbers: left out, repeated, put in another order.

        ## Formula
        y[i] = x[index[i]].

        ## Shapes
        Bottoms: `n × …`; k indices from 0 to n − 1. Top: `k × …`.

        ## Parameters
        None.

        ## Gradient
        dx[j] = Σ dy[i] over all i with index[i] = j. Indices have none.

        ## Errors
        An index that isn't a whole number from 0 to n − 1, which is named with its record; indices of other than one axis; a bottom 0 without axes; a gradient for the indices.

        ## Source
        Caffe's `BatchReindex`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } }
        layer { name: "index" type: "Input" top: "index" input_param { shape { dim: 7 } } }
        layer {
          name: "picked"
          type: "BatchReindex"
          bottom: "x"
          bottom: "index"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Bias", group: "Math",
      text: #"""
        # Bias

        Terms added, which are learned or another blob, spread over the axes that they don't cover.

        ## Formula
        y = x + b.

        ## Shapes
        Bottoms: x; if wanted, b, whose extents are those of x from `axis` on, or which has no axes. Without it b is a parameter. Top: the shape of x. May run in-place.

        ## Parameters
        In `bias_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the first axis of x that b covers; negative ones count from the end |
        | `num_axes` | 1 | how many axes a learned b covers; -1 for all from `axis` on, 0 for a single term |
        | `filler` | constant 0 | the first values of b |

        Learned: b, unless it is a bottom.

        ## Gradient
        dx = dy; db = Σ dy over the axes that b doesn't cover.

        ## Errors
        No such axes; a shape of b that doesn't fit.

        ## Source
        Caffe's `Bias`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
        layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 3 } } }
        layer {
          name: "bias1"
          type: "Bias"
          bottom: "x"
          bottom: "b"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Clip", group: "Activation",
      text: #"""
        # Clip

        Each value held between two bounds.

        ## Formula
        y = min(max(x, min), max)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `clip_param`:

        | field | default | meaning |
        |---|---|---|
        | `min` | required | the lower bound |
        | `max` | required | the upper bound |

        ## Gradient
        dx = dy where min ≤ x ≤ max, otherwise 0

        ## Errors
        A bound that is missing; `min` above `max`.

        ## Source
        Caffe's `Clip`.

        ## Where it differs from Caffe
        In-place, Caffe computes a wrong gradient; here the layer keeps its input for it.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Clip"
          bottom: "x"
          top: "y"
          clip_param { min: -1 max: 1 }
        }
        ```
        """#),
    LayerPage(
      name: "Concat", group: "Shaping",
      text: #"""
        # Concat

        Several blobs one after the other along an axis.

        ## Formula
        y = x₁ then x₂ … along `axis`

        ## Shapes
        One bottom or more, of the same shape but for the extent of `axis`; the top's extent there is the sum of theirs.

        ## Parameters
        In `concat_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the axis; negative ones count from the end |
        | `concat_dim` | 1 | the older name of it, from 0 on |

        ## Gradient
        Each bottom gets its part of dy.

        ## Errors
        Shapes that differ elsewhere; both names of the axis; no such axis.

        ## Source
        Caffe's `Concat`.

        ## Example
        ```prototxt
        layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 2 dim: 3 dim: 4 } } }
        layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 2 dim: 1 dim: 4 } } }
        layer {
          name: "concat"
          type: "Concat"
          bottom: "a"
          bottom: "b"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "ContrastiveLoss", group: "Loss",
      text: #"""
        # ContrastiveLoss

        A loss over pairs that pulls similar ones together and pushes others apart, up to a margin.

        ## Formula
        loss = 1/(2n) · Σ (s · d² + (1 − s) · max(margin − d, 0)²), d the distance of row i of a from row i of b, s whether they are similar. The legacy version has max(margin − d², 0) for pairs that aren't.

        ## Shapes
        Bottoms: a and b, n × C, of the same shape, where all axes after the first count as one; n values that are 0 for pairs that aren't similar. Top: the loss, a scalar with the loss weight 1.

        ## Parameters
        In `contrastive_loss_param`:

        | field | default | meaning |
        |---|---|---|
        | `margin` | 1 | how far apart pairs that aren't similar should be |
        | `legacy_version` | false | whether the margin is one of squared distances |

        ## Gradient
        da = loss weight / n · (a − b) for similar pairs, otherwise −loss weight / n · (margin − d) / (d + 1e-4) · (a − b) within the margin (legacy: without the quotient), 0 beyond it; db = −da. The third bottom has none.

        ## Errors
        Shapes that differ; a number of pairs that doesn't fit; a margin that is no number; a gradient asked for the third bottom.

        ## Source
        Caffe's `ContrastiveLoss`; Hadsell et al., "Dimensionality reduction by learning an invariant mapping", 2006.

        ## Where it differs from Caffe
        Rows may have several axes.

        ## Example
        ```prototxt
        layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 8 dim: 2 } } }
        layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 8 dim: 2 } } }
        layer { name: "similar" type: "Input" top: "similar" input_param { shape { dim: 8 } } }
        layer {
          name: "loss"
          type: "ContrastiveLoss"
          bottom: "a"
          bottom: "b"
          bottom: "similar"
          top: "loss"
          contrastive_loss_param { margin: 2 }
        }
        ```
        """#),
    LayerPage(
      name: "Convolution", group: "Vision",
      text: #"""
        # Convolution

        A convolution, or rather correlation, with learned kernels over any number of spatial axes.

        ## Formula
        y[n, o, p] = b[o] + Σ_{c, q} W[o, c, q] · x[n, c, p · stride − pad + q · dilation], with 0 outside the input.

        ## Shapes
        Bottoms: `n… × channels × spatial…`, all of one shape, each with a top of its own. Tops: `n… × num_output × spatial…`, each extent ⌊(input + 2 pad − (dilation (kernel − 1) + 1)) / stride⌋ + 1. Where the stride is larger than what the kernel reaches over, values between count for nothing; the log says so once.

        ## Parameters
        In `convolution_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | output channels |
        | `kernel_size, or kernel_h and kernel_w` | required | once for all spatial axes, or once for each; the second form for two axes |
        | `stride, or stride_h and stride_w` | 1 | steps of the kernel |
        | `pad, or pad_h and pad_w` | 0 | zeros on both sides |
        | `dilation` | 1 | distance between the values that neighbouring kernel values meet |
        | `group` | 1 | output channels of one group see the input channels of the same one only |
        | `bias_term` | true | whether b is added |
        | `axis` | 1 | the channel axis; negative ones count from the end |
        | `weight_filler, bias_filler` | constant 0 | the first values |
        | `engine, force_nd_im2col` |  | accepted, mean nothing |

        Learned: W of `num_output × channels/group × kernel…`, b of `num_output`.

        ## Gradient
        That of the formula with respect to x, W and b; the last two are added up over bottoms and images.

        ## Errors
        `num_output` 0; a kernel that is missing, given twice, or larger than the padded input; channels that `group` doesn't divide; bottoms whose shapes differ; another number of channels than the weights were made for.

        ## Source
        LeCun et al., *Gradient-based learning applied to document recognition*, 1998; Caffe's `Convolution`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 12 dim: 12 } } }
        layer {
          name: "conv1"
          type: "Convolution"
          bottom: "x"
          top: "y"
          convolution_param {
            num_output: 20
            kernel_size: 5
            pad: 2
            weight_filler { type: "xavier" }
          }
        }
        ```
        """#),
    LayerPage(
      name: "Crop", group: "Vision",
      text: #"""
        # Crop

        A part of a blob, of the extents of another one.

        ## Formula
        y[i…] = x[i + offset…].

        ## Shapes
        Bottoms: the blob to crop; one that gives the extents, whose values mean nothing. Top: the extents of bottom 0 before `axis`, those of bottom 1 from it on.

        ## Parameters
        In `crop_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 2 | the first axis that is cropped; negative ones count from the end |
        | `offset` | 0 | where the part begins; once for all cropped axes or once for each |

        ## Gradient
        dy at the places of the part, 0 elsewhere; 0 for bottom 1.

        ## Errors
        No such axis; fewer axes of bottom 1; a number of offsets that doesn't fit; a part that reaches beyond bottom 0.

        ## Source
        Caffe's `Crop`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "like" type: "Input" top: "like" input_param { shape { dim: 1 dim: 1 dim: 5 dim: 4 } } }
        layer {
          name: "crop"
          type: "Crop"
          bottom: "x"
          bottom: "like"
          top: "y"
          crop_param { axis: 2 offset: 1 offset: 2 }
        }
        ```
        """#),
    LayerPage(
      name: "Data", group: "Data",
      text: #"""
        # Data

        Pictures and labels from a database of `Datum` records. More on databases and transformations: [Data](../Data.md).

        ## Formula
        top 0 = (pixel − mean) · `scale`, of the part that is cut out; top 1 = the label, or labels.

        ## Shapes
        No bottoms. Tops: `batch_size` × channels × height × width and, if asked for, `batch_size` labels, or `batch_size` × labels where records have
        several (`float_label`). With `crop_size` height and width are that. The first record decides.

        ## Parameters
        In `data_param`:

        | field | default | meaning |
        |---|---|---|
        | `source` | required | the database's folder |
        | `backend` | LEVELDB | LMDB or LEVELDB |
        | `batch_size` | required | records in a batch |
        | `shuffle` | false | a new order for each lap through the database; needs memory for the order and the beginnings of the keys, 16 to 24 bytes a record |
        | `rand_skip` | 0 | begin after so many records at most, drawn |
        | `on_error` | fail | `skip`: in the place of a record that can't be used (no `Datum`, a damaged picture) comes the next one of the lap that can |
        | `prefetch` | 4 | batches read ahead |
        | `force_encoded_color` | false | three channels from records that hold a picture file |

        In `transform_param`:

        | field | default | meaning |
        |---|---|---|
        | `scale` | 1 | the factor |
        | `mean_file`, `mean_value` |  | what is subtracted: a picture, or a value for all channels or for each |
        | `crop_size` | 0 | the side of the square cut out: at a random place at TRAIN, in the middle at TEST |
        | `mirror` | false | flip every second picture, at random |
        | `force_color`, `force_gray` | false | the channels of records that hold a picture file; else those of the file |

        ## Gradient
        None.

        ## Errors
        A missing, empty or damaged database, or one of the other backend; a record that is no `Datum` or of another shape than the first (the
        error names its key), or with more or fewer labels; a damaged picture file in a record; a mean or a crop that doesn't fit. With `on_error: skip` the first ten
        records that can't be used are named in the log, and each lap's are counted at its end; a database without any that can be used is an error, and so is a
        record of another shape.

        An LMDB is shuffled by looking up keys, which costs next to nothing. A LevelDB has to be read once from end to end to learn its keys, when the run begins.

        ## Source
        Caffe's `Data`. There a resumed training begins again with the first record; here it goes on with the next, shuffled or not. `shuffle`, `on_error` and several
        or fractional labels are ours.

        ## Example
        ```prototxt
        layer {
          name: "mnist"
          type: "Data"
          top: "data"
          top: "label"
          transform_param { scale: 0.00390625 }
          data_param { source: "examples/mnist/mnist_train_lmdb" backend: LMDB batch_size: 64 }
        }
        ```
        """#),
    LayerPage(
      name: "Deconvolution", group: "Vision",
      text: #"""
        # Deconvolution

        A transposed convolution with learned kernels: what a `Convolution` computes for its gradient. It enlarges.

        ## Formula
        y[n, o, p · stride − pad + q · dilation] = b[o] + Σ_{c, p, q} W[c, o, q] · x[n, c, p].

        ## Shapes
        Bottoms: `n… × channels × spatial…`, all of one shape, each with a top of its own. Tops: `n… × num_output × spatial…`, each extent stride (input − 1) + dilation (kernel − 1) + 1 − 2 pad.

        ## Parameters
        In `convolution_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | output channels |
        | `kernel_size, or kernel_h and kernel_w` | required | once for all spatial axes, or once for each; the second form for two axes |
        | `stride, or stride_h and stride_w` | 1 | steps of the kernel |
        | `pad, or pad_h and pad_w` | 0 | zeros on both sides |
        | `dilation` | 1 | distance between the values that neighbouring kernel values meet |
        | `axis` | 1 | the channel axis; negative ones count from the end |
        | `group` | 1 | output channels of one group see the input channels of the same one only |
        | `bias_term` | true | whether b is added |
        | `weight_filler, bias_filler` | constant 0 | the first values; `bilinear` weights with as many groups as channels interpolate |
        | `engine, force_nd_im2col` |  | accepted, mean nothing |

        Learned: W of `channels × num_output/group × kernel…`, b of `num_output`.

        ## Gradient
        That of the formula with respect to x, W and b; the last two are added up over bottoms and images.

        ## Errors
        Those of a `Convolution`; padding that leaves no output; an output too large for memory.

        ## Source
        Long, Shelhamer and Darrell, *Fully convolutional networks for semantic segmentation*, 2015; Caffe's `Deconvolution`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 5 dim: 5 } } }
        layer {
          name: "up"
          type: "Deconvolution"
          bottom: "x"
          top: "y"
          convolution_param { num_output: 3 group: 3 kernel_size: 4 stride: 2 pad: 1 bias_term: false weight_filler { type: "bilinear" } }
        }
        ```
        """#),
    LayerPage(
      name: "Dropout", group: "Activation",
      text: #"""
        # Dropout

        Values dropped at random while training.

        ## Formula
        At TRAIN y = m · x / (1 − dropout_ratio), each m 0 with the probability dropout_ratio, otherwise 1. At TEST y = x.

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `dropout_param`:

        | field | default | meaning |
        |---|---|---|
        | `dropout_ratio` | 0.5 | the share of values dropped, 0 ≤ ratio < 1 |

        ## Gradient
        At TRAIN dx = m · dy / (1 − dropout_ratio) with the m of the last forward; at TEST dx = dy.

        ## Errors
        A ratio outside 0 ≤ ratio < 1.

        ## Source
        Srivastava et al., *Dropout: a simple way to prevent neural networks from overfitting*, 2014; Caffe's `Dropout`.

        ## Where it differs from Caffe
        The numbers come from the layer's own stream of the seed and are the same on every engine.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Dropout"
          bottom: "x"
          top: "y"
          dropout_param { dropout_ratio: 0.4 }
        }
        ```
        """#),
    LayerPage(
      name: "DummyData", group: "Data",
      text: #"""
        # DummyData

        Made-up data, for tests and timings.

        ## Formula
        None: each top is filled by a filler.

        ## Shapes
        No bottoms; one top or more, of the shapes given.

        ## Parameters
        In `dummy_data_param`:

        | field | default | meaning |
        |---|---|---|
        | `shape` | required | one for all tops, or one for each |
        | `num, channels, height, width` |  | the older way, each once for all tops or once for each |
        | `data_filler` | constant 0 | one for all tops, or one for each; constant ones fill once, others before every forward |

        ## Gradient
        None.

        ## Errors
        No shape, shapes of both kinds or in numbers that don't fit the tops; an unknown filler.

        ## Source
        Caffe's `DummyData`.

        ## Example
        ```prototxt
        layer {
          name: "noise"
          type: "DummyData"
          top: "x"
          dummy_data_param {
            shape { dim: 10 dim: 3 dim: 8 dim: 8 }
            data_filler { type: "gaussian" std: 0.1 }
          }
        }
        ```
        """#),
    LayerPage(
      name: "ELU", group: "Activation",
      text: #"""
        # ELU

        The exponential linear unit.

        ## Formula
        y = x where x > 0, otherwise alpha · (eˣ − 1)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `elu_param`:

        | field | default | meaning |
        |---|---|---|
        | `alpha` | 1 | minus the value that y nears for very negative x |

        ## Gradient
        dx = dy where x > 0, otherwise (y + alpha) dy

        ## Errors
        None of its own.

        ## Source
        Clevert et al., *Fast and accurate deep network learning by exponential linear units*, 2015; Caffe's `ELU`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "ELU"
          bottom: "x"
          top: "y"
          elu_param { alpha: 0.5 }
        }
        ```
        """#),
    LayerPage(
      name: "Eltwise", group: "Math",
      text: #"""
        # Eltwise

        Several blobs made one, value by value.

        ## Formula
        SUM: y = Σ coeffᵢ · xᵢ. PROD: y = Π xᵢ. MAX: y = max xᵢ.

        ## Shapes
        Two bottoms or more, all of one shape; one top of that shape. SUM and MAX may write over the first bottom; PROD too, without a gradient.

        ## Parameters
        In `eltwise_param`:

        | field | default | meaning |
        |---|---|---|
        | `operation` | SUM | SUM, PROD or MAX |
        | `coeff` | 1 for each | for SUM, one factor for each bottom |
        | `stable_prod_grad` | true | compute PROD's gradient from the other factors; when false as y / xᵢ, which fails where xᵢ is 0 |

        ## Gradient
        SUM: dxᵢ = coeffᵢ · dy. PROD: dxᵢ = dy · Π_{j≠i} xⱼ. MAX: dy for the bottom that the value came from, 0 for the others.

        ## Errors
        Shapes that differ; another number of `coeff` than of bottoms; `coeff` with PROD; the gradient of an in-place PROD.

        ## Source
        Caffe's `Eltwise`.

        ## Where it differs from Caffe
        Caffe computes a wrong gradient for an in-place PROD; here it is an error.

        ## Example
        ```prototxt
        layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "difference"
          type: "Eltwise"
          bottom: "a"
          bottom: "b"
          top: "y"
          eltwise_param { operation: SUM coeff: 1 coeff: -1 }
        }
        ```
        """#),
    LayerPage(
      name: "Embed", group: "Math",
      text: #"""
        # Embed

        A learned vector for each index, a word of a vocabulary for instance.

        ## Formula
        y[i…] = W[x[i…]] + b.

        ## Shapes
        Bottom: whole numbers from 0 to `input_dim` − 1, of any shape. Top: that shape, then `num_output`.

        ## Parameters
        In `embed_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | values of a vector |
        | `input_dim` | required | how many vectors there are |
        | `bias_term` | true | whether b is added |
        | `weight_filler, bias_filler` | constant 0 | the first values |

        Learned: W of `input_dim × num_output`, b of `num_output`.

        ## Gradient
        dW[x[i]] is the sum of dy[i] over all i with that index, db the sum of all. The indices have none.

        ## Errors
        `num_output` or `input_dim` 0; an index that isn't a whole number in its range, which is named with its record; a gradient for the indices.

        ## Source
        Caffe's `Embed`.

        ## Where it differs from Caffe
        Indices are always checked, and must be whole.

        ## Example
        ```prototxt
        layer { name: "word" type: "Input" top: "word" input_param { shape { dim: 4 dim: 3 } } }
        layer {
          name: "embed"
          type: "Embed"
          bottom: "word"
          top: "vector"
          embed_param { num_output: 8 input_dim: 100 weight_filler { type: "uniform" min: -0.1 max: 0.1 } }
        }
        ```
        """#),
    LayerPage(
      name: "EuclideanLoss", group: "Loss",
      text: #"""
        # EuclideanLoss

        Half the mean squared distance of two batches of vectors.

        ## Formula
        loss = 1/(2n) · Σ (a − b)², n the extent of the first axis.

        ## Shapes
        Two bottoms with the same first extent and as many values; one top, a scalar with the loss weight 1.

        ## Parameters
        None.

        ## Gradient
        da = loss weight / n · (a − b), db = −da

        ## Errors
        First extents or counts that differ.

        ## Source
        Caffe's `EuclideanLoss`.

        ## Example
        ```prototxt
        layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 4 dim: 3 } } }
        layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 4 dim: 3 } } }
        layer {
          name: "loss"
          type: "EuclideanLoss"
          bottom: "a"
          bottom: "b"
          top: "loss"
        }
        ```
        """#),
    LayerPage(
      name: "Exp", group: "Activation",
      text: #"""
        # Exp

        An exponential.

        ## Formula
        y = base^(shift + scale · x)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `exp_param`:

        | field | default | meaning |
        |---|---|---|
        | `base` | −1, which stands for e | greater than 0 |
        | `scale` | 1 | the factor of x |
        | `shift` | 0 | what is added to the exponent |

        ## Gradient
        dx = ln(base) · scale · y · dy

        ## Errors
        A base that is neither −1 nor above 0.

        ## Source
        Caffe's `Exp`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Exp"
          bottom: "x"
          top: "y"
          exp_param { base: 2 scale: 0.5 }
        }
        ```
        """#),
    LayerPage(
      name: "Filter", group: "Shaping",
      text: #"""
        # Filter

        The records whose selector isn't 0, in their order.

        ## Formula
        y is x without the records whose selector is 0.

        ## Shapes
        Bottoms: one or more of `n × …`, then the selectors, `n` or `n × 1 × …`. Tops: one for each bottom but the last, `k × …`, where k, the number of selectors that aren't 0, is known at every forward; until the first it is n. k may be 0.

        ## Parameters
        None.

        ## Gradient
        dy for the records that were picked, 0 for the others. Selectors have none.

        ## Errors
        A number of tops other than that of bottoms less one; bottoms of other numbers of records; a selector of more than one value for a record; a gradient for the selectors.

        ## Source
        Caffe's `Filter`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } }
        layer { name: "selector" type: "Input" top: "selector" input_param { shape { dim: 5 } } }
        layer {
          name: "picked"
          type: "Filter"
          bottom: "x"
          bottom: "selector"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Flatten", group: "Shaping",
      text: #"""
        # Flatten

        Several axes made one.

        ## Formula
        y = x

        ## Shapes
        One bottom; one top of the same values with the axes from `axis` to `end_axis` as one. It shares the bottom's memory.

        ## Parameters
        In `flatten_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the first axis of those made one; negative ones count from the end |
        | `end_axis` | −1 | the last |

        ## Gradient
        dx = dy

        ## Errors
        No such axes; `axis` after `end_axis`.

        ## Source
        Caffe's `Flatten`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 5 } } }
        layer {
          name: "flat"
          type: "Flatten"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "HDF5Data", group: "Data",
      text: #"""
        # HDF5Data

        Records from HDF5 files: each top is the dataset of its name.

        ## Formula
        None: values are handed over as they are; float, double and whole numbers become float.

        ## Shapes
        No bottoms. Tops: for a dataset of N × …, `batch_size` × …. All datasets of a file have the same N.

        ## Parameters
        In `hdf5_data_param`:

        | field | default | meaning |
        |---|---|---|
        | `source` | required | a text file with the names of the HDF5 files |
        | `batch_size` | required | records in a batch |
        | `shuffle` | false | draw the order of files, and of the records within each, anew for each round |

        A file of up to 256 MiB, counted as floats, is held in memory. Of a larger one there are pieces of 16 MiB; shuffled, each record is read by itself, which is
        slow where a compressed piece of the file holds many: files that fit are better to shuffle. So files may be larger than the memory. Batches are read ahead on a
        thread of their own.

        ## Gradient
        None.

        ## Errors
        A missing list or file, a missing dataset, datasets with different numbers of records or none, files whose records have different
        shapes, `transform_param`.

        ## Source
        Caffe's `HDF5Data`. The shuffled order is our own, and repeats with the seed.

        ## Example
        ```prototxt
        layer {
          name: "data"
          type: "HDF5Data"
          top: "data"
          top: "label"
          hdf5_data_param { source: "examples/hdf5_classification/data/train.txt" batch_size: 10 }
        }
        ```
        """#),
    LayerPage(
      name: "HDF5Output", group: "Data",
      text: #"""
        # HDF5Output

        Writes its bottoms to an HDF5 file: a dump of what comes by.

        ## Formula
        None: the first bottom goes to the dataset `data`, the second to `label`, as float32.

        ## Shapes
        Two bottoms, N × … both, N the records. No tops. The datasets get the records of all forwards, one after the other.

        ## Parameters
        In `hdf5_output_param`:

        | field | default | meaning |
        |---|---|---|
        | `file_name` | required | the file |

        Records are written as they come, so the file may be larger than the memory. It appears under its name, whole, when the net is given up; until then
        what was there stays. A net that never went forward writes nothing.

        ## Gradient
        None: zeros where one is asked for.

        ## Errors
        A folder that is missing or can't be written; bottoms with different numbers of records; records of another shape than those before; a full disk.

        ## Source
        Caffe's `HDF5Output`, which can write a single batch only.

        ## Example
        ```prototxt
        layer { name: "fc7" type: "Input" top: "fc7" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer {
          name: "dump"
          type: "HDF5Output"
          bottom: "fc7"
          bottom: "label"
          hdf5_output_param { file_name: "features.h5" }
        }
        ```
        """#),
    LayerPage(
      name: "HingeLoss", group: "Loss",
      text: #"""
        # HingeLoss

        The hinge loss of scores, each class against all others: what a linear support vector machine minimises.

        ## Formula
        loss = 1/n · Σ max(0, 1 − s·x) (L1) or 1/n · Σ max(0, 1 − s·x)² (L2), with s = 1 for the label's own score, otherwise −1, and n the first extent.

        ## Shapes
        Bottoms: scores, n × K, where all axes after the first count as one; n labels, whole numbers from 0 to K − 1. Top: the loss, a scalar with the loss weight 1.

        ## Parameters
        In `hinge_loss_param`:

        | field | default | meaning |
        |---|---|---|
        | `norm` | L1 | L1 or L2 |

        ## Gradient
        dx = −s · loss weight / n where the margin is missed (L1), times twice what is missing (L2). Labels have none.

        ## Errors
        A number of labels that doesn't fit; a label outside its range, which names the record; a gradient asked for labels.

        ## Source
        Caffe's `HingeLoss`.

        ## Where it differs from Caffe
        Labels are always checked.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer {
          name: "loss"
          type: "HingeLoss"
          bottom: "scores"
          bottom: "label"
          top: "loss"
          hinge_loss_param { norm: L2 }
        }
        ```
        """#),
    LayerPage(
      name: "Im2col", group: "Vision",
      text: #"""
        # Im2col

        The patches that a convolution's kernel meets, laid out as columns.

        ## Formula
        y[n, (c, q), p] = x[n, c, p · stride − pad + q · dilation], with 0 outside the input.

        ## Shapes
        Bottom: `n… × channels × spatial…`. Top: `n… × (channels · kernel…) × output…`, each output extent ⌊(input + 2 pad − (dilation (kernel − 1) + 1)) / stride⌋ + 1.

        ## Parameters
        In `convolution_param`:

        | field | default | meaning |
        |---|---|---|
        | `kernel_size, or kernel_h and kernel_w` | required | once for all spatial axes, or once for each; the second form for two axes |
        | `stride, or stride_h and stride_w` | 1 | steps of the kernel |
        | `pad, or pad_h and pad_w` | 0 | zeros on both sides |
        | `dilation` | 1 | distance between the values that neighbouring kernel values meet |
        | `axis` | 1 | the channel axis; negative ones count from the end |
        | `the others` |  | accepted, mean nothing |

        ## Gradient
        Each dx is the sum of all dy that were copied from it.

        ## Errors
        A kernel that is missing, given twice, or larger than the padded input; no spatial axes.

        ## Source
        Caffe's `Im2col`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
        layer {
          name: "patches"
          type: "Im2col"
          bottom: "x"
          top: "y"
          convolution_param { kernel_size: 3 stride: 2 pad: 1 }
        }
        ```
        """#),
    LayerPage(
      name: "ImageData", group: "Data",
      text: #"""
        # ImageData

        Pictures of a list of files, decoded as they come, and their labels. More on pictures and transformations: [Data](../Data.md).

        ## Formula
        top 0 = (pixel − mean) · `scale`, of the part that is cut out; top 1 = the labels.

        ## Shapes
        No bottoms. Tops: `batch_size` × channels × height × width and, if asked for, `batch_size` labels, or `batch_size` × labels where the list has
        several a line. The first picture of a batch decides its height and width; the others must have them too.

        ## Parameters
        In `image_data_param`:

        | field | default | meaning |
        |---|---|---|
        | `source` | required | a text file: on each line a path, a blank, and a label or several; paths may have blanks, labels be fractions |
        | `batch_size` | 1 | pictures in a batch |
        | `new_height`, `new_width` | as they are | what pictures are scaled to; both or neither |
        | `root_folder` | "" | what stands before each path, as it is: end it with `/` |
        | `is_color` | true | three channels, or one |
        | `shuffle` | false | a new order for each lap through the list |
        | `rand_skip` | 0 | begin after so many pictures at most, drawn |
        | `on_error` | fail | `skip`: in the place of a picture that can't be read comes the next one of the lap that can; the first ten are named in the log, and each lap's are counted at its end |

        In `transform_param`:

        | field | default | meaning |
        |---|---|---|
        | `scale` | 1 | the factor |
        | `mean_file`, `mean_value` |  | what is subtracted: a picture, or a value for all channels or for each |
        | `crop_size` | 0 | the side of the square cut out: at a random place at TRAIN, in the middle at TEST |
        | `mirror` | false | flip every second picture, at random |
        | `force_color`, `force_gray` | false | the channels, whatever `is_color` says |

        ## Gradient
        None.

        ## Errors
        A missing list; a line without label, or with more or fewer than the others; a picture that is missing or damaged, or of another size than the first of its
        batch; a mean or a crop that doesn't fit. Each names the line of the list.

        ## Source
        Caffe's `ImageData`. There a resumed training begins again with the first picture, and a damaged picture may come in half; several labels and `on_error` are
        ours.

        ## Example
        ```prototxt
        layer {
          name: "data"
          type: "ImageData"
          top: "data"
          top: "label"
          transform_param { mirror: true crop_size: 227 mean_value: 104 mean_value: 117 mean_value: 123 }
          image_data_param { source: "train.txt" root_folder: "images/" batch_size: 50 new_height: 256 new_width: 256 shuffle: true }
        }
        ```
        """#),
    LayerPage(
      name: "InfogainLoss", group: "Loss",
      text: #"""
        # InfogainLoss

        A multinomial logistic loss of a softmax in which a matrix H weighs every pair of a true class and a class.

        ## Formula
        loss = −1/n · Σ Σ_c H[label, c] · ln p[c], with p the softmax of the scores over the channels. With the identity it is SoftmaxWithLoss; other values on the diagonal weigh classes, values beside it smooth labels.

        ## Shapes
        Bottoms: scores of any shape; labels, whole numbers from 0 to K − 1, one for each place outside the channel axis, K channels; H, K × K values, row by row, unless a file gives them. Tops: the loss, a scalar with the loss weight 1; if wanted, the probabilities.

        ## Parameters
        | field | default | meaning |
        |---|---|---|
        | `infogain_loss_param.source` | none | a `.binaryproto` file with H, needed where there is no third bottom |
        | `infogain_loss_param.axis` | 1 | the axis of the channels; negative ones count from the end |
        | `loss_param.ignore_label` | none | a label that counts for nothing |
        | `loss_param.normalization` | VALID | n: the labels that aren't ignored (VALID), all of them (FULL), the extents before the channel axis (BATCH_SIZE) or 1 (NONE); never less than 1 |
        | `loss_param.normalize` |  | the older form: true is VALID, false BATCH_SIZE; `normalization` wins |

        ## Gradient
        dx = loss weight / n · (p · Σ_c H[label, c] − H[label]), 0 where the label is ignored. Labels and H have none.

        ## Errors
        No matrix; a matrix of another size; a file that is missing or isn't a blob; a number of labels that doesn't fit; a label outside its range, which names the record; a gradient asked for labels or the matrix.

        ## Source
        Caffe's `InfogainLoss`.

        ## Where it differs from Caffe
        Labels are always checked. With a third bottom `source` isn't read.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 3 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer { name: "H" type: "Input" top: "H" input_param { shape { dim: 1 dim: 1 dim: 3 dim: 3 } } }
        layer {
          name: "loss"
          type: "InfogainLoss"
          bottom: "scores"
          bottom: "label"
          bottom: "H"
          top: "loss"
        }
        ```
        """#),
    LayerPage(
      name: "InnerProduct", group: "Math",
      text: #"""
        # InnerProduct

        A fully connected layer.

        ## Formula
        y = W x + b for each vector x of the batch.

        ## Shapes
        Bottom: the axes from `axis` on, K values, are one vector. Top: the axes before `axis`, then `num_output`, N.

        ## Parameters
        In `inner_product_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | N, values in an output vector |
        | `axis` | 1 | the first axis of a vector; negative ones count from the end |
        | `bias_term` | true | whether b is added |
        | `transpose` | false | whether W is kept as K × N in place of N × K |
        | `weight_filler` | constant 0 | the first weights |
        | `bias_filler` | constant 0 | the first biases |

        Learned: W of N × K, b of N.

        ## Gradient
        dx = Wᵀ dy; dW += dy xᵀ and db += dy, summed over the batch.

        ## Errors
        `num_output` 0; no such axis; vectors of another size than the weights were made for.

        ## Source
        Caffe's `InnerProduct`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 dim: 2 dim: 2 } } }
        layer {
          name: "ip1"
          type: "InnerProduct"
          bottom: "x"
          top: "y"
          param { lr_mult: 1 }
          param { lr_mult: 2 }
          inner_product_param {
            num_output: 10
            weight_filler { type: "xavier" }
          }
        }
        ```
        """#),
    LayerPage(
      name: "Input", group: "Data",
      text: #"""
        # Input

        Blobs that a program fills.

        ## Formula
        None.

        ## Shapes
        No bottoms; one top or more, of the shapes given.

        ## Parameters
        In `input_param`:

        | field | default | meaning |
        |---|---|---|
        | `shape` | none | one for all tops, or one for each; without any, the program reshapes the tops |

        ## Gradient
        None of its own; with `force_backward` the tops' gradients can be read.

        ## Errors
        A number of shapes that fits neither; a negative extent.

        ## Source
        Caffe's `Input`.

        ## Example
        ```prototxt
        layer {
          name: "data"
          type: "Input"
          top: "data"
          top: "label"
          input_param {
            shape { dim: 10 dim: 3 dim: 8 dim: 8 }
            shape { dim: 10 }
          }
        }
        ```
        """#),
    LayerPage(
      name: "LRN", group: "Normalization",
      text: #"""
        # LRN

        Local response normalisation: each value divided by a power of the squares around it.

        ## Formula
        y = x · (k + alpha / n · Σ x²)^(−beta), the sum over n values: `local_size` channels around, or `local_size`² places around in the same channel.

        ## Shapes
        Bottom and top: images × channels × height × width.

        ## Parameters
        In `lrn_param`:

        | field | default | meaning |
        |---|---|---|
        | `local_size` | 5 | channels, or places along a side; odd |
        | `alpha` | 1 | the factor of the sum |
        | `beta` | 0.75 | the exponent |
        | `k` | 1 | what is added; always 1 within a channel |
        | `norm_region` | ACROSS_CHANNELS | or WITHIN_CHANNEL, where what lies outside the image counts as 0 |
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        With s the bracket of the formula: dx = dy · s^(−beta) − 2 · alpha · beta / n · x · Σ (dy · y / s) over the values whose sum has x in it.

        ## Errors
        An even `local_size`; a bottom that hasn't 4 axes.

        ## Source
        Krizhevsky et al., *ImageNet classification with deep convolutional neural networks*, 2012; Caffe's `LRN`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 8 dim: 6 dim: 6 } } }
        layer {
          name: "norm1"
          type: "LRN"
          bottom: "x"
          top: "y"
          lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }
        }
        ```
        """#),
    LayerPage(
      name: "LSTM", group: "Recurrent",
      text: #"""
        # LSTM

        Long short-term memory over sequences, many side by side.

        ## Formula
        Gates = W x + b + Ws s + U (k · h′); c = k · σ(f) · c′ + σ(i) · tanh g; h = σ(o) · tanh c, where h′ and c′ are those of the step before and the gates are in the order i, f, o, g.

        ## Shapes
        Bottoms: x, T × N × …, T time steps of N sequences; k (`cont`), T × N, 0 where a sequence begins, otherwise 1; if wanted, s, a static input, N × …, the same at all steps; with `expose_hidden` the h and c to start with, 1 × N × D. Tops: h of all steps, T × N × D; with `expose_hidden` h and c of the last step, 1 × N × D.

        ## Parameters
        In `recurrent_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | D, the hidden values of a sequence |
        | `weight_filler` | constant 0 | the first weights |
        | `bias_filler` | constant 0 | the first biases |
        | `expose_hidden` | false | whether states come from bottoms and go to tops; otherwise a batch goes on from where the one before ended, with zeros first |
        | `debug_info` | false | read, without effect |

        Learned: W of 4D × inputs, b of 4D, with a static input Ws of 4D × its values, U of 4D × D.

        ## Gradient
        Through all T steps, not beyond the batch. k has none. As in Caffe, what reaches the exposed last h and c from above is left out.

        ## Errors
        `num_output` 0; numbers of bottoms or tops that don't fit `expose_hidden`; shapes that don't fit each other or the weights; a gradient asked for k.

        ## Source
        Caffe's `LSTM`; Donahue et al., "Long-term recurrent convolutional networks for visual recognition and description", 2015.

        ## Where it differs from Caffe
        The number of time steps may change between batches. The states to start with get a gradient. Where the number of sequences changes, the carried state is zeros again.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 dim: 5 } } }
        layer { name: "cont" type: "Input" top: "cont" input_param { shape { dim: 4 dim: 3 } } }
        layer {
          name: "lstm"
          type: "LSTM"
          bottom: "x"
          bottom: "cont"
          top: "h"
          recurrent_param { num_output: 6 weight_filler { type: "xavier" } }
        }
        ```
        """#),
    LayerPage(
      name: "LSTMUnit", group: "Recurrent",
      text: #"""
        # LSTMUnit

        One time step of long short-term memory.

        ## Formula
        c = k · σ(f) · c′ + σ(i) · tanh g, h = σ(o) · tanh c, where k is 0 where a sequence begins, otherwise 1.

        ## Shapes
        Bottoms: the cells before, c′, 1 × N × D; the gates, 1 × N × 4D, in the order i, f, o, g; k, 1 × N. Tops: the cells c and the hidden values h, 1 × N × D.

        ## Parameters
        None.

        ## Gradient
        Of the cells before and of the gates, by the chain rule. k has none.

        ## Errors
        Another number of axes; more than one time step; extents that don't fit; a gradient asked for k.

        ## Source
        Caffe's `LSTMUnit`; Hochreiter and Schmidhuber, "Long short-term memory", 1997.

        ## Example
        ```prototxt
        layer { name: "c_before" type: "Input" top: "c_before" input_param { shape { dim: 1 dim: 3 dim: 5 } } }
        layer { name: "gates" type: "Input" top: "gates" input_param { shape { dim: 1 dim: 3 dim: 20 } } }
        layer { name: "cont" type: "Input" top: "cont" input_param { shape { dim: 1 dim: 3 } } }
        layer {
          name: "unit"
          type: "LSTMUnit"
          bottom: "c_before"
          bottom: "gates"
          bottom: "cont"
          top: "c"
          top: "h"
        }
        ```
        """#),
    LayerPage(
      name: "Log", group: "Activation",
      text: #"""
        # Log

        A logarithm.

        ## Formula
        y = log_base(shift + scale · x)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `log_param`:

        | field | default | meaning |
        |---|---|---|
        | `base` | −1, which stands for e | greater than 0 and not 1 |
        | `scale` | 1 | the factor of x |
        | `shift` | 0 | what is added |

        ## Gradient
        dx = scale / (ln(base) · (shift + scale · x)) · dy

        ## Errors
        A base that is neither −1 nor above 0, or is 1.

        ## Source
        Caffe's `Log`.

        ## Where it differs from Caffe
        In-place, Caffe computes a wrong gradient; here the layer keeps its input for it.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Log"
          bottom: "x"
          top: "y"
          log_param { base: 10 shift: 1 }
        }
        ```
        """#),
    LayerPage(
      name: "MVN", group: "Normalization",
      text: #"""
        # MVN

        Each channel of each image brought to mean 0 and variance 1.

        ## Formula
        y = (x − mean) / (√variance + eps), or x − mean.

        ## Shapes
        Bottom: `n × channels × …`. Top: the same shape. May run in-place.

        ## Parameters
        In `mvn_param`:

        | field | default | meaning |
        |---|---|---|
        | `normalize_variance` | true | when false, only the mean is taken away |
        | `across_channels` | false | take mean and variance over all channels of an image |
        | `eps` | 1e-9 | keeps the divisor above 0 |

        ## Gradient
        dx = (dy − mean dy − y · mean (dy · y)) / (√variance + eps), which takes eps for small beside the deviation, as Caffe does; without the variance dx = dy − mean dy.

        ## Errors
        A bottom without axes; an `eps` below 0 or not finite.

        ## Source
        Caffe's `MVN`.

        ## Where it differs from Caffe
        A layer that changes the top in-place doesn't spoil the gradient.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
        layer {
          name: "mvn"
          type: "MVN"
          bottom: "x"
          top: "y"
          mvn_param { across_channels: true }
        }
        ```
        """#),
    LayerPage(
      name: "MemoryData", group: "Data",
      text: #"""
        # MemoryData

        Images and labels that a program hands over as arrays, batch after batch, round and round.

        ## Formula
        None.

        ## Shapes
        No bottoms; two tops: images, `batch_size × channels × height × width`, and labels, `batch_size`.

        ## Parameters
        In `memory_data_param`:

        | field | default | meaning |
        |---|---|---|
        | `batch_size` | required | the images of a batch |
        | `channels` | required | the channels of an image |
        | `height` | required | its height |
        | `width` | required | its width |

        ## Gradient
        None.

        ## Errors
        A field that is missing or 0; a forward before `setData`; arrays that aren't whole images, a whole number of batches, or a label for each image.

        ## Source
        Caffe's `MemoryData`. As there, arrays aren't transformed: `transform_param` has no effect, which the log says.

        ## In a program
        ```swift
        let layer = net.layer(named: "data") as? MemoryDataLayer
        try layer?.setData(pixels, labels: labels)
        try net.forward()
        ```
        A training that is to go on from a snapshot gets the same data before `Solver.restore`, which then finds the place in them.

        ## Example
        ```prototxt
        layer {
          name: "data"
          type: "MemoryData"
          top: "data"
          top: "label"
          memory_data_param { batch_size: 10 channels: 3 height: 32 width: 32 }
        }
        ```
        """#),
    LayerPage(
      name: "MultinomialLogisticLoss", group: "Loss",
      text: #"""
        # MultinomialLogisticLoss

        The multinomial logistic loss of probabilities that the net has already made. [SoftmaxWithLoss](SoftmaxWithLoss.md) is the better choice for scores: its gradient stays exact where probabilities are tiny.

        ## Formula
        loss = −1/n · Σ ln max(p[label], 1e-20), n the first extent.

        ## Shapes
        Bottoms: probabilities, n × K, where all axes after the first count as one; n labels, whole numbers from 0 to K − 1. Top: the loss, a scalar with the loss weight 1.

        ## Parameters
        None.

        ## Gradient
        dp = −loss weight / (n · max(p, 1e-20)) at the label, 0 elsewhere. Labels have none.

        ## Errors
        A number of labels that doesn't fit; a label outside its range, which names the record; a gradient asked for labels.

        ## Source
        Caffe's `MultinomialLogisticLoss`.

        ## Where it differs from Caffe
        Labels are always checked.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer { name: "softmax" type: "Softmax" bottom: "scores" top: "probabilities" }
        layer {
          name: "loss"
          type: "MultinomialLogisticLoss"
          bottom: "probabilities"
          bottom: "label"
          top: "loss"
        }
        ```
        """#),
    LayerPage(
      name: "PReLU", group: "Activation",
      text: #"""
        # PReLU

        The rectifier with learned slopes below 0.

        ## Formula
        y = max(x, 0) + a_c · min(x, 0).

        ## Shapes
        Bottom: `n × channels × …`. Top: the same shape. May run in-place; it then keeps a copy of x.

        ## Parameters
        In `prelu_param`:

        | field | default | meaning |
        |---|---|---|
        | `filler` | constant 0.25 | the first slopes |
        | `channel_shared` | false | whether all channels have one slope |

        Learned: a of `channels`, or a scalar where it is shared.

        ## Gradient
        dx = dy where x > 0, otherwise a_c · dy; da_c = Σ dy · min(x, 0).

        ## Errors
        Fewer than two axes; another number of channels than before.

        ## Source
        He et al., *Delving deep into rectifiers*, 2015; Caffe's `PReLU`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
        layer {
          name: "prelu1"
          type: "PReLU"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Parameter", group: "Data",
      text: #"""
        # Parameter

        A learned blob that other layers read.

        ## Formula
        y = w.

        ## Shapes
        No bottoms. Top: the shape given. It is a copy, so a layer that runs in-place on it doesn't change w.

        ## Parameters
        In `parameter_param`:

        | field | default | meaning |
        |---|---|---|
        | `shape` | a scalar | the shape of w |

        Learned: w, at first 0.

        ## Gradient
        dw = dy.

        ## Errors
        Negative extents; more values than memory can address.

        ## Source
        Caffe's `Parameter`.

        ## Where it differs from Caffe
        There the top shares the parameter's memory, so gradients of several passes don't add up.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 4 } } }
        layer {
          name: "w"
          type: "Parameter"
          top: "w"
          parameter_param { shape { dim: 3 dim: 4 } }
        }
        layer {
          name: "product"
          type: "Eltwise"
          bottom: "x"
          bottom: "w"
          top: "y"
          eltwise_param { operation: PROD }
        }
        ```
        """#),
    LayerPage(
      name: "Pooling", group: "Vision",
      text: #"""
        # Pooling

        The largest value, the mean or a value drawn from each window over height and width.

        ## Formula
        MAX: y = max x over the window. AVE: y = Σ x / divisor, the divisor counting padding, but nothing beyond it. STOCHASTIC: at TRAIN one x of the window, drawn with a probability proportional to it; at TEST the value expected, Σ x² / Σ x. Values should then be 0 or more.

        ## Shapes
        Bottom: images × channels × height × width. Top: height and width ⌈(input + 2 pad − kernel) / stride⌉ + 1, less a last window that would begin beyond input + pad. A second top, for MAX: where each value came from, `y · width + x`.

        ## Parameters
        In `pooling_param`:

        | field | default | meaning |
        |---|---|---|
        | `pool` | MAX | MAX, AVE or STOCHASTIC |
        | `kernel_size, or kernel_h and kernel_w` | required unless `global_pooling` | the window |
        | `stride, or stride_h and stride_w` | 1 | its steps |
        | `pad, or pad_h and pad_w` | 0 | less than the kernel; 0 with STOCHASTIC |
        | `global_pooling` | false | one window over the whole image |
        | `round_mode` | CEIL | or FLOOR |
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        MAX, and STOCHASTIC at TRAIN: each dy goes to where its value came from. AVE: dy / divisor to every place of the window. STOCHASTIC at TEST: dy · (2x − y) / Σ x.

        ## Errors
        A kernel that is missing, given twice, 0 or larger than the padded input; padding not less than the kernel, or with STOCHASTIC; a second top with other than MAX.

        ## Source
        Zeiler and Fergus, *Stochastic pooling for regularization of deep convolutional neural networks*, 2013; Caffe's `Pooling`.

        ## Where it differs from Caffe
        A stride larger than the kernel can give Caffe a last window outside the input, which reads or writes what isn't there; here it is left out, and the log says once that values between windows count for nothing. STOCHASTIC needs a GPU there, and has no gradient at TEST.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 9 dim: 9 } } }
        layer {
          name: "pool1"
          type: "Pooling"
          bottom: "x"
          top: "y"
          pooling_param { pool: MAX kernel_size: 3 stride: 2 }
        }
        ```
        """#),
    LayerPage(
      name: "Power", group: "Activation",
      text: #"""
        # Power

        A power of a line.

        ## Formula
        y = (shift + scale · x)^power

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `power_param`:

        | field | default | meaning |
        |---|---|---|
        | `power` | 1 | the exponent |
        | `scale` | 1 | the factor of x |
        | `shift` | 0 | what is added |

        ## Gradient
        dx = power · scale · (shift + scale · x)^(power − 1) · dy

        ## Errors
        None of its own; a fractional power of a negative number isn't a number.

        ## Source
        Caffe's `Power`.

        ## Where it differs from Caffe
        In-place, Caffe computes a wrong gradient; here the layer keeps its input for it.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Power"
          bottom: "x"
          top: "y"
          power_param { power: 2 scale: 0.5 shift: 1 }
        }
        ```
        """#),
    LayerPage(
      name: "Python", group: "In Python",
      text: #"""
        # Python

        A layer written in Python: a class that computes whatever it likes.

        ## Shapes
        Bottoms and tops: any number. What shapes fit, and those of the tops, the class says in `reshape`.

        ## Parameters
        In `python_param`:

        | field | default | meaning |
        |---|---|---|
        | `module` | required | the module with the class, found as `import` finds it: in the folder of the program that runs, or in `PYTHONPATH` |
        | `layer` | required | the class, one of `caffe.Layer`'s |
        | `param_str` | `""` | a text for the class, as `self.param_str` |
        | `share_in_parallel` | `false` | accepted, means nothing |

        Learned: what `setup` adds by `self.blobs.add_blob(shape…)`.

        `setup(bottom, top)` is called once, `reshape(bottom, top)` before every forward, `forward(bottom, top)` computes `top[i].data`, and
        `backward(top, propagate_down, bottom)` sets `bottom[i].diff` where `propagate_down[i]` and adds to `self.blobs[i].diff`. Data and
        gradients are NumPy arrays on the memory of the net. [Python](../Python.md) has an example.

        Nets with such layers are built from Python, by `import caffe`, or by the commands with `--allow-python`, which opens the library of `python3`, or the
        one that `CAFFE_PYTHON_PATH` names.

        ## Gradient
        What `backward` says.

        ## Errors
        A module or class that can't be imported; a class that isn't a `caffe.Layer`; an exception in one of its functions, which comes out as it is
        where the net was called from Python, and with its traceback where a command ran it; a net that is built by a command without
        `--allow-python`.

        ## Source
        Caffe's `Python` layer.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "scaled"
          type: "Python"
          bottom: "x"
          top: "y"
          python_param { module: "my_layers" layer: "Scale" param_str: "2" }
        }
        ```
        """#),
    LayerPage(
      name: "RNN", group: "Recurrent",
      text: #"""
        # RNN

        A plain recurrent net over sequences, many side by side.

        ## Formula
        h = tanh(W x + b + Ws s + U (k · h′)), o = tanh(V h + v), where h′ is that of the step before.

        ## Shapes
        Bottoms: x, T × N × …, T time steps of N sequences; k (`cont`), T × N, 0 where a sequence begins, otherwise 1; if wanted, s, a static input, N × …, the same at all steps; with `expose_hidden` the h to start with, 1 × N × D. Tops: o of all steps, T × N × D; with `expose_hidden` h of the last step, 1 × N × D.

        ## Parameters
        In `recurrent_param`:

        | field | default | meaning |
        |---|---|---|
        | `num_output` | required | D, the hidden values of a sequence, and its outputs |
        | `weight_filler` | constant 0 | the first weights |
        | `bias_filler` | constant 0 | the first biases |
        | `expose_hidden` | false | whether states come from bottoms and go to tops; otherwise a batch goes on from where the one before ended, with zeros first |
        | `debug_info` | false | read, without effect |

        Learned: W of D × inputs, b of D, with a static input Ws of D × its values, U and V of D × D, v of D.

        ## Gradient
        Through all T steps, not beyond the batch. k has none. As in Caffe, what reaches the exposed last h from above is left out.

        ## Errors
        `num_output` 0; numbers of bottoms or tops that don't fit `expose_hidden`; shapes that don't fit each other or the weights; a gradient asked for k.

        ## Source
        Caffe's `RNN`.

        ## Where it differs from Caffe
        The number of time steps may change between batches. The h to start with gets a gradient. Where the number of sequences changes, the carried state is zeros again.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 dim: 5 } } }
        layer { name: "cont" type: "Input" top: "cont" input_param { shape { dim: 4 dim: 3 } } }
        layer {
          name: "rnn"
          type: "RNN"
          bottom: "x"
          bottom: "cont"
          top: "o"
          recurrent_param { num_output: 6 weight_filler { type: "xavier" } }
        }
        ```
        """#),
    LayerPage(
      name: "ReLU", group: "Activation",
      text: #"""
        # ReLU

        The rectifier, if wanted with a slope below 0.

        ## Formula
        y = max(x, 0) + negative_slope · min(x, 0)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `relu_param`:

        | field | default | meaning |
        |---|---|---|
        | `negative_slope` | 0 | the slope below 0 |
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        dx = dy where x > 0, otherwise negative_slope · dy

        ## Errors
        None of its own.

        ## Source
        Nair and Hinton, *Rectified linear units improve restricted Boltzmann machines*, 2010; Caffe's `ReLU`.

        ## Where it differs from Caffe
        With a negative `negative_slope` in-place, the layer keeps its input; Caffe's gradient is wrong there.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "ReLU"
          bottom: "x"
          top: "y"
          relu_param { negative_slope: 0.1 }
        }
        ```
        """#),
    LayerPage(
      name: "Reduction", group: "Math",
      text: #"""
        # Reduction

        Many values made one.

        ## Formula
        y = coeff · Σ f(x) over the axes from `axis` on. SUM: f(x) = x. ASUM: |x|. SUMSQ: x². MEAN: x divided by the number of values.

        ## Shapes
        Bottom: any shape with at least one axis. Top: the axes before `axis`, a scalar where that is 0.

        ## Parameters
        In `reduction_param`:

        | field | default | meaning |
        |---|---|---|
        | `operation` | SUM | SUM, ASUM, SUMSQ or MEAN |
        | `axis` | 0 | the first axis that is taken together; negative ones count from the end |
        | `coeff` | 1 | the factor |

        ## Gradient
        dx = coeff · dy · f′(x); for ASUM f′ is the sign, 0 at 0.

        ## Errors
        No such axis.

        ## Source
        Caffe's `Reduction`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "sum"
          type: "Reduction"
          bottom: "x"
          top: "y"
          reduction_param { operation: SUMSQ axis: 1 coeff: 0.5 }
        }
        ```
        """#),
    LayerPage(
      name: "Reshape", group: "Shaping",
      text: #"""
        # Reshape

        The same values in another shape.

        ## Formula
        y = x

        ## Shapes
        One bottom; one top with the axes from `axis` on, `num_axes` of them, replaced by those of `shape`. It shares the bottom's memory.

        ## Parameters
        In `reshape_param`:

        | field | default | meaning |
        |---|---|---|
        | `shape` | none | the new extents; 0 keeps the bottom's extent at that place, −1, at most once, is what is left |
        | `axis` | 0 | the first axis replaced; negative ones count from behind the last, so −1 appends |
        | `num_axes` | −1, all the rest | how many axes are replaced |

        ## Gradient
        dx = dy

        ## Errors
        Extents that hold another number of values; several −1; no such axes.

        ## Source
        Caffe's `Reshape`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 dim: 5 } } }
        layer {
          name: "reshape"
          type: "Reshape"
          bottom: "x"
          top: "y"
          reshape_param { shape { dim: 0 dim: 2 dim: -1 } }
        }
        ```
        """#),
    LayerPage(
      name: "SPP", group: "Vision",
      text: #"""
        # SPP

        Spatial pyramid pooling: images of any height and width made vectors of one length.

        ## Formula
        Level l pools each channel over 2^l × 2^l windows of ⌈height / 2^l⌉ × ⌈width / 2^l⌉ values without overlap, padded evenly where they don't fit.

        ## Shapes
        Bottom: images × channels × height × width. Top: images × values, those of level 0, then of level 1 …, each channels × windows. With one level it is images × channels × 1 × 1.

        ## Parameters
        In `spp_param`:

        | field | default | meaning |
        |---|---|---|
        | `pyramid_height` | required | the number of levels |
        | `pool` | MAX | MAX, AVE or STOCHASTIC, as for `Pooling` |
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        That of `Pooling`, summed over the levels.

        ## Errors
        `pyramid_height` 0; other than four axes; height or width too small for the finest level; STOCHASTIC where windows don't fit without padding.

        ## Source
        He et al., *Spatial pyramid pooling in deep convolutional networks*, 2014; Caffe's `SPP`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 11 dim: 13 } } }
        layer {
          name: "pyramid"
          type: "SPP"
          bottom: "x"
          top: "y"
          spp_param { pyramid_height: 3 }
        }
        ```
        """#),
    LayerPage(
      name: "Scale", group: "Math",
      text: #"""
        # Scale

        Values times factors, which are learned or another blob, spread over the axes that they don't cover.

        ## Formula
        y = s · x, or y = s · x + b.

        ## Shapes
        Bottoms: x; if wanted, s, whose extents are those of x from `axis` on, or which has no axes. Without it s is a parameter. Top: the shape of x. May run in-place; it then keeps a copy of x.

        ## Parameters
        In `scale_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the first axis of x that s covers; negative ones count from the end |
        | `num_axes` | 1 | how many axes a learned s covers; -1 for all from `axis` on, 0 for a single factor |
        | `filler` | constant 1 | the first values of s |
        | `bias_term` | false | whether b, of the shape of s, is learned and added |
        | `bias_filler` | constant 0 | its first values |

        Learned: s, unless it is a bottom; b, if wanted.

        ## Gradient
        dx = s · dy; ds = Σ x · dy and db = Σ dy over the axes that s doesn't cover.

        ## Errors
        No such axes; a shape of s that doesn't fit.

        ## Source
        Caffe's `Scale`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
        layer {
          name: "scale1"
          type: "Scale"
          bottom: "x"
          top: "y"
          scale_param { bias_term: true }
        }
        ```
        """#),
    LayerPage(
      name: "Sigmoid", group: "Activation",
      text: #"""
        # Sigmoid

        The logistic function.

        ## Formula
        y = 1 / (1 + e⁻ˣ)

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `sigmoid_param`:

        | field | default | meaning |
        |---|---|---|
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        dx = y (1 − y) dy

        ## Errors
        None of its own.

        ## Source
        Caffe's `Sigmoid`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Sigmoid"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "SigmoidCrossEntropyLoss", group: "Loss",
      text: #"""
        # SigmoidCrossEntropyLoss

        The cross entropy of independent yes-or-no questions: targets between 0 and 1 against the sigmoid of scores.

        ## Formula
        loss = −1/n · Σ (t ln σ(x) + (1 − t) ln(1 − σ(x))), computed without overflow.

        ## Shapes
        Two bottoms, scores and targets, with the same first extent and as many values; one top, a scalar with the loss weight 1.

        ## Parameters
        In `loss_param`:

        | field | default | meaning |
        |---|---|---|
        | `ignore_label` | none | a target that counts for nothing, compared with the target's whole part |
        | `normalization` | BATCH_SIZE | n: the targets that aren't ignored (VALID), all of them (FULL), the first extent (BATCH_SIZE) or 1 (NONE); never less than 1 |
        | `normalize` |  | the older form: true is VALID, false BATCH_SIZE; `normalization` wins |

        ## Gradient
        dx = loss weight / n · (σ(x) − t), 0 where the target is ignored. Targets have none.

        ## Errors
        First extents or counts that differ; a gradient asked for targets.

        ## Source
        Caffe's `SigmoidCrossEntropyLoss`.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "targets" type: "Input" top: "targets" input_param { shape { dim: 4 dim: 10 } } }
        layer {
          name: "loss"
          type: "SigmoidCrossEntropyLoss"
          bottom: "scores"
          bottom: "targets"
          top: "loss"
        }
        ```
        """#),
    LayerPage(
      name: "Silence", group: "Shaping",
      text: #"""
        # Silence

        A reader that does nothing, so that a blob isn't an output of the net.

        ## Formula
        None.

        ## Shapes
        One bottom or more of any shapes; no tops.

        ## Parameters
        None.

        ## Gradient
        dx = 0

        ## Errors
        None of its own.

        ## Source
        Caffe's `Silence`.

        ## Example
        ```prototxt
        layer { name: "unused" type: "Input" top: "unused" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "silence"
          type: "Silence"
          bottom: "unused"
        }
        ```
        """#),
    LayerPage(
      name: "Slice", group: "Shaping",
      text: #"""
        # Slice

        One blob cut into several along an axis.

        ## Formula
        y₁ then y₂ … along `axis` are x

        ## Shapes
        One bottom; one top or more, of its shape but for the extent of `axis`; their extents add up to the bottom's.

        ## Parameters
        In `slice_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the axis; negative ones count from the end |
        | `slice_dim` | 1 | the older name of it, from 0 on |
        | `slice_point` | equal parts | where each top but the first begins, one fewer than tops |

        ## Gradient
        dx is the tops' gradients one after the other.

        ## Errors
        An extent that can't be cut into equal parts; points in another number than tops − 1, out of order or beyond the extent; both names of the axis.

        ## Source
        Caffe's `Slice`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 5 dim: 4 } } }
        layer {
          name: "slice"
          type: "Slice"
          bottom: "x"
          top: "a"
          top: "b"
          slice_param { axis: 1 slice_point: 2 }
        }
        ```
        """#),
    LayerPage(
      name: "Softmax", group: "Normalization",
      text: #"""
        # Softmax

        Scores made probabilities.

        ## Formula
        y_c = e^{x_c} / Σ_k e^{x_k} over the channels, the largest x subtracted first.

        ## Shapes
        One bottom of any shape; one top of the same shape, whose values along `axis` add up to 1. May run in-place.

        ## Parameters
        In `softmax_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the axis of the channels; negative ones count from the end |
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        dx = (dy − Σ_c dy_c · y_c) · y

        ## Errors
        No such axis.

        ## Source
        Caffe's `Softmax`.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer {
          name: "prob"
          type: "Softmax"
          bottom: "scores"
          top: "prob"
        }
        ```
        """#),
    LayerPage(
      name: "SoftmaxWithLoss", group: "Loss",
      text: #"""
        # SoftmaxWithLoss

        The multinomial logistic loss of a softmax.

        ## Formula
        loss = −1/n · Σ ln p[label], with p the softmax of the scores over the channels.

        ## Shapes
        Bottoms: scores of any shape; labels, whole numbers from 0 to channels − 1, one for each place outside the channel axis. Tops: the loss, a scalar with the loss weight 1; if wanted, the probabilities.

        ## Parameters
        | field | default | meaning |
        |---|---|---|
        | `softmax_param.axis` | 1 | the axis of the channels |
        | `loss_param.ignore_label` | none | a label that counts for nothing |
        | `loss_param.normalization` | VALID | n: the labels that aren't ignored (VALID), all of them (FULL), the extents before the channel axis (BATCH_SIZE) or 1 (NONE); never less than 1 |
        | `loss_param.class_weight` | 1 for all | a factor for each channel, 0 or more, as many as there are channels; ours |
        | `loss_param.label_smoothing` | 0 | s, the share of the target that is spread evenly over all channels: 0 ≤ s < 1; ours |
        | `loss_param.normalize` |  | the older form: true is VALID, false BATCH_SIZE; `normalization` wins |

        ### Class weights and smoothed labels
        With weights w and a smoothing s over C channels the term of a label is

            −(1 − s) · w[label] · ln p[label] − s/C · Σ_c w[c] · ln p[c]

        `normalization` then means:

        | | n |
        |---|---|
        | VALID | the sum of w[label] over the labels that aren't ignored; 1 where that is 0. A weighted mean, as PyTorch's `CrossEntropyLoss` has it: weights that are all the same change nothing |
        | FULL, BATCH_SIZE, NONE | as without weights: all labels, the extents before the channel axis, 1. Weights scale the terms alone |

        Without weights VALID counts labels, smoothed or not. Both fields are this project's own: Caffe doesn't know them.

        ## Gradient
        dx = loss weight / n · (p − [channel = label]), 0 where the label is ignored. Labels have none. With weights and smoothing
        dx[c] = loss weight / n · ((1 − s) · w[label] · (p[c] − [c = label]) + s/C · (p[c] · Σ w − w[c])).

        ## Errors
        A number of labels that doesn't fit; a label outside its range, which names the record; a gradient asked for labels; a `class_weight` that is negative, or not as many as
        there are channels; a `label_smoothing` below 0, or 1 or more. Other losses refuse both fields.

        ## Source
        Caffe's `SoftmaxWithLoss`. Smoothed labels: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.

        ## Where it differs from Caffe
        `class_weight` and `label_smoothing` are new. Labels are always checked. The second top may have a loss weight: probabilities add up to 1, so it changes no gradient.

        ## Example
        ```prototxt
        layer { name: "scores" type: "Input" top: "scores" input_param { shape { dim: 4 dim: 10 } } }
        layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 4 } } }
        layer {
          name: "loss"
          type: "SoftmaxWithLoss"
          bottom: "scores"
          bottom: "label"
          top: "loss"
        }
        ```
        """#),
    LayerPage(
      name: "Split", group: "Shaping",
      text: #"""
        # Split

        One blob for several readers. A net inserts these layers itself where a blob has several readers.

        ## Formula
        yᵢ = x

        ## Shapes
        One bottom of any shape; one top or more of the same shape, which share the bottom's data.

        ## Parameters
        None.

        ## Gradient
        dx = Σ dyᵢ

        ## Errors
        None of its own.

        ## Source
        Caffe's `Split`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "split"
          type: "Split"
          bottom: "x"
          top: "a"
          top: "b"
        }
        ```
        """#),
    LayerPage(
      name: "Swish", group: "Activation",
      text: #"""
        # Swish

        A rectifier with a smooth gate.

        ## Formula
        y = x / (1 + e^(−beta · x))

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `swish_param`:

        | field | default | meaning |
        |---|---|---|
        | `beta` | 1 | how steep the gate is |

        ## Gradient
        With s = 1 / (1 + e^(−beta · x)): dx = (s + beta · y (1 − s)) dy

        ## Errors
        None of its own.

        ## Source
        Ramachandran et al., *Searching for activation functions*, 2017; Caffe's `Swish`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Swish"
          bottom: "x"
          top: "y"
          swish_param { beta: 2 }
        }
        ```
        """#),
    LayerPage(
      name: "TanH", group: "Activation",
      text: #"""
        # TanH

        The hyperbolic tangent.

        ## Formula
        y = tanh x

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `tanh_param`:

        | field | default | meaning |
        |---|---|---|
        | `engine` | DEFAULT | accepted, means nothing |

        ## Gradient
        dx = (1 − y²) dy

        ## Errors
        None of its own.

        ## Source
        Caffe's `TanH`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "TanH"
          bottom: "x"
          top: "y"
        }
        ```
        """#),
    LayerPage(
      name: "Threshold", group: "Activation",
      text: #"""
        # Threshold

        Whether each value is above a threshold.

        ## Formula
        y = 1 where x > threshold, otherwise 0

        ## Shapes
        One bottom of any shape; one top of the same shape. The top may be the bottom (in-place).

        ## Parameters
        In `threshold_param`:

        | field | default | meaning |
        |---|---|---|
        | `threshold` | 0 | what x is compared with |

        ## Gradient
        None; a loss that needs one through this layer is an error.

        ## Errors
        A gradient that is asked for.

        ## Source
        Caffe's `Threshold`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 10 } } }
        layer {
          name: "t"
          type: "Threshold"
          bottom: "x"
          top: "y"
          threshold_param { threshold: 0.5 }
        }
        ```
        """#),
    LayerPage(
      name: "Tile", group: "Shaping",
      text: #"""
        # Tile

        A blob repeated along an axis.

        ## Formula
        y is x, `tiles` times one after the other along `axis`.

        ## Shapes
        Bottom: `… × d × …`. Top: `… × (tiles · d) × …`.

        ## Parameters
        In `tile_param`:

        | field | default | meaning |
        |---|---|---|
        | `axis` | 1 | the axis; negative ones count from the end |
        | `tiles` | required | how often, 1 or more |

        ## Gradient
        dx is the sum of dy over the repetitions.

        ## Errors
        `tiles` missing or less than 1; no such axis; more values than memory can address.

        ## Source
        Caffe's `Tile`.

        ## Example
        ```prototxt
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer {
          name: "tile"
          type: "Tile"
          bottom: "x"
          top: "y"
          tile_param { axis: 1 tiles: 3 }
        }
        ```
        """#),
    LayerPage(
      name: "WindowData", group: "Data",
      text: #"""
        # WindowData

        Windows of pictures, drawn at random: so many of objects, the rest background. For training detectors as R-CNN does.

        ## Formula
        A window is cut out, scaled to a square and put into its place: top 0 = (pixel − mean) · `scale`; what lies outside the picture is 0. top 1 = the
        window's class, 0 for background. A batch begins with its windows of background.

        With `context_pad` p, a window is widened around its middle by `crop_size` / (`crop_size` − 2p) before it is scaled, so that p pixels on each side show
        what is around it; with `crop_mode: "square"` its shorter side is first made as long as the longer one.

        ## Shapes
        No bottoms. Tops: `batch_size` × channels × `crop_size` × `crop_size`, and `batch_size` labels.

        ## Parameters
        In `window_data_param`:

        | field | default | meaning |
        |---|---|---|
        | `source` | required | the file of windows |
        | `batch_size` | required | windows in a batch |
        | `fg_threshold` | 0.5 | from this overlap on, a window is one of an object |
        | `bg_threshold` | 0.5 | below this overlap, it is background; between the two it isn't used |
        | `fg_fraction` | 0.25 | share of windows of objects in a batch |
        | `context_pad` | 0 | pixels of surroundings on each side |
        | `crop_mode` | warp | `warp` or `square` |
        | `cache_images` | false | keep decoded pictures in memory |
        | `root_folder` | "" | what stands before each path, as it is |

        In `transform_param`: `crop_size`, required; `mirror`, `scale`, `mean_value`, and `mean_file`, of whose picture the middle counts.

        The file has for each picture, on lines of their own, `# number`, its path, its channels, height, width and the number of its windows; then a
        line for each window: `class overlap x1 y1 x2 y2`, the first and the last pixel, counted from 0.

        ## Gradient
        None.

        ## Errors
        A file that isn't so, with the line; pictures that are missing or damaged; a window outside its picture; no windows of a kind of which a batch takes some; a
        mean smaller than the crop; a `crop_size` of no more than twice `context_pad`.

        ## Source
        Caffe's `WindowData`; Girshick et al., "Rich feature hierarchies for accurate object detection and semantic segmentation", CVPR 2014.
        Which windows are drawn is our own, repeats with the seed, and goes on after a resume.

        ## Example
        ```prototxt
        layer {
          name: "data"
          type: "WindowData"
          top: "data"
          top: "label"
          transform_param { mirror: true crop_size: 227 mean_value: 104 mean_value: 117 mean_value: 123 }
          window_data_param { source: "windows.txt" batch_size: 128 fg_fraction: 0.25 context_pad: 16 crop_mode: "warp" }
        }
        ```
        """#)
  ]
}
