"""Logistic regression (E1 to E3, E6): what the page can be set to, and its sections."""

from explorer.components.points_board import Points
from explorer.maths import logistic
from explorer.pages.logistic_regression import MOST, OWN, REACH
from explorer.pages.logistic_regression.descent import Descent
from explorer.pages.logistic_regression.likelihood import Likelihood
from explorer.pages.logistic_regression.sample import Sample
from explorer.pages.logistic_regression.surface import SigmoidSurface
from explorer.pages.shared import ownership
from explorer.shell.kinds import Choice, Flag, Integer, MultiChoice, Number
from explorer.shell.settings import Settings
from explorer.stage import prediction
from explorer.stage.page import open_page

SECTIONS = {"sample": Sample, "surface": SigmoidSurface, "likelihood": Likelihood, "descent": Descent}

SETTINGS = Settings(
    "logistic_regression",
    part=Choice(tuple(SECTIONS)),
    # one sample: its logit, its label, and whether the squared error is compared
    z=Number(1.2, -1000, 1000),
    y=Integer(1, 0, 1),
    squared=Flag(),
    # toy data: in the plane on the surface, else with one feature; or the visitor's own points
    data=Choice((*logistic.TOY_DATA, OWN)),
    own=Points(-REACH, REACH, kinds=2),
    seed=Integer(0, 0, 99),
    m=Integer(40, 1, MOST),
    # the surface over two features
    w1=Number(1.5, -6, 6, digits=2),
    w2=Number(0.5, -6, 6, digits=2),
    w0=Number(0.0, -6, 6, digits=2),
    view=Choice(("surface", "contours")),
    # the weight and the bias, and the descent that starts from them
    w=Number(0.5, -4, 8, digits=2),
    b=Number(2.0, -6, 6, digits=2),
    seen=Choice(("contours", "surface")),
    rate=Number(1.0, 0.01, 1000.0, digits=2),
    l2=Number(0.0, 0.0, 1.0, digits=3),
    steps=Integer(20, 0, 500),
    newton=Integer(0, 0, 40),
    predict=prediction.setting("logistic_regression"),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)

with open_page(SETTINGS) as page:
    ownership.mark_present()
    page.stage(SECTIONS)
