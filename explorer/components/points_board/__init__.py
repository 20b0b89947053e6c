"""Points of several kinds that the visitor sets, moves and removes in the planes of figures."""

from dataclasses import dataclass, field

from explorer.components import assets
from explorer.shell.kinds import Number
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("points_board")
MOST = 40
GROUND = "var(--st-background-color)"  # for the rim of a point of one class


def board_of(settings: Settings) -> str:
    """Return the name under which the board of a page publishes its `points`."""
    return f"{settings.page}.points"


@dataclass(frozen=True)
class Points:
    """Up to `MOST` points (x₁, x₂, kind), both coordinates in [low, high] and the kind one of `kinds`; none by default.

    In the URL the three numbers of a point are separated by commas, and the points by "_". None stands for those with
    which the page begins.
    """

    low: float
    high: float
    kinds: int
    one: Number = field(init=False, repr=False)
    default = ()
    separator = "_"

    def __post_init__(self):
        object.__setattr__(self, "one", Number(0.0, self.low, self.high, digits=2))

    def check(self, value) -> tuple[tuple[float, float, int], ...]:
        if len(value) > MOST or any(float(kind) not in range(self.kinds) for _, _, kind in value):
            raise ValueError
        return tuple((self.one.check(x), self.one.check(y), int(float(kind))) for x, y, kind in value)

    def parse(self, text: str) -> tuple[tuple[float, float, int], ...]:
        return self.check([point.split(",") for point in text.split(self.separator)] if text else ())

    def format(self, value) -> str:
        return self.separator.join(f"{self.one.format(x)},{self.one.format(y)},{kind}" for x, y, kind in value)

    def allowed(self) -> str:
        return f"1 … {MOST} × ({self.one.allowed()}, {self.one.allowed()}, 0 … {self.kinds - 1})"


def points_board(
    settings: Settings,
    words: Words,
    points: tuple[tuple[float, float, int], ...],
    kinds: list[tuple[str, str, str]],
    planes: list[str],
    line: bool = False,
) -> None:
    """Show the board for the setting `own`.

    points: those that are there, whether the visitor has set them or not yet.
    kinds: for each kind of point its name, its colour and that of its rim.
    planes: of the figures in which points can be moved, the `plane` of `live_figure`; the keyboard moves them in the
    first. line: the figure shows x₁ alone, at the height 0 or 1 of the label.
    """
    board = board_of(settings)
    spec = settings.specs["own"]
    data = {
        "board": board,
        "state": {"own": points},
        "kinds": kinds,
        "planes": planes,
        "line": line,
        "limits": (spec.low, spec.high),
        "most": MOST,
        "words": words.table("points_board"),
    }
    key = f"{board}.{'-'.join(planes)}.{words.language}"
    _mount(key=key, called=board, data=data, on_state_change=settings.on_state_change(key))
