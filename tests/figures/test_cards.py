"""The pictures on the home page's cards: SVG that says what it shows, drawn from the numbers that it is given."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from explorer.figures import cards
from explorer.figures.theme import CLASS_COLOURS, SEQUENTIAL
from explorer.pages.home.cards import CARDS

SVG = "{http://www.w3.org/2000/svg}"


def parsed(shapes: list[str], alt: str = "") -> ET.Element:
    """Return a picture as a tree, as a browser's parser for HTML would make it."""
    return ET.fromstring(cards.svg(shapes, alt).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


def rects(shapes, colour: str) -> list[dict]:
    found = [rect.attrib for rect in parsed(shapes).iter(f"{SVG}rect")]
    return [rect for rect in found if rect["style"] == f"fill: {colour}"]


@pytest.mark.parametrize("name", CARDS)
def test_every_picture_is_well_formed_lies_within_its_frame_and_is_not_empty(name):
    _, draw = CARDS[name]
    picture, _ = draw()
    tree = parsed(picture, "what it shows")
    assert (tree.get("role"), tree.get("aria-label")) == ("img", "what it shows")
    assert len(tree) > 4
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.-]+),([\d.-]+)", "".join(picture))]
    for node in tree.iter():
        if "x" in node.attrib:
            points.append((float(node.get("x")), float(node.get("y"))))
            across, down = float(node.get("width", 0)), float(node.get("height", 0))
            assert min(across, down) >= 0
            points.append((points[-1][0] + across, points[-1][1] + down))
    for x, y in points:
        assert 0 <= x <= cards.WIDTH
        assert 0 <= y <= cards.HEIGHT


def test_no_two_cards_have_the_same_picture():
    pictures = ["".join(draw()[0]) for _, draw in CARDS.values()]
    assert len(set(pictures)) == len(CARDS)


def test_what_a_picture_shows_is_text_whatever_stands_in_it():
    alt = 'a < b & "c"'
    assert parsed([], alt).get("aria-label") == alt


def test_a_bar_is_as_long_as_its_probability():
    p = np.array([0.1, 0.2, 0.7])
    shapes = cards.board([0.0, 1.0, 2.0], p, CLASS_COLOURS[:3])
    lengths = np.array([float(rects(shapes, colour)[0]["width"]) for colour in CLASS_COLOURS[:3]])
    assert np.allclose(lengths / sum(lengths), p, atol=1e-3)
    tall = [
        float(rects(cards.two_bars({"": (0.25, 1.0)}, CLASS_COLOURS[:2]), c)[0]["height"]) for c in CLASS_COLOURS[:2]
    ]
    assert tall[1] == pytest.approx(4 * tall[0])


def test_the_strongest_cells_of_a_matrix_are_the_most_frequent():
    shapes = cards.matrix([[8, 2], [1, 4]])
    assert [float(rect["fill-opacity"]) for rect in rects(shapes, cards.ACCENT)] == [1.0, 0.5]
    assert [float(rect["fill-opacity"]) for rect in rects(shapes, cards.MARK)] == [1.0, 0.5]


def test_the_tint_runs_through_that_of_the_surfaces():
    assert [cards._tint(at) for at, _ in SEQUENTIAL] == [colour for _, colour in SEQUENTIAL]


def test_in_the_triangle_what_is_nearest_is_darkest_and_the_far_corners_are_palest():
    *cells, dot = cards.triangle((0.6, 0.2, 0.2), steepest=1.0)
    at = [float(value) for value in re.findall(r'c[xy]="([\d.]+)"', dot)]
    found = []
    for cell in cells:
        corners = np.array(re.findall(r"([\d.]+),([\d.]+)", cell), float)
        found.append((np.hypot(*(corners.mean(axis=0) - at)), int(re.search(r'fill="#(\w\w)', cell)[1], 16)))
    reds = [red for _, red in sorted(found)]
    assert reds[0] == min(reds)
    assert reds[-1] == max(reds) == int(SEQUENTIAL[-1][1][1:3], 16)
