"""The distribution board: the true p and the predicted q over a few classes, and how far they are apart."""

import numpy as np

from explorer.components import assets
from explorer.shell.kinds import Numbers
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("distribution_board")
_LOGIT = (-10, 10)
_UNITS = 10_000  # as in shares.js


class Shares(Numbers):
    """Numbers in [0, 1] whose sum is 1; others of at least 0 are read as weights, and shared out.

    counts: how many there may be, by default as many as in the default.
    """

    def __init__(self, default: tuple[float, ...], counts: range | None = None):
        super().__init__(default, 0.0, 1e6)
        object.__setattr__(self, "_counts", counts or range(len(default), len(default) + 1))

    def check(self, value) -> tuple[float, ...]:
        if len(value) not in self._counts:
            raise ValueError
        weights = tuple(self.one.check(item) for item in value)
        total = sum(weights)
        if total == 0:
            raise ValueError
        counts = [round(weight / total * _UNITS) for weight in weights]
        counts[counts.index(max(counts))] += _UNITS - sum(counts)
        return tuple(count / _UNITS for count in counts)

    def allowed(self) -> str:
        return " … ".join(map(str, sorted({self._counts[0], self._counts[-1]}))) + " × (0 … 1), Σ = 1"


def distribution_board(
    key: str,
    settings: Settings,
    words: Words,
    classes: list[str],
    colours: list[str],
    names: dict[str, str],
    fixed: dict | None = None,
    compare: bool = False,
    derive: bool = False,
    along: tuple[int, np.ndarray] | None = None,
) -> None:
    """Show a row of sliders for each class, and H(p,q) = H(p) + D_KL(p‖q) as bars.

    The board has the parts `target` ("onehot", "smoothed", "hand"), `y`, `eps` and `p` for the true distribution,
    `guess` ("logits", "hand"), `z` and `q` for the predicted one, and `unit` ("nats", "bits"). `names` says which
    setting each part is; a part in `fixed` has that value and no control. `compare` adds D_KL(q‖p) and the
    Jensen–Shannon divergence, `derive` the way from D_KL(p‖q) to the softmax loss, for a one-hot p. The bars (the
    board's figure), the "terms" of the classes and this way (the "chain") stand below the sliders, or where
    `board_figure` makes room for them.

    Published under `key`, in nats: p0 …, q0 …, z0 …, g0 … (q − p), entropy, cross_entropy, divergence; with three
    classes also x and y, the position of q in the simplex (`surfaces.simplex_xy`); with `along`, a class and the
    values that its logit runs through, also line_cross_entropy, line_divergence, line_entropy, line_gradient, and
    at every fifth value slope_cross_entropy and slope_divergence (`divergence.logit_line`).
    """
    data = {
        "board": key,
        "state": settings.values(*names.values()),
        "presets": settings.presets_within(*names.values()),
        "names": names,
        "fixed": fixed or {},
        "compare": compare,
        "derive": derive,
        "along": along and {"k": along[0], "f": along[1]},
        "classes": classes,
        "colours": colours,
        "slider": _LOGIT,
        "limits": _limits(settings, names),
        "words": words.table("distribution_board"),
    }
    # A component keeps what it was built with: other words need another one.
    name, key = key, f"{key}.{classes[0]}"
    _mount(key=key, called=name, data=data, on_state_change=settings.on_state_change(key))


def _limits(settings: Settings, names: dict[str, str]) -> list[float]:
    if "z" not in names:
        return list(_LOGIT)
    logits = settings.specs[names["z"]]
    return [logits.low, logits.high]
