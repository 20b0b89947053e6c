"""The classifiers: each takes uint8 pictures (n, 32, 32, 3) as the data lies and gives logits (n, 10)."""

import torch
from torch import Tensor, nn


class Normalise(nn.Module):
    """Shift and scale each colour to mean 0 and standard deviation 1 over the training pictures.

    In (n, 32, 32, 3) uint8, out (n, 3, 32, 32) float32: the same memory seen as channels-last.
    """

    def __init__(self, images: Tensor):
        super().__init__()
        some = images[:: max(1, len(images) // 10_000)].float()
        self.register_buffer("mean", some.mean((0, 1, 2)))
        self.register_buffer("deviation", some.std((0, 1, 2)).clamp(min=1))

    def forward(self, images: Tensor) -> Tensor:
        return ((images - self.mean) / self.deviation).permute(0, 3, 1, 2)


class Head(nn.Linear):
    """The last, fully connected layer: from features to logits, always in float32.

    Small weights make the untrained logits nearly equal, and the first loss ln 10.
    """

    def __init__(self, features: int, classes: int, deviation: float):
        super().__init__(features, classes)
        nn.init.normal_(self.weight, std=deviation)
        nn.init.zeros_(self.bias)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(features.float())


def softmax(images: Tensor, classes: int) -> nn.Module:
    """The essay's classifier (E4): one fully connected layer from 3,072 pixel values to the logits."""
    return nn.Sequential(Normalise(images), nn.Flatten(), Head(3 * 32 * 32, classes, deviation=0.001))


def cnn(images: Tensor, classes: int) -> nn.Module:
    """Three groups of two 3×3 convolutions, 32-64-128 filters wide, with a pooling after each group's first.

    Pooling early halves the arithmetic; on a CPU, three times the pictures a second are worth more.
    """
    layers: list[nn.Module] = [Normalise(images)]
    channels = 3
    for width in (32, 64, 128):
        layers += [*_convolution(channels, width, nn.MaxPool2d(2)), *_convolution(width, width)]
        channels = width
    head = Head(channels, classes, deviation=0.01)
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), head)


def _convolution(channels: int, width: int, *pooling: nn.Module) -> list[nn.Module]:
    return [
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        *pooling,
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    ]


MODELS = {"softmax": softmax, "cnn": cnn}
CONVOLUTIONAL = {"cnn"}


def build(name: str, images: Tensor, classes: int) -> nn.Module:
    """Build a model for pictures like `images`, its weights drawn from torch's global seed."""
    return MODELS[name](images, classes)
