#!/usr/bin/env python3
"""Writes the nets of this folder: for each model train_val.prototxt and deploy.prototxt, from one description.

models/generate.py          writes them
models/generate.py --check  only says which of them differ from the description
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
MEAN_FILE = 'mean_file: "data/ilsvrc12/imagenet_mean.binaryproto"'
MEAN_VALUES = "mean_value: 104 mean_value: 117 mean_value: 123"


class Description:
    """The layers of a net, as text; what only one of the two files has is left out of the other."""

    def __init__(self, name, deploy):
        self.deploy = deploy
        self.text = [f'name: "{name}"']
        self.last = None

    def comment(self, text):
        self.text.append(f"# {text}")

    def layer(self, name, kind, *, bottoms=None, tops=None, lines=()):
        """A layer from `bottoms`, by default the last blob, to `tops`, by default one of its own name."""
        bottoms = [self.last] if bottoms is None else bottoms
        tops = [name] if tops is None else tops
        head = " ".join(
            [f'name: "{name}" type: "{kind}"']
            + [f'bottom: "{blob}"' for blob in bottoms]
            + [f'top: "{blob}"' for blob in tops]
        )
        lines = [line for line in lines if line]
        if lines:
            self.text += ["layer {", f"  {head}"] + [f"  {line}" for line in lines] + ["}"]
        else:
            self.text.append(f"layer {{ {head} }}")
        self.last = tops[0]
        return self.last

    def train_lines(self, *lines):
        """Lines that only training needs: rates and fillers."""
        return [] if self.deploy else list(lines)

    def data(self, crop, mean, train_batch, test_batch, deploy_batch=10):
        if self.deploy:
            self.layer("data", "Input", bottoms=[], lines=[
                f"input_param {{ shape {{ dim: {deploy_batch} dim: 3 dim: {crop} dim: {crop} }} }}"])
            return
        for phase, mirror, batch, source in [
            ("TRAIN", " mirror: true", train_batch, "train"), ("TEST", "", test_batch, "val")
        ]:
            self.layer("data", "Data", bottoms=[], tops=["data", "label"], lines=[
                f"include {{ phase: {phase} }}",
                f"transform_param {{ crop_size: {crop}{mirror} {mean} }}",
                f'data_param {{ source: "examples/imagenet/ilsvrc12_{source}_lmdb" '
                f"backend: LMDB batch_size: {batch} }}",
            ])

    def weighted(self, name, kind, field, shape, weights, bias, bottom=None):
        rates = "param { lr_mult: 1 decay_mult: 1 }"
        if bias is not None:
            rates += " param { lr_mult: 2 decay_mult: 0 }"
        fillers = self.train_lines(f"  weight_filler {{ {weights} }}")
        if bias:
            fillers += self.train_lines(f'  bias_filler {{ type: "constant" value: {bias} }}')
        if bias is None:
            shape += " bias_term: false"
        lines = self.train_lines(rates)
        lines += [f"{field} {{", f"  {shape}"] + fillers + ["}"] if fillers else [f"{field} {{ {shape} }}"]
        return self.layer(name, kind, bottoms=bottom and [bottom], lines=lines)

    def convolution(self, name, outputs, kernel, weights, bias=0, bottom=None, pad=0, stride=1, group=1):
        shape = f"num_output: {outputs} kernel_size: {kernel}"
        shape += f" pad: {pad}" * (pad > 0) + f" stride: {stride}" * (stride > 1) + f" group: {group}" * (group > 1)
        return self.weighted(name, "Convolution", "convolution_param", shape, weights, bias, bottom)

    def inner_product(self, name, outputs, weights, bias=0, bottom=None):
        return self.weighted(
            name, "InnerProduct", "inner_product_param", f"num_output: {outputs}", weights, bias, bottom)

    def in_place(self, name, kind, lines=()):
        return self.layer(name, kind, tops=[self.last], lines=lines)

    def relu(self, name):
        return self.in_place(name, "ReLU")

    def dropout(self, name, ratio):
        return self.in_place(name, "Dropout", [f"dropout_param {{ dropout_ratio: {ratio} }}"])

    def pool(self, name, method, kernel, stride, bottom=None, pad=0):
        shape = f"pool: {method} kernel_size: {kernel} stride: {stride}" + f" pad: {pad}" * (pad > 0)
        return self.layer(name, "Pooling", bottoms=bottom and [bottom], lines=[f"pooling_param {{ {shape} }}"])

    def lrn(self, name):
        return self.layer(name, "LRN", lines=["lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }"])

    def accuracy(self, name, scores, top_k=1):
        self.layer(name, "Accuracy", bottoms=[scores, "label"], lines=[
            "include { phase: TEST }", f"accuracy_param {{ top_k: {top_k} }}" if top_k > 1 else ""])

    def loss(self, name, scores, weight=None, top=None):
        self.layer(name, "SoftmaxWithLoss", bottoms=[scores, "label"], tops=[top or name],
                   lines=[f"loss_weight: {weight}" if weight else ""])

    def ending(self, scores, top_5=False):
        """Probabilities to use the net; scores and loss to train and test it."""
        if self.deploy:
            self.layer("prob", "Softmax", bottoms=[scores])
            return
        self.accuracy("accuracy", scores)
        if top_5:
            self.accuracy("accuracy_top5", scores, 5)
        self.loss("loss", scores)


def gaussian(deviation):
    return f'type: "gaussian" std: {deviation}'


def alexnet_family(net, norm_first, bias):
    """A. Krizhevsky, I. Sutskever, G. Hinton, NIPS 2012; CaffeNet pools before it normalizes."""
    def pool_and_norm(number):
        steps = [lambda: net.lrn(f"norm{number}"), lambda: net.pool(f"pool{number}", "MAX", 3, 2)]
        for step in steps if norm_first else reversed(steps):
            step()

    net.data(227, MEAN_FILE, 256, 50)
    net.convolution("conv1", 96, 11, gaussian(0.01), stride=4)
    net.relu("relu1")
    pool_and_norm(1)
    net.convolution("conv2", 256, 5, gaussian(0.01), bias, pad=2, group=2)
    net.relu("relu2")
    pool_and_norm(2)
    for number, outputs, start, group in [(3, 384, 0, 1), (4, 384, bias, 2), (5, 256, bias, 2)]:
        net.convolution(f"conv{number}", outputs, 3, gaussian(0.01), start, pad=1, group=group)
        net.relu(f"relu{number}")
    net.pool("pool5", "MAX", 3, 2)
    for number in [6, 7]:
        net.inner_product(f"fc{number}", 4096, gaussian(0.005), bias)
        net.relu(f"relu{number}")
        net.dropout(f"drop{number}", 0.5)
    net.ending(net.inner_product("fc8", 1000, gaussian(0.01)))


def caffenet(net):
    alexnet_family(net, norm_first=False, bias=1)


def alexnet(net):
    alexnet_family(net, norm_first=True, bias=0.1)


XAVIER = 'type: "xavier"'
# Outputs of each inception module: 1×1; 3×3 after its reduction; 5×5 after its reduction; the projection of the pool.
INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}


def inception(net, name):
    one, reduce_3, three, reduce_5, five, projection = INCEPTIONS[name]
    source = net.last

    def step(part, outputs, kernel=1, bottom=None):
        blob = net.convolution(
            f"inception_{name}/{part}", outputs, kernel, XAVIER, 0.2, bottom=bottom, pad=kernel // 2)
        net.relu(f"inception_{name}/relu_{part}")
        return blob

    branches = [step("1x1", one, bottom=source)]
    step("3x3_reduce", reduce_3, bottom=source)
    branches.append(step("3x3", three, 3))
    step("5x5_reduce", reduce_5, bottom=source)
    branches.append(step("5x5", five, 5))
    net.pool(f"inception_{name}/pool", "MAX", 3, 1, bottom=source, pad=1)
    branches.append(step("pool_proj", projection))
    net.layer(f"inception_{name}/output", "Concat", bottoms=branches)


def googlenet_scores(net, head, scores, weight):
    net.loss(f"{head}/loss", scores, weight, top=f"{head}/{head}")
    net.accuracy(f"{head}/top-1", scores)
    net.accuracy(f"{head}/top-5", scores, 5)


def googlenet_side(net, head):
    """A classifier half-way, whose gradient helps the layers below; only to train."""
    if net.deploy:
        return
    trunk = net.last
    net.pool(f"{head}/ave_pool", "AVE", 5, 3)
    net.convolution(f"{head}/conv", 128, 1, XAVIER, 0.2)
    net.relu(f"{head}/relu_conv")
    net.inner_product(f"{head}/fc", 1024, XAVIER, 0.2)
    net.relu(f"{head}/relu_fc")
    net.dropout(f"{head}/drop_fc", 0.7)
    googlenet_scores(net, head, net.inner_product(f"{head}/classifier", 1000, XAVIER), 0.3)
    net.last = trunk


def googlenet(net):
    """C. Szegedy et al., "Going Deeper with Convolutions", 2014."""
    net.data(224, MEAN_VALUES, 32, 50)
    net.convolution("conv1/7x7_s2", 64, 7, XAVIER, 0.2, pad=3, stride=2)
    net.relu("conv1/relu_7x7")
    net.pool("pool1/3x3_s2", "MAX", 3, 2)
    net.lrn("pool1/norm1")
    net.convolution("conv2/3x3_reduce", 64, 1, XAVIER, 0.2)
    net.relu("conv2/relu_3x3_reduce")
    net.convolution("conv2/3x3", 192, 3, XAVIER, 0.2, pad=1)
    net.relu("conv2/relu_3x3")
    net.lrn("conv2/norm2")
    net.pool("pool2/3x3_s2", "MAX", 3, 2)
    for name in INCEPTIONS:
        inception(net, name)
        if name == "4a":
            googlenet_side(net, "loss1")
        if name == "4d":
            googlenet_side(net, "loss2")
        if name in ["3b", "4e"]:
            number = int(name[0])
            net.pool(f"pool{number}/3x3_s2", "MAX", 3, 2)
    net.pool("pool5/7x7_s1", "AVE", 7, 1)
    net.dropout("pool5/drop_7x7_s1", 0.4)
    scores = net.inner_product("loss3/classifier", 1000, XAVIER)
    if net.deploy:
        net.layer("prob", "Softmax")
    else:
        googlenet_scores(net, "loss3", scores, 1)


MSRA = 'type: "msra"'


def normalized(net, name, outputs, kernel, stride=1, bottom=None, group=1, norm=None, scale=None):
    """A convolution without bias, then batch normalization with a scale and a shift of its own."""
    net.convolution(name, outputs, kernel, MSRA, None, bottom=bottom, pad=kernel // 2, stride=stride, group=group)
    net.in_place(norm or f"{name}/bn", "BatchNorm")
    return net.in_place(scale or f"{name}/scale", "Scale", ["scale_param { bias_term: true }"])


def resnet50(net):
    """K. He et al., "Deep Residual Learning for Image Recognition", 2015; names as in the authors' own model."""
    net.data(224, MEAN_VALUES, 32, 25)
    normalized(net, "conv1", 64, 7, 2, norm="bn_conv1", scale="scale_conv1")
    net.relu("conv1_relu")
    net.pool("pool1", "MAX", 3, 2)
    for stage, blocks, width in [(2, 3, 64), (3, 4, 128), (4, 6, 256), (5, 3, 512)]:
        for block in "abcdef"[:blocks]:
            name = f"{stage}{block}"
            source = net.last
            stride = 2 if block == "a" and stage > 2 else 1

            def branch(part, outputs, kernel, stride=1, bottom=None):
                return normalized(
                    net, f"res{name}_{part}", outputs, kernel, stride, bottom,
                    norm=f"bn{name}_{part}", scale=f"scale{name}_{part}")

            shortcut = branch("branch1", 4 * width, 1, stride, source) if block == "a" else source
            branch("branch2a", width, 1, stride, source)
            net.relu(f"res{name}_branch2a_relu")
            branch("branch2b", width, 3)
            net.relu(f"res{name}_branch2b_relu")
            net.layer(f"res{name}", "Eltwise", bottoms=[shortcut, branch("branch2c", 4 * width, 1)])
            net.relu(f"res{name}_relu")
    net.pool("pool5", "AVE", 7, 1)
    net.ending(net.inner_product("fc1000", 1000, MSRA), top_5=True)


def mobilenet(net):
    """A. Howard et al., "MobileNets", 2017: each 3×3 convolution sees one channel, a 1×1 one mixes them."""
    net.data(224, MEAN_VALUES, 32, 25)
    channels = 32
    normalized(net, "conv1", channels, 3, 2)
    net.relu("relu1")
    steps = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for number, (outputs, stride) in enumerate(steps, 2):
        normalized(net, f"conv{number}/dw", channels, 3, stride, group=channels)
        net.relu(f"relu{number}/dw")
        normalized(net, f"conv{number}/sep", outputs, 1)
        net.relu(f"relu{number}/sep")
        channels = outputs
    net.pool("pool", "AVE", 7, 1)
    net.ending(net.inner_product("fc", 1000, MSRA), top_5=True)


MODELS = {
    "bvlc_reference_caffenet": ("CaffeNet", caffenet),
    "bvlc_alexnet": ("AlexNet", alexnet),
    "bvlc_googlenet": ("GoogleNet", googlenet),
    "resnet50": ("ResNet-50", resnet50),
    "mobilenet": ("MobileNet", mobilenet),
}


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    differing = []
    for folder, (name, describe) in MODELS.items():
        for file, deploy in [("train_val.prototxt", False), ("deploy.prototxt", True)]:
            net = Description(name, deploy)
            net.comment("Written by models/generate.py.")
            describe(net)
            text = "\n".join(net.text) + "\n"
            path = HERE / folder / file
            if check:
                if not path.is_file() or path.read_text() != text:
                    differing.append(f"models/{folder}/{file}")
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
    if differing:
        sys.exit("differ from models/generate.py, run it: " + ", ".join(differing))


if __name__ == "__main__":
    main()
