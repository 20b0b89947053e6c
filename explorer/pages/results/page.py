"""After training: from one image's logits to the whole test set, of a recorded run or one of this server."""

from explorer.pages.results import (
    FOLLOW,
    LAST,
    NoResults,
    ResultsSection,
    history,
    inside,
    landscape,
    microscope,
    open_scene,
    own_picture,
)
from explorer.pages.results.calibration import Calibration
from explorer.pages.results.history import History
from explorer.pages.results.inside import Inside
from explorer.pages.results.landscape import LossLandscape
from explorer.pages.results.microscope import Microscope
from explorer.pages.results.own_picture import OwnPicture
from explorer.pages.results.test_set import WholeTestSet
from explorer.pages.shared import ownership, photographs
from explorer.runs import recorded
from explorer.shell.kinds import Choice, Flag, Integer, MultiChoice, Number, RunId
from explorer.shell.settings import Settings
from explorer.stage import prediction
from explorer.stage.page import Page, open_page
from explorer.stage.section import Section

SECTIONS = {
    "microscope": Microscope,
    "time": History,
    "whole": WholeTestSet,
    "calibration": Calibration,
    "inside": Inside,
    "landscape": LossLandscape,
    "own_picture": OwnPicture,
}

SETTINGS = Settings(
    "results",
    part=Choice(tuple(SECTIONS)),
    run=RunId(recorded.SHAPES, recorded.NAMES, recorded.usual),
    epoch=Integer(LAST, LAST, 999_999_999),
    # the microscope: what it shows, in which order, which page of the gallery, and which image is open
    true=Choice(microscope.CLASSES),
    predicted=Choice(microscope.CLASSES),
    verdict=Choice(("all", "wrong", "right")),
    sort=Choice(("loss", "confidence", "margin")),
    up=Flag(),
    at=Integer(1, 1, 1_000_000),
    sample=Integer(FOLLOW, FOLLOW, 99_999_999),
    # inside the network: which map, at which place, and the logit of the saliency maps
    layer=Integer(0, 0, inside.MOST_LAYERS - 1),
    map=Integer(0, 0, inside.MOST_MAPS - 1),
    row=Integer(inside.MIDDLE["row"], 0, inside.SIDE - 1),
    column=Integer(inside.MIDDLE["column"], 0, inside.SIDE - 1),
    target=Choice(inside.TARGETS),
    # one image through the run: what of it
    curve=Choice(history.CURVES),
    # the whole test set
    view=Choice(("confusion", "losses", "run")),
    # calibration
    T=Number(1.0, 0.1, 10.0),
    bins=Integer(15, 2, 50),
    # the landscape: which plane, how it is drawn, how finely and on how many images it was computed
    plane=Choice(landscape.PLANES),
    look=Choice(("surface", "contours")),
    logz=Flag(),
    points=Choice(landscape.POINTS, landscape.RECORDED["points"]),
    samples=Choice(landscape.SAMPLES, landscape.RECORDED["samples"]),
    draw=Choice(landscape.SEEDS, landscape.RECORDED["draw"]),
    # an image of one's own: what it shows
    truth=Choice(own_picture.TRUTHS),
    predict=prediction.setting("results"),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)


def of_open_run(kind: type[ResultsSection]):
    """Return what makes a section of the page, with the run that is chosen by then."""

    def made(page: Page) -> Section:
        scene, notices = open_scene(page)
        return kind(page, scene, notices) if scene else NoResults(page, notices)

    return made


photographs.welcome(SETTINGS)
with open_page(SETTINGS) as page:
    ownership.mark_present()
    page.stage({name: of_open_run(kind) for name, kind in SECTIONS.items()})
