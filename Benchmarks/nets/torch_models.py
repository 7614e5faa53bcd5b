"""The nets of models/ as PyTorch users write them."""

from torch import nn

POOL = dict(kernel_size=3, stride=2, ceil_mode=True)


def caffenet():
    def convolution(inputs, outputs, kernel, **options):
        return [nn.Conv2d(inputs, outputs, kernel, **options), nn.ReLU(inplace=True)]

    def norm():
        return [nn.MaxPool2d(**POOL), nn.LocalResponseNorm(5, 1e-4, 0.75)]

    return nn.Sequential(
        *convolution(3, 96, 11, stride=4), *norm(),
        *convolution(96, 256, 5, padding=2, groups=2), *norm(),
        *convolution(256, 384, 3, padding=1),
        *convolution(384, 384, 3, padding=1, groups=2),
        *convolution(384, 256, 3, padding=1, groups=2),
        nn.MaxPool2d(**POOL), nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5),
        nn.Linear(4096, 1000),
    )


def normalized(inputs, outputs, kernel, stride=1, groups=1):
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.shortcut = (
            nn.Identity() if inputs == 4 * width else nn.Sequential(*normalized(inputs, 4 * width, 1, stride)))
        self.branch = nn.Sequential(
            *normalized(inputs, width, 1, stride), nn.ReLU(inplace=True), *normalized(width, width, 3),
            nn.ReLU(inplace=True), *normalized(width, 4 * width, 1))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.branch(x) + self.shortcut(x))


def resnet50():
    layers = [*normalized(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(**POOL)]
    channels = 64
    for blocks, width, stride in [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)]:
        for block in range(blocks):
            layers.append(Bottleneck(channels, width, stride if block == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AvgPool2d(7), nn.Flatten(), nn.Linear(2048, 1000))


def mobilenet():
    layers = [*normalized(3, 32, 3, 2), nn.ReLU(inplace=True)]
    channels = 32
    steps = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for outputs, stride in steps:
        layers += [*normalized(channels, channels, 3, stride, groups=channels), nn.ReLU(inplace=True)]
        layers += [*normalized(channels, outputs, 1), nn.ReLU(inplace=True)]
        channels = outputs
    return nn.Sequential(*layers, nn.AvgPool2d(7), nn.Flatten(), nn.Linear(1024, 1000))


def stack(depth):
    """So many convolutions one after the other: how time grows with depth."""
    layers = [nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(inplace=True)]
    for _ in range(depth - 1):
        layers += [nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AvgPool2d(56), nn.Flatten(), nn.Linear(64, 1000))


def model(net):
    if net.startswith("stack"):
        return stack(int(net[len("stack"):]))
    return {"caffenet": caffenet, "resnet50": resnet50, "mobilenet": mobilenet}[net]()


def image_size(net):
    return 227 if net == "caffenet" else 56 if net.startswith("stack") else 224
