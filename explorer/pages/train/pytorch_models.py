"""The models as lines of PyTorch, for the programs that the page shows."""

PIXELS = """

class Pixels(nn.Module):
    def forward(self, images):
        return ((images - mean) / deviation).permute(0, 3, 1, 2)

"""

MATRIX_CONVOLUTION = """
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

CONVOLUTION = """
class Convolution(nn.Conv2d):
    def __init__(self, channels, width):
        super().__init__(channels, width, 3, padding=1, bias=False)
        self.filters = self.weight

"""

SOFTMAX = """
torch.manual_seed({seed})
model = nn.Sequential(Pixels(), nn.Flatten(), nn.Linear(3072, 10))
nn.init.normal_(model[-1].weight, std=0.001)
nn.init.zeros_(model[-1].bias)
"""

MLP = """
torch.manual_seed({seed})
model = nn.Sequential(Pixels(), nn.Flatten(), nn.Linear(3072, {width}), nn.ReLU(), nn.Linear({width}, 10))
nn.init.normal_(model[-1].weight, std=0.01)
nn.init.zeros_(model[-1].bias)
"""

CNN = """
torch.manual_seed({seed})
layers, channels = [Pixels()], 3
for width in ({filters}, {filters} * 2, {filters} * 4):
    layers += [Convolution(channels, width), nn.MaxPool2d(2), nn.BatchNorm2d(width), nn.{activation}()]
    layers += [Convolution(width, width), nn.BatchNorm2d(width), nn.{activation}()]
    channels = width
model = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
nn.init.normal_(model[-1].weight, std=0.01)
nn.init.zeros_(model[-1].bias)
"""

RESNET = """
class Whitening(nn.Module):
    def __init__(self, pictures):
        super().__init__()
        patches = F.unfold(pictures, 2).transpose(1, 2).reshape(-1, 12)
        values, vectors = torch.linalg.eigh(torch.cov(patches.T.double()))
        filters = (vectors / (values + 5e-4).sqrt()).T.float().reshape(12, 3, 2, 2)
        self.register_buffer("filters", torch.cat([filters, -filters]))
        self.bias = nn.Parameter(torch.zeros(24))

    def forward(self, features):
        bias = self.bias if epoch <= 3 else self.bias.detach()
        with torch.autocast(features.device.type, enabled=False):
            return F.conv2d(features, self.filters, bias)


class ScaledLinear(nn.Linear):
    def forward(self, features):
        return super().forward(features) / self.in_features


def passing(channels, width):
    convolution = Convolution(channels, width)
    nn.init.dirac_(convolution.filters.data[:channels])
    return convolution


def norm(width):
    norm = nn.BatchNorm2d(width, eps=1e-12, momentum=0.4)
    norm.weight.requires_grad = False
    return norm


torch.manual_seed({seed})
layers, channels = [Pixels(), Whitening(Pixels()(images[:5000])), nn.GELU()], 24
for width in (64, 256, 256):
    layers += [passing(channels, width), nn.MaxPool2d(2), norm(width), nn.GELU()]
    layers += [passing(width, width), norm(width), nn.GELU()]
    channels = width
model = nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), ScaledLinear(channels, 10, bias=False))
"""

MODELS = {"softmax": SOFTMAX, "mlp": MLP, "cnn": CNN, "resnet": RESNET}

CONVOLUTIONAL = ("cnn", "resnet")
