"""What a move brings about is read aloud by a screen reader: it stands in a live region, which every board has."""

import pytest

PATHS = (
    "/",
    "/logistic-regression",
    "/logistic-regression?part=likelihood",
    "/softmax",
    "/softmax?part=surface",
    "/softmax-or-sigmoid",
    "/softmax-or-sigmoid?part=descent",
    "/cross-entropy",
    "/cross-entropy?part=surfaces",
    "/cross-entropy?part=simplex",
    "/results?part=calibration",
)
SAID = """() => [...document.querySelectorAll('[role=status]')].map((node) => node.textContent).join('|')"""


@pytest.mark.parametrize("path", PATHS)
def test_what_a_move_brings_about_is_announced(tab, visit, path):
    tab.emulate_media(reduced_motion="reduce")  # or the home page moves by itself
    visit(path)
    tab.wait_for_selector("[role=status]", state="attached")
    before = tab.evaluate(SAID)
    slider = tab.locator("[class*='st-key-stage-controls'] .xb input[type=range]:visible").first
    for _ in range(5):
        slider.press("ArrowRight")
    tab.wait_for_function(f"(before) => ({SAID})() !== before", arg=before)
