"""The logit board: a slider for each class, the true class and the temperature, drawn by the browser as they move."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("logit_board")
SLIDER = (-10, 10)


def logit_board(
    settings: Settings,
    words: Words,
    classes: list[str],
    beside: str = "",
    surfaces: Mapping[str, dict] = MappingProxyType({}),
    colours: Sequence[str] = CLASS_COLOURS,
    labels: Sequence[int] = (),
    goal: float | None = None,
) -> str:
    """Show the board for the settings `z`, `y` and `T`, and return the name under which it publishes its values.

    Beside a figure a page may do without `T`, which is 1 then.

    beside: the section whose figure stands beside the board; the board then has the sliders, the probabilities and
    the verdict alone.
    surfaces: those that the browser computes itself, each by the prefix of its names: the places among the classes, `a`
    and `b`, whose logits run through `axis`, the `quantity` that is its height ("loss", "probability" or "gradient" of
    the class `of`, or "hinge"), the height at which the point's line to the floor ends (`low`), and a `chord` from the
    point, or None: where it leads `to`, and the shares of the way at which it is drawn (`along`).
    classes, colours: the names and colours of the classes.
    labels: which of the logits in `z` these are, if not all: the others do not count.
    goal: the loss to come below; the board then says so, has large thumbs, and moves once by itself.
    Published, by label: z0 … z9, p0 … p9, g0 … g9 (the gradient, (softmax − onehot) / T), loss, T, y; of each of the
    `surfaces`, after its prefix, surface, stem_x, stem_y, stem_z, mark_x, mark_y and mark_z; with a chord chord_x,
    chord_y, chord (its heights), cut (those of the surface below it) and middles (of cut and chord). Where the height
    of one is the hinge loss, also gradients and hinge_gradients (arrays), and the verdict says the hinge loss too.
    """
    board = f"{settings.page}.board"
    # A component keeps what it was built with: other words need another one.
    key = f"{board}.{beside}.{classes[0]}"
    if labels := tuple(labels):
        key += f".{labels}"
    data = {
        "board": board,
        "small": bool(beside),
        "state": settings.values("z", "y", "T"),
        # Where only some classes take part, another true class may bring in others.
        "presets": settings.presets_within("z", "T", *([] if labels else ["y"])),
        "classes": classes,
        "labels": labels or list(range(len(classes))),
        "colours": colours,
        "limits": {"slider": SLIDER}
        | {name: (spec.low, spec.high) for name, spec in settings.specs.items() if name in ("z", "T")},
        "surfaces": dict(surfaces),
        "goal": goal,
        "words": words.table("logit_board"),
    }
    _mount(key=key, called=f"{board}.{beside}", data=data, on_state_change=settings.on_state_change(key))
    return board
