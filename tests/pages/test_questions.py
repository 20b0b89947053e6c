"""The questions of every page: none is answered before anything has been moved."""

import pytest

from explorer.stage import page as shell_page

SECTIONS = {
    "logistic_regression": ("sample", "surface", "likelihood", "descent"),
    "softmax": ("board", "surface", "samples", "numerics", "descent", "picture"),
    "softmax_or_sigmoid": ("board", "descent", "plane", "two"),
    "cross_entropy": ("board", "claim", "derivation", "surfaces", "simplex", "asymmetry"),
    "results": ("microscope", "time", "whole", "calibration", "landscape", "own_picture"),
}
FIRST_VIEWS = [
    *((page, {"part": part}) for page, parts in SECTIONS.items() for part in parts),
    ("results", {"part": "whole", "view": "losses"}),
    ("results", {"part": "whole", "view": "run"}),
    *(("results", {"part": part, "run": "cifar10"}) for part in SECTIONS["results"]),
    ("train", {}),
    ("guess", {}),
]


def ticked(app) -> list[str]:
    """Return the questions of a page that are marked as answered."""
    return [element.value for element in app.markdown if element.value.startswith(":green[:material/check_circle:]")]


@pytest.mark.parametrize(("page", "query"), FIRST_VIEWS)
def test_no_question_is_answered_on_arrival(open_page, page, query):
    assert not ticked(open_page(page, **query))


def test_every_section_is_among_them(settings_of_pages):
    for page in shell_page.PAGES:
        if "part" in getattr(settings_of_pages.get(page), "table", {}):
            assert settings_of_pages[page].specs["part"].options == SECTIONS[page]
