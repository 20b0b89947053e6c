"""The questions of every page: none is answered before anything has been moved."""

import pytest

from explorer.shell import texts
from explorer.stage.page import PAGES

SECTIONS = {page: list(texts.load("en", page).table("see")) for page in PAGES if page != "home"}
FIRST_VIEWS = [
    *((page, {"part": part}) for page, parts in SECTIONS.items() for part in parts),
    ("results", {"part": "whole", "view": "losses"}),
    ("results", {"part": "whole", "view": "run"}),
    *(("results", {"part": part, "run": "cifar10"}) for part in SECTIONS["results"]),
    ("home", {}),
]


def ticked(app) -> list[str]:
    """Return the questions of a page that are marked as answered."""
    return [element.value for element in app.markdown if element.value.startswith(":green[:material/check_circle:]")]


@pytest.mark.parametrize(("page", "query"), FIRST_VIEWS)
def test_no_question_is_answered_on_arrival(open_page, page, query):
    assert not ticked(open_page(page, **query))
