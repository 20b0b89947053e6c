"""Cross-entropy and KL divergence (E8 to E12): what the page can be set to, and its sections."""

from explorer.components.distribution_board import Shares
from explorer.images.cifar10_classes import EXAMPLE, PEOPLE
from explorer.pages.cross_entropy.asymmetry import Asymmetry
from explorer.pages.cross_entropy.board import UNIFORM, Board
from explorer.pages.cross_entropy.claim import Claim
from explorer.pages.cross_entropy.derivation import Derivation
from explorer.pages.cross_entropy.samples import MOST, Samples
from explorer.pages.cross_entropy.simplex import Simplex
from explorer.pages.cross_entropy.surfaces import BothSurfaces
from explorer.pages.shared import ownership
from explorer.pages.shared.named_section import CLASSES
from explorer.shell.kinds import Choice, Integer, MultiChoice, Number, Numbers, PictureOf
from explorer.shell.settings import Settings
from explorer.stage import prediction
from explorer.stage.page import Page, open_page

SECTIONS = {
    "board": Board,
    "samples": Samples,
    "claim": Claim,
    "derivation": Derivation,
    "surfaces": BothSurfaces,
    "simplex": Simplex,
    "asymmetry": Asymmetry,
}

SETTINGS = Settings(
    "cross_entropy",
    part=Choice(tuple(SECTIONS)),
    # Ten classes, of photographs or of drawn shapes
    names=Choice(tuple(CLASSES)),
    target=Choice(("onehot", "smoothed", "hand"), "smoothed"),
    y=Integer(3, 0, 9),
    eps=Number(0.2, 0, 1, digits=3),
    p=Shares(PEOPLE),
    guess=Choice(("logits", "hand")),
    z=Numbers(EXAMPLE, -100, 100),
    q=Shares(UNIFORM),
    unit=Choice(("nats", "bits")),
    k=Integer(3, 0, 9),
    step=Integer(5, 1, 5),
    # Samples: how many are drawn from p, and by which random numbers
    drawn=Integer(10, 0, MOST),
    seed=Integer(2, 0, 9999),
    # Two classes
    p2=Shares((0.5, 0.5)),
    q2=Shares((0.9, 0.1)),
    view=Choice(("surface", "contours")),
    # Three classes
    p3=Shares((0.6, 0.3, 0.1)),
    z3=Numbers((-3.0, 0.0, 2.0), -100, 100),
    quantity=Choice(("cross_entropy", "kl_divergence")),
    view3=Choice(("levels", "surface")),
    eta=Number(1.0, 0.1, 20),
    steps=Integer(30, 1, 200),
    # A line
    gap=Number(6.0, 0, 8),
    share=Number(0.6, 0.1, 0.9),
    start=Number(-1.0, -6, 6),
    # the image whose logits a link has carried here
    photo=PictureOf(),
    predict=prediction.setting("cross_entropy"),
    show=MultiChoice(("text", "presets", *SECTIONS, "figure", "questions", "code")),
)


def name_the_section(page: Page) -> None:
    """Have a link to the "board" or the "figure" of the chosen section name it: both stand on one stage.

    By itself "board" means the chosen section's, and only beside others the section of that name.
    """
    others = tuple(part for part in page.now.show if part not in ("board", "figure"))
    if page.now.show != others and not {*others, page.now.part} & SECTIONS.keys() & set(page.now.show):
        page.now.show = (*others, page.now.part)
        SETTINGS.set(show=page.now.show)


with open_page(SETTINGS) as page:
    ownership.mark_present()
    name_the_section(page)
    page.stage(SECTIONS)
