"""The hand and the figure on one screen: every section at a desktop's, a laptop's, a projector's and a phone's size."""

import pytest

from explorer.shell import texts
from explorer.stage.page import PAGES

SIZES = {"desktop": (1920, 1080), "laptop": (1366, 768), "projector": (1280, 720), "phone": (390, 844)}
SECTIONS = [
    f"/{PAGES[page]}?part={part}" for page in PAGES if page != "home" for part in texts.load("en", page).table("see")
]
# A training before, while it goes on, and after it.
TRAINING = ["/train?run=synthetic&replay=1", "/train?run=synthetic"]

# Boxes in pixels of the screen, from top to bottom: the head's lower end, the sliders and all controls of the stage's
# left, the figures of its right; and the texts of boards that stick out at the right, where nothing scrolls sideways.
MEASURE = """() => {
    const scrolls = (node) => /auto|scroll/.test(getComputedStyle(node).overflowX);
    const isCut = (node) => {
        if (!node.checkVisibility({ visibilityProperty: true })) return false;
        if (node.getBoundingClientRect().right <= innerWidth + 0.5) return false;
        for (let one = node; !one.matches(".xb"); one = one.parentElement) if (scrolls(one)) return false;
        return !scrolls(node.closest(".xb"));
    };
    const boxes = (side, what) =>
        [...document.querySelectorAll(`[class*="st-key-stage-${side}"]`)]
            .flatMap((stage) => [...stage.querySelectorAll(what)])
            .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.offsetWidth > 1)
            // Streamlit's slider has an unseen input, at its thumb, that is wider than this.
            .map((node) => (node.closest('[data-testid=stSlider] [role="group"]') ?? node).getBoundingClientRect())
            .map(({ top, bottom, right }) => ({ top, bottom, right }))
            .sort((one, other) => one.top - other.top);
    return {
        head: Math.max(...[...document.querySelectorAll(".st-key-navigation, .st-key-head")]
            .map((node) => node.getBoundingClientRect().bottom)),
        sliders: boxes("controls", ':is(input[type="range"], [role="slider"])'),
        controls: boxes("controls", ":is(input, button, [role=combobox], [role=slider], canvas)"),
        figures: boxes("figure", ":is(.xf, .xb)"),
        pairs: [...document.querySelectorAll('[class*="st-key-stage-pair"] .xf, .st-key-stage-pair-train .xbp')]
            .filter((node) => node.checkVisibility()).map((node) => node.offsetWidth),
        cut: [...document.querySelectorAll('[class*="st-key-stage-"] .xb :is(span, td, small)')]
            .filter(isCut).map((node) => node.innerText),
    };
}"""


@pytest.fixture(params=SIZES)
def size(request, tab):
    width, height = SIZES[request.param]
    tab.set_viewport_size({"width": width, "height": height})
    return width, height


@pytest.mark.parametrize("path", ["/", *SECTIONS, *TRAINING])
def test_a_section_has_its_hand_and_its_figure_on_the_first_screen(visit, size, path):
    tab = visit(path)
    found = tab.evaluate(MEASURE)
    width, height = size
    is_phone = width < 500
    assert found["head"] <= (100 if is_phone else 140)
    if width >= 1280 and len(found["pairs"]) > 1:
        assert min(found["pairs"]) >= 400
    first = (found["sliders"] or found["controls"])[0]
    assert first["top"] <= (400 if is_phone else 260)
    assert found["cut"] == []
    boxes = [box for name in ("sliders", "controls", "figures") for box in found[name]]
    assert all(box["right"] <= width for box in boxes)
    # On a phone a figure and three sliders are seen together; elsewhere all of them are.
    figures, sliders = found["figures"], found["sliders"]
    seen = [*figures[:1], *sliders[:3]] if is_phone else [*figures, *sliders]
    assert figures
    assert max(box["bottom"] for box in seen) <= height
