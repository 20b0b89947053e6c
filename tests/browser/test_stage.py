"""The hand and the figure on one screen: every section at a desktop's, a laptop's, a projector's and a phone's size."""

import time

import pytest

from explorer.shell import texts
from explorer.stage.page import PAGES
from tests.browser.conftest import drawn, fresh_tab

SIZES = {"desktop": (1920, 1080), "laptop": (1366, 768), "projector": (1280, 720), "phone": (390, 844)}
SECTIONS = [
    f"/{PAGES[page]}?part={part}" for page in PAGES if page != "home" for part in texts.load("en", page).table("see")
]
FOLLOWS = 20.0  # seconds within which a busy browser has drawn its figures for another size of the window
# A training before, while it goes on, and after it.
TRAINING = ["/train?run=synthetic&replay=1", "/train?run=synthetic"]

# Boxes in pixels of the screen, from top to bottom: the head's lower end, what comes first, the sliders and all
# controls of the stage's left, the figures of its right; and the texts of boards that stick out at the right, where
# nothing scrolls sideways.
MEASURE = """() => {
    const scrolls = (node) => /auto|scroll/.test(getComputedStyle(node).overflowX);
    const isCut = (node) => {
        if (!node.checkVisibility({ visibilityProperty: true })) return false;
        if (node.getBoundingClientRect().right <= innerWidth + 0.5) return false;
        for (let one = node; !one.matches(".xb"); one = one.parentElement) if (scrolls(one)) return false;
        return !scrolls(node.closest(".xb"));
    };
    // What a section is moved by are its sliders, or the one button that stands out.
    const moved = ':is(input[type="range"], [role="slider"], [data-testid="stBaseButton-primary"])';
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
        first: boxes("controls", moved)[0],
        sliders: boxes("controls", ':is(input[type="range"], [role="slider"])'),
        controls: boxes("controls", ":is(input, button, [role=combobox], [role=slider], canvas)"),
        figures: boxes("figure", ":is(.xf, .xb)"),
        pairs: [...document.querySelectorAll('[class*="st-key-stage-pair"] .xf, .st-key-stage-pair-train .xbp')]
            .filter((node) => node.checkVisibility()).map((node) => node.offsetWidth),
        cut: [...document.querySelectorAll('[class*="st-key-stage-"] .xb :is(span, td, small)')]
            .filter(isCut).map((node) => node.innerText),
    };
}"""

# Each board is shown another state: its first number, or the first of its first list, is another one.
SHOW = """async () => {
    const change = (value) => {
        if (Number.isInteger(value)) return value > 0 ? value - 1 : value + 1;
        if (typeof value === "number") return Math.round((value + 0.1) * 10) / 10;
        return Array.isArray(value) ? [change(value[0]), ...value.slice(1)] : value;
    };
    const wrong = [];
    for (const [name, board] of globalThis.explorerMounted) {
        const now = JSON.parse(JSON.stringify(board.state.now));
        const key = Object.keys(now).find((one) => JSON.stringify(change(now[one])) !== JSON.stringify(now[one]));
        if (!key) continue;
        await board.show({ ...now, [key]: change(now[key]) });
        if (JSON.stringify(board.state.now[key]) !== JSON.stringify(change(now[key]))) wrong.push([name, key]);
    }
    return wrong;
}"""


def measured(tab) -> dict:
    """Return what `MEASURE` finds once it finds the same twice: figures follow the window a little later."""
    before, found = None, tab.evaluate(MEASURE)
    while found != before:
        tab.wait_for_timeout(100)
        before, found = found, tab.evaluate(MEASURE)
    return found


@pytest.fixture(scope="module", params=["/", *SECTIONS, *TRAINING])
def section(request, chromium, app_url):
    """A section, opened once for all tests of this module."""
    with fresh_tab(chromium, viewport={"width": 1280, "height": 900}, locale="en-US") as tab:
        tab.goto(f"{app_url}{request.param}")
        drawn(tab)
        yield tab


def test_a_section_has_its_hand_and_its_figure_on_the_first_screen(section):
    for width, height in SIZES.values():
        section.set_viewport_size({"width": width, "height": height})
        until = time.monotonic() + FOLLOWS
        while True:
            try:
                check(measured(section), width, height)
                break
            except AssertionError:
                if time.monotonic() > until:
                    raise


def check(found, width, height):
    is_phone = width < 500
    assert found["head"] <= (100 if is_phone else 140)
    if width >= 1280 and len(found["pairs"]) > 1:
        assert min(found["pairs"]) >= 400
    first = found.get("first") or found["controls"][0]
    assert first["top"] <= (400 if is_phone else 260)
    assert found["cut"] == []
    boxes = [box for name in ("sliders", "controls", "figures") for box in found[name]]
    assert all(box["right"] <= width for box in boxes)
    # On a phone a figure and three sliders are seen together; elsewhere all of them are.
    figures, sliders = found["figures"], found["sliders"]
    seen = [*figures[:1], *sliders[:3]] if is_phone else [*figures, *sliders]
    assert figures
    assert max(box["bottom"] for box in seen) <= height


def test_every_board_shows_what_a_lecture_shows(section):
    assert section.evaluate(SHOW) == []


@pytest.mark.parametrize("path", ["/guess", "/softmax?part=hinge", "/results?part=landscape", "/teach?part=answers"])
def test_the_present_page_and_section_are_in_view_on_a_phone(phone, path):
    tab = phone(path)
    present = "document.querySelectorAll('.st-key-pages [class*=-here] a, .st-key-head button[aria-checked=true]')"
    is_in_view = f"""() => [...{present}].every((node) => {{
        const {{ left, right, width }} = node.getBoundingClientRect();
        const row = node.closest('.st-key-pages, .st-key-head').getBoundingClientRect();
        return left >= row.left - 1 && Math.min(right, left + 60) <= row.right + 1 && width > 0;
    }})"""
    tab.wait_for_function(is_in_view)
    # What comes before it in its row may become wider later, as when a font arrives.
    first = tab.locator(".st-key-pages a").first
    first.evaluate("(a) => { a.style.minWidth = '400px' }")
    tab.wait_for_function(is_in_view)


def test_streamlits_menu_goes_up_with_the_navigation(visit, tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    visit("/glossary")
    bottom = "document.querySelector('.stAppHeader button').getBoundingClientRect().bottom"
    assert tab.evaluate(bottom) > 0
    tab.evaluate("document.querySelector('.stMain').scrollTo(0, 600)")
    tab.wait_for_function(f"() => {bottom} <= 0")  # it lay over the text
