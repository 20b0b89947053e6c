"""The layers of each model as a table, without torch, so that a page can show them before a training."""

PIXELS = 3 * 32 * 32


ACTIVATIONS = {"relu": "ReLU", "silu": "SiLU"}  # each with its name in torch.nn


def layers(settings: dict[str, object], classes: int = 10) -> list[list]:
    """Return each layer's name, the shape of its output for one image, and its number of trained weights.

    >>> layers({"model": "softmax"})
    [['Normalise', [3, 32, 32], 0], ['Flatten', [3072], 0], ['Head', [10], 30730]]
    """
    model = settings["model"]
    rows = [["Normalise", [3, 32, 32], 0]]
    if model == "softmax":
        return [*rows, ["Flatten", [PIXELS], 0], ["Head", [classes], (PIXELS + 1) * classes]]
    if model == "mlp":
        width = settings["width"]
        rows += [["Flatten", [PIXELS], 0], ["Linear", [width], (PIXELS + 1) * width], ["ReLU", [width], 0]]
        return [*rows, ["Head", [classes], (width + 1) * classes]]
    if model == "cnn":
        widths = tuple(settings["filters"] * share for share in (1, 2, 4))
        channels, side = _groups(rows, 3, 32, widths, ACTIVATIONS[settings["activation"]], per_norm=2)
        rows += [["AdaptiveMaxPool2d", [channels, 1, 1], 0], ["Flatten", [channels], 0]]
        return [*rows, ["Head", [classes], (channels + 1) * classes]]
    rows += [["Whitening", [24, 31, 31], 24], ["GELU", [24, 31, 31], 0]]
    channels, side = _groups(rows, 24, 31, (64, 256, 256), "GELU", per_norm=1)
    rows += [["MaxPool2d", [channels, side // 3, side // 3], 0], ["Flatten", [channels], 0]]
    return [*rows, ["ScaledHead", [classes], channels * classes]]


def _groups(rows: list, channels: int, side: int, widths: tuple, nonlinearity: str, per_norm: int) -> tuple[int, int]:
    """Append groups of two convolutions with a pooling between them; return the last one's channels and side."""
    for width in widths:
        rows.append(["Convolution", [width, side, side], 9 * channels * width])
        side //= 2
        shape = [width, side, side]
        rest = [["BatchNorm2d", shape, per_norm * width], [nonlinearity, shape, 0]]
        rows += [["MaxPool2d", shape, 0], *rest, ["Convolution", shape, 9 * width * width], *rest]
        channels = width
    return channels, side
