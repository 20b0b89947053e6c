"""The logit board: a slider for each class, the true class and the temperature, drawn by the browser as they move."""

from collections.abc import Sequence

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
    surface_spec: dict | None = None,
    colours: Sequence[str] = CLASS_COLOURS,
    goal: float | None = None,
) -> str:
    """Show the board for the settings `z`, `y` and `T`, and return the name under which it publishes its values.

    Beside a figure a page may do without `T`, which is 1 then.

    beside: the section whose figure stands beside the board; the board then has the sliders, the probabilities and
    the verdict alone.
    surface_spec: a surface that the browser computes itself: the classes `a` and `b` whose logits run through `axis`,
    the `quantity` (of the class `of`) that is its height, the height at which the point's line to the floor ends
    (`low`), and a `chord` from the point, or None: where it leads `to`, and the shares of the way at which it is drawn
    (`along`).
    colours: of each class.
    goal: the loss to come below; the board then says so, has large thumbs, and moves once by itself.
    Published: z0 … z9, p0 … p9, g0 … g9 (the gradient, (softmax − onehot) / T), loss, T, y; with a `surface_spec` also
    surface, stem_x, stem_y, stem_z, mark_x, mark_y and mark_z; with a chord chord_x, chord_y, chord (its heights), cut
    (those of the surface below it) and middles (of cut and chord).
    """
    board = f"{settings.page}.board"
    # A component keeps what it was built with: other words need another one.
    key = f"{board}.{beside}.{classes[0]}"
    values = settings.values()
    data = {
        "board": board,
        "small": bool(beside),
        "state": {name: values[name] for name in ("z", "y", "T") if name in values},
        "classes": classes,
        "colours": colours,
        "limits": {"slider": SLIDER}
        | {name: (spec.low, spec.high) for name, spec in settings.specs.items() if name in ("z", "T")},
        "surfaceSpec": surface_spec,
        "goal": goal,
        "words": words.table("logit_board"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
    return board
