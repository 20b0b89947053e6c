"""Logistic regression (E1 to E3, E6): what the page can be set to, and its sections."""

from explorer import frame, logistic
from explorer.pages.logistic_regression_parts import sample, surface
from explorer.settings import Choice, Flag, Number, Settings, Several, Whole

SECTIONS = {"sample": sample, "surface": surface}

SETTINGS = Settings(
    "logistic_regression",
    part=Choice(tuple(SECTIONS)),
    # one sample: its logit, its label, and whether the squared error is compared
    z=Number(1.2, -1000, 1000),
    y=Whole(1, 0, 1),
    squared=Flag(),
    # toy data
    data=Choice(tuple(logistic.TOY_DATA)),
    seed=Whole(0, 0, 99),
    # the surface over two features
    w1=Number(1.5, -6, 6, digits=1),
    w2=Number(0.5, -6, 6, digits=1),
    b=Number(0.0, -6, 6, digits=1),
    view=Choice(("surface", "contours")),
    show=Several(("text", "presets", *SECTIONS, "questions", "code")),
)

with frame.page(SETTINGS) as page:
    # A link that names sections shows just these; otherwise the visitor chooses one.
    chosen = [part for part in SECTIONS if part in page.now.show] or [page.sections()]
    page.presets({name: values for part in chosen for name, values in SECTIONS[part].PRESETS.items()})
    for part in chosen:
        SECTIONS[part].show(page)
