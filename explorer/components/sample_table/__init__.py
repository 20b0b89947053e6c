"""An editable table of samples, each with its true class and ten logits, updated by the browser as one types.

`st.data_editor` would import pandas into the server (80 MB) and draw its cells on a canvas; here each loss follows the
typing, and each cell shows its probability.
"""

from dataclasses import dataclass, field

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.kinds import Number
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("sample_table")
MOST = 12


@dataclass(frozen=True)
class Samples:
    """Up to `MOST` samples, each the tuple of its true class and its ten logits.

    In the URL the eleven numbers of a sample are separated by commas, and the samples by "_".
    """

    default: tuple[tuple[float, ...], ...]
    low: float
    high: float
    one: Number = field(init=False, repr=False)
    separator = "_"

    def __post_init__(self):
        object.__setattr__(self, "one", Number(0.0, self.low, self.high))
        object.__setattr__(self, "default", self.check(self.default))

    def check(self, value) -> tuple[tuple[float, ...], ...]:
        if not 1 <= len(value) <= MOST or any(len(sample) != 11 for sample in value):
            raise ValueError
        if any(float(label) not in range(10) for label, *_ in value):
            raise ValueError
        return tuple((int(float(label)), *map(self.one.check, logits)) for label, *logits in value)

    def parse(self, text: str) -> tuple[tuple[float, ...], ...]:
        return self.check([sample.split(",") for sample in text.split("_")])

    def format(self, value) -> str:
        return "_".join(",".join(map(self.one.format, sample)) for sample in value)

    def allowed(self) -> str:
        return f"1 … {MOST} × (0 … 9, 10 × ({self.one.allowed()}))"


def sample_table(settings: Settings, words: Words, classes: list[str]) -> None:
    """Show the table for the settings `rows` (`Samples`) and `row`, the number of the chosen sample, from 1.

    The board "<page>.samples" has a figure of the losses and their mean; its part "terms" is the chosen sample's sum.
    """
    board = f"{settings.page}.samples"
    key = f"{board}.{classes[0]}"
    data = {
        "board": board,
        "state": settings.values("rows", "row"),
        "presets": settings.presets_within("rows", "row"),
        "classes": classes,
        "colours": CLASS_COLOURS,
        "limits": (settings.specs["rows"].low, settings.specs["rows"].high),
        "most": MOST,
        "words": words.table("sample_table"),
    }
    _mount(key=key, called=board, data=data, on_state_change=settings.on_state_change(key))
