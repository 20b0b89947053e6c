"""The models as lines of PyTorch, for the programs that the page shows, with the names and shapes of `weights.pt`."""

from explorer.protocol.layers import ACTIVATIONS

PIXELS = """

class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("deviation", torch.ones(3))

    def forward(self, images):
        return ((images - self.mean) / self.deviation).permute(0, 3, 1, 2)

"""

CONVOLUTION = """
class Convolution(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.channels = channels
        bound = (9 * channels) ** -0.5
        self.weight = nn.Parameter(torch.empty(width, 9 * channels).uniform_(-bound, bound))

    @property
    def filters(self):
        return self.weight.view(-1, 3, 3, self.channels).permute(0, 3, 1, 2)

    def forward(self, features):
        return F.conv2d(features, self.filters, padding=1)

"""

SOFTMAX = """
model = nn.Sequential(Pixels(), nn.Flatten(), nn.Linear(3072, {classes}))
"""

MLP = """
model = nn.Sequential(Pixels(), nn.Flatten(), nn.Linear(3072, {width}), nn.ReLU(), nn.Linear({width}, {classes}))
"""

CNN = """
layers, channels = [Pixels()], 3
for width in ({filters}, {filters} * 2, {filters} * 4):
    layers += [Convolution(channels, width), nn.MaxPool2d(2), nn.BatchNorm2d(width), nn.{activation}()]
    layers += [Convolution(width, width), nn.BatchNorm2d(width), nn.{activation}()]
    channels = width
model = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, {classes}))
"""

RESNET = """
class Whitening(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("filters", torch.zeros(24, 3, 2, 2))
        self.bias = nn.Parameter(torch.zeros(24))

    def forward(self, features):
        with torch.autocast(features.device.type, enabled=False):
            return F.conv2d(features, self.filters, self.bias)


class ScaledLinear(nn.Linear):
    def forward(self, features):
        return super().forward(features) / self.in_features


def norm(width):
    norm = nn.BatchNorm2d(width, eps=1e-12, momentum=0.4)
    norm.weight.requires_grad = False
    norm.num_batches_tracked = None
    return norm


layers, channels = [Pixels(), Whitening(), nn.GELU()], 24
for width in (64, 256, 256):
    layers += [Convolution(channels, width), nn.MaxPool2d(2), norm(width), nn.GELU()]
    layers += [Convolution(width, width), norm(width), nn.GELU()]
    channels = width
model = nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), ScaledLinear(channels, {classes}, bias=False))
"""

MODELS = {"softmax": SOFTMAX, "mlp": MLP, "cnn": CNN, "resnet": RESNET}

CONVOLUTIONAL = ("cnn", "resnet")


def model(settings: dict, classes: int) -> str:
    """Return the lines that define `model`, for the complete settings of a run on so many classes."""
    name = settings["model"]
    activation = ACTIVATIONS[settings["activation"]]
    lines = MODELS[name].format(**settings | {"activation": activation, "classes": classes})
    return PIXELS + CONVOLUTION * (name in CONVOLUTIONAL) + lines


HEAD = """\
nn.init.normal_(model[-1].weight, std={deviation})
nn.init.zeros_(model[-1].bias)
"""

NORMALISE = """\
some = images[:: max(1, len(images) // 10_000)].float()
model[0].mean.copy_(some.mean((0, 1, 2)))
model[0].deviation.copy_(some.std((0, 1, 2)).clamp(min=1))
"""

WHITEN = """\
patches = F.unfold(model[0](images[:: max(1, len(images) // 500)]), 2).transpose(1, 2).reshape(-1, 12)
values, vectors = torch.linalg.eigh(torch.cov(patches.T.double()))
filters = (vectors / (values + 5e-4).sqrt()).T.float().reshape(12, 3, 2, 2)
model[1].filters.copy_(torch.cat([filters, -filters]))
for module in model.modules():
    if isinstance(module, Convolution):
        nn.init.dirac_(module.filters.data[: module.channels])
"""

ZERO = """\
for name, weight in model.named_parameters():
    if weight.ndim > 1 or name.endswith("bias"):
        nn.init.zeros_(weight)
"""


def beginning(settings: dict) -> str:
    """Return the lines that set what `model` begins with, where that is not what PyTorch gives it."""
    text = "" if settings["no_normalise"] else NORMALISE
    if settings["model"] == "resnet":
        text += WHITEN
    else:
        text += HEAD.format(deviation=0.001 if settings["model"] == "softmax" else 0.01)
    return text + ZERO * settings["zero_weights"]
