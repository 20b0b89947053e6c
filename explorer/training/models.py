"""The classifiers: each maps uint8 images (n, 32, 32, 3) to logits (n, K) of K classes."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.protocol.layers import ACTIVATIONS
from explorer.training.devices import CONTIGUOUS

NORMALISED_FROM = 10_000  # images from which the mean and standard deviation are computed
WHITENED_FROM = 500  # images from whose 2×2 patches the whitening is computed: 480,500 patches of 12 values
PART = 100  # images at a time, so that neither takes much memory
WHITENING_EPOCHS = 3
WHITENING_FLOOR = 5e-4  # added to the patches' variances: the faintest directions are mostly noise


def evenly(images: Tensor, most: int) -> Tensor:
    """Return about `most` of the images, evenly spaced, since those of a folder are ordered by class."""
    return images[:: max(1, len(images) // most)]


def _ordered(features: Tensor) -> Tensor:
    """Return (n, channels, side, side) features or filters in an order that their device computes with correctly."""
    return features.contiguous() if features.device.type in CONTIGUOUS else features


class Normalise(nn.Module):
    """Shift and scale each colour to mean 0 and standard deviation 1 over the training images.

    From (n, side, side, 3) uint8 to (n, 3, side, side) float32, in channels-last order where the device takes that.
    """

    def __init__(self, mean: Tensor, deviation: Tensor):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    @classmethod
    def of(cls, images: Tensor) -> "Normalise":
        # Counting how often each value occurs is ten times as fast as converting 30 million numbers to float.
        counts = torch.zeros(3, 256, dtype=torch.double)
        for part in evenly(images, NORMALISED_FROM).split(PART):
            counts += torch.stack([colour.bincount(minlength=256) for colour in part.reshape(-1, 3).T]).cpu()
        values, total = torch.arange(256, dtype=torch.double), counts[0].sum()
        mean = counts @ values / total
        variance = (counts * (values - mean[:, None]) ** 2).sum(1) / (total - 1)
        deviation = variance.sqrt().clamp(min=1)
        return cls(mean.float().to(images.device), deviation.float().to(images.device))

    def forward(self, images: Tensor) -> Tensor:
        return _ordered(((images - self.mean) / self.deviation).permute(0, 3, 1, 2))


class Convolution(nn.Module):
    """A convolution without bias, whose filters are the rows of a matrix (out, size · size · in).

    Muon wants matrices, and a matrix in this order, seen as filters (out, in, size, size), is channels-last.
    """

    def __init__(self, channels: int, width: int, size: int = 3):
        super().__init__()
        self.channels, self.size = channels, size
        self.weight = nn.Parameter(torch.empty(width, size * size * channels))
        bound = self.weight.shape[1] ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)

    @property
    def filters(self) -> Tensor:
        return self.weight.view(-1, self.size, self.size, self.channels).permute(0, 3, 1, 2)

    def forward(self, features: Tensor) -> Tensor:
        return F.conv2d(features, _ordered(self.filters), padding=self.size // 2)


class Whitening(nn.Module):
    """24 filters of 2×2 that make the data's patches uncorrelated, frozen; only the bias is trained, in three epochs.

    They are the eigenvectors of the patches' covariance, each divided by the root of its eigenvalue, and their
    negatives, so that the following nonlinearity keeps both signs. The covariance is computed on the CPU, which has
    double precision on every machine. The convolution is in float32: in bfloat16 its faintest filters are 16% off.
    """

    def __init__(self, images: Tensor, normalise: Normalise):
        super().__init__()
        count, total, products = 0, torch.zeros(12).double(), torch.zeros(12, 12).double()
        for part in evenly(images, WHITENED_FROM).split(PART):
            patches = F.unfold(normalise(part).cpu(), 2).transpose(1, 2).reshape(-1, 12).double()
            count, total, products = count + len(patches), total + patches.sum(0), products + patches.T @ patches
        covariance = (products - total.outer(total) / count) / (count - 1)
        values, vectors = torch.linalg.eigh(covariance)
        filters = (vectors / (values + WHITENING_FLOOR).sqrt()).T.float().reshape(12, 3, 2, 2)
        self.register_buffer("filters", torch.cat([filters, -filters]))
        self.bias = nn.Parameter(torch.zeros(24))
        self.frozen = False  # without its gradient, a step need not go back to the first layer

    def forward(self, features: Tensor) -> Tensor:
        bias = self.bias.detach() if self.frozen else self.bias
        with torch.autocast(features.device.type, enabled=False):
            return F.conv2d(features, self.filters, bias)


class Head(nn.Linear):
    """The last, fully connected layer: from features to logits, always in float32.

    Small weights make the untrained logits nearly equal, and the first loss ln K for K classes.
    """

    def __init__(self, features: int, classes: int, deviation: float):
        super().__init__(features, classes)
        nn.init.normal_(self.weight, std=deviation)
        nn.init.zeros_(self.bias)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(features.float())


class ScaledHead(nn.Linear):
    """A head without bias whose logits are divided by the number of features."""

    def __init__(self, features: int, classes: int):
        super().__init__(features, classes, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(features.float()) / self.in_features


def softmax(images: Tensor, normalise: Normalise, classes: int, settings: dict[str, object]) -> nn.Module:
    """The essay's classifier (E4): one fully connected layer from 3,072 pixel values to the logits."""
    return nn.Sequential(normalise, nn.Flatten(), Head(3 * 32 * 32, classes, deviation=0.001))


def mlp(images: Tensor, normalise: Normalise, classes: int, settings: dict[str, object]) -> nn.Module:
    """One hidden layer of `width` rectified units."""
    hidden = nn.Linear(3 * 32 * 32, settings["width"])
    return nn.Sequential(normalise, nn.Flatten(), hidden, nn.ReLU(), Head(settings["width"], classes, deviation=0.01))


def cnn(images: Tensor, normalise: Normalise, classes: int, settings: dict[str, object]) -> nn.Module:
    """Three groups of two 3×3 convolutions, of `filters`, twice and four times as many, pooled after each one's first.

    Pooling early halves the computation; on a CPU, processing three times as many images a second is worth more.
    """
    layers: list[nn.Module] = [normalise]
    channels, activation = 3, getattr(nn, ACTIVATIONS[settings["activation"]])
    for filters in (settings["filters"] * share for share in (1, 2, 4)):
        layers += [Convolution(channels, filters), nn.MaxPool2d(2), nn.BatchNorm2d(filters), activation(inplace=True)]
        layers += [Convolution(filters, filters), nn.BatchNorm2d(filters), activation(inplace=True)]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), Head(channels, classes, deviation=0.01))


def resnet(images: Tensor, normalise: Normalise, classes: int, settings: dict[str, object]) -> nn.Module:
    """About 2 million parameters for a GPU: whitening and three groups of two 3×3 convolutions, 64-256-256 wide.

    Based on the network of Keller Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024). It has no
    residual connections; instead, some filters start as the identity.
    """
    layers: list[nn.Module] = [normalise, Whitening(images, normalise), nn.GELU()]
    channels = 24
    for filters in (64, 256, 256):
        layers += [_passing(channels, filters), nn.MaxPool2d(2), _unscaled_norm(filters), nn.GELU()]
        layers += [_passing(filters, filters), _unscaled_norm(filters), nn.GELU()]
        channels = filters
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), ScaledHead(channels, classes))


def _passing(channels: int, width: int) -> Convolution:
    convolution = Convolution(channels, width)
    with torch.no_grad():
        nn.init.dirac_(convolution.filters[:channels])
    return convolution


def _unscaled_norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)
    norm.weight.requires_grad = False
    norm.num_batches_tracked = None  # it is of no use beside a fixed momentum, and one more launch
    return norm


MODELS = {"softmax": softmax, "mlp": mlp, "cnn": cnn, "resnet": resnet}
CONVOLUTIONAL = {"cnn", "resnet"}


def build(settings: dict[str, object], images: Tensor, classes: int) -> nn.Module:
    """Build the model that `settings` name for images like `images`, its weights drawn from torch's global seed."""
    normalise = Normalise.of(images)
    if settings["no_normalise"]:
        normalise = Normalise(torch.zeros_like(normalise.mean), torch.ones_like(normalise.deviation))
    model = MODELS[settings["model"]](images, normalise, classes, settings).to(images.device)
    if settings["zero_weights"]:
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if weight.ndim > 1 or name.endswith("bias"):
                    weight.zero_()
    return model


def freeze(model: nn.Module, epoch: int) -> None:
    """Train the whitening's bias in the first WHITENING_EPOCHS only; `epoch` counts from 1."""
    for module in model.modules():
        if isinstance(module, Whitening):
            module.frozen = epoch > WHITENING_EPOCHS


@torch.no_grad()
def weight_images(model: nn.Module) -> dict[str, Tensor]:
    """Return the weights that can be shown as images, float16 on the CPU: the `templates` (K, 32, 32, 3) of a linear
    model, one for each class, or the `filters` (n, size, size, 3) in the first layer of a convolutional one."""
    if isinstance(model[1], nn.Flatten):
        if not isinstance(model[2], Head):
            return {}
        return {"templates": model[2].weight.view(-1, 3, 32, 32).permute(0, 2, 3, 1).half().cpu()}
    return {"filters": model[1].filters.permute(0, 2, 3, 1).half().cpu()}
