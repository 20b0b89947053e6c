"""Softmax loss (E4 to E6, E11): what the page can be set to, and its sections."""

from explorer.components.image_board import Paint
from explorer.components.sample_table import MOST, Samples
from explorer.images.cifar10_classes import EXAMPLE
from explorer.pages.shared import ownership
from explorer.pages.shared.named_section import CLASSES
from explorer.pages.softmax import SIZES, mean_loss, numerics
from explorer.pages.softmax.board import Board
from explorer.pages.softmax.descent import Descent
from explorer.pages.softmax.hinge import Hinge
from explorer.pages.softmax.mean_loss import MeanLoss
from explorer.pages.softmax.numerics import Numerics
from explorer.pages.softmax.surface import Surface
from explorer.pages.softmax.templates import Templates
from explorer.shell.kinds import Choice, Flag, Integer, MultiChoice, Number, Numbers, PictureOf
from explorer.shell.settings import Settings
from explorer.stage import prediction
from explorer.stage.page import open_page

SECTIONS = {
    "board": Board,
    "surface": Surface,
    "samples": MeanLoss,
    "numerics": Numerics,
    "descent": Descent,
    "hinge": Hinge,
    "picture": Templates,
}

SETTINGS = Settings(
    "softmax",
    part=Choice(tuple(SECTIONS)),
    # the board: its logits come from a photograph, or from one of the drawn shapes
    names=Choice(tuple(CLASSES)),
    z=Numbers(EXAMPLE, -1000, 1000),
    y=Integer(3, 0, 9),
    T=Number(1.0, 0.05, 20),
    # How many of the ten classes take part, on the board and in what stands beside it
    n=Choice(SIZES, "10"),
    # the surface: its two logits, its height (of class `of`), and the second point of the chord
    a=Integer(3, 0, 9),
    b=Integer(5, 0, 9),
    quantity=Choice(("loss", "probability", "gradient")),
    of=Integer(3, 0, 9),
    view=Choice(("surface", "contours")),
    chord=Flag(),
    u=Number(9.0, -10.0, 10.0),
    v=Number(-9.0, -10.0, 10.0),
    # m samples
    rows=Samples(mean_loss.MIXED, -1000, 1000),
    row=Integer(1, 1, MOST),
    # numerics: how the logits are made large, and how large
    grow=Choice(("plus", "minus", "times")),
    M=Choice(numerics.MAGNITUDES, "50"),
    # descent
    steps=Integer(20, 1, 200),
    rate=Number(1.0, 0.01, 100.0, digits=2),
    log=Flag(),
    # the image, and what is done to it
    pic=Integer(0, 0, 9),
    right=Integer(0, -12, 12),
    down=Integer(0, -12, 12),
    light=Number(0.0, -0.5, 0.5, digits=2),
    invert=Flag(),
    paint=Paint(),
    # the image whose logits a link has carried here
    photo=PictureOf(),
    predict=prediction.setting("softmax"),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)

with open_page(SETTINGS) as page:
    ownership.mark_present()
    page.stage(SECTIONS)
