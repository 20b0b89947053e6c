"""Softmax loss (E4 to E6, E11): what the page can be set to, and its sections."""

from explorer import frame
from explorer.classes import CIFAR10
from explorer.components.sample_table import MOST, Samples
from explorer.pages.softmax_parts import FIRST, board, descent, numerics, samples, surface
from explorer.settings import Choice, Flag, Number, Numbers, Settings, Several, Whole

SECTIONS = {
    "board": board,
    "surface": surface,
    "samples": samples,
    "numerics": numerics,
    "descent": descent,
}

SETTINGS = Settings(
    "softmax",
    part=Choice(tuple(SECTIONS)),
    z=Numbers(FIRST, -1000, 1000),
    y=Whole(3, 0, 9),
    T=Number(1.0, 0.05, 20),
    # the surface: its two logits, its height (of class `of`), and the second point of the chord
    a=Whole(3, 0, 9),
    b=Whole(5, 0, 9),
    quantity=Choice(("loss", "probability", "gradient")),
    of=Whole(3, 0, 9),
    view=Choice(("surface", "contours")),
    chord=Flag(),
    u=Number(9.0, -10.0, 10.0),
    v=Number(-9.0, -10.0, 10.0),
    # m samples
    rows=Samples(samples.MIXED, -1000, 1000),
    row=Whole(1, 1, MOST),
    # numerics: how the logits are made large, and how large
    grow=Choice(("plus", "minus", "times")),
    M=Choice(numerics.MAGNITUDES, "89"),
    # descent
    steps=Whole(20, 1, 200),
    rate=Number(1.0, 0.01, 100.0, digits=2),
    log=Flag(),
    show=Several(("text", "presets", *SECTIONS, "questions", "code")),
)

with frame.page(SETTINGS) as page:
    classes = [page.words(f"classes.{name}") for name in CIFAR10]
    # A link that names sections shows just these; otherwise the visitor chooses one.
    chosen = [part for part in SECTIONS if part in page.now.show] or [page.sections()]
    page.presets({name: values for part in chosen for name, values in SECTIONS[part].PRESETS.items()})
    for part in chosen:
        SECTIONS[part].show(page, classes)
