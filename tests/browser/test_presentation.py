"""A presentation: the stage alone on a whole screen, in type that the last row can read, led by keys and a clicker."""

import pytest
from playwright.sync_api import expect

from explorer.shell import texts
from explorer.stage.page import PAGES

PRESENTED = [page for page in PAGES if page != "home"]
SECTIONS = [(page, part) for page in PRESENTED for part in texts.load("en", page).table("see")]

# What is read, and smaller than `least` pixels: but for the indices and exponents of a formula, and what a figure
# leaves invisible.
SMALL = """([roots, but, least]) => {
    const small = new Map();
    for (const root of document.querySelectorAll(roots)) {
        const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let text = walk.nextNode(); text; text = walk.nextNode()) {
            const node = text.parentElement;
            if (!text.data.trim() || node.closest(`${but}, msub, msup, mfrac, munder, .katex, option, style`)) continue;
            if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
            const { width, height } = node.getBoundingClientRect();
            if (width < 2 || height < 2) continue;
            const size = parseFloat(getComputedStyle(node).fontSize);
            if (size < least) small.set(text.data.trim().slice(0, 30), size);
        }
    }
    return [...small];
}"""
SIDES = '[class*="st-key-stage-controls"], [class*="st-key-stage-figure"]'
SCROLLS = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    return [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth];
}"""


@pytest.fixture
def projector(tab):
    tab.set_viewport_size({"width": 1920, "height": 1080})
    return tab


def is_presented(tab, yes: bool = True):
    expect(tab.locator(".st-key-navigation")).to_have_count(0 if yes else 1)
    tab.wait_for_function(f"() => {'' if yes else '!'}location.search.includes('present=1')")
    # What listens to the keys is made anew, without its button in a presentation.
    tab.wait_for_function(f"() => document.querySelector('.xpp button')?.hidden === {str(yes).lower()}")
    is_at_rest(tab)


def is_at_rest(tab):
    """Wait until the script of the page has ended: keys that come before go to a page that is left."""
    tab.wait_for_function("() => !document.querySelector('[data-testid=stApp][data-test-script-state=running]')")


@pytest.mark.parametrize(("page", "part"), [("home", "hero"), *SECTIONS])
def test_it_is_the_stage_alone_in_large_type_and_nothing_scrolls(projector, visit, page, part):
    tab = visit(f"/{PAGES[page]}?part={part}&present=1")
    assert tab.evaluate(SMALL, [SIDES, ".xf", 22]) == []
    assert tab.evaluate(SMALL, [".xf .main-svg", "defs, tspan[style*='70%']", 18]) == []
    assert tab.evaluate(SCROLLS) == [0, 0]
    for what in ("h1", "[class*='st-key-text-']", "[class*='st-key-question-']", ".st-key-footer"):
        expect(tab.locator(what)).to_have_count(0)


def test_keys_and_a_clicker_change_the_section_and_escape_ends_it(projector, visit):
    tab = visit("/softmax?present=1")
    for key, part in (
        ("ArrowRight", "surface"),
        ("PageDown", "samples"),
        ("PageUp", "surface"),
        ("ArrowLeft", "board"),
    ):
        tab.keyboard.press(key)
        expect(tab.locator(f".st-key-section-{part}")).to_be_visible()
        if part != "board":
            tab.wait_for_url(f"**part={part}*")
    tab.keyboard.press("Escape")
    is_presented(tab, False)
    expect(tab.locator("h1")).to_be_visible()


def test_a_clicker_leads_from_home_through_every_section_to_the_game_and_back(projector, visit):
    tab = visit("/?present=1")
    for key, places in (("PageDown", SECTIONS), ("PageUp", SECTIONS[-2:-5:-1])):
        for page, part in places:
            tab.keyboard.press(key)
            expect(tab.locator(f".st-key-section-{part}")).to_be_visible()
            tab.wait_for_url(f"**/{PAGES[page]}?*present=1*")
            is_at_rest(tab)


def test_arrows_move_the_slider_that_has_the_keyboard_and_not_the_section(projector, visit):
    tab = visit("/softmax?present=1")
    slider = tab.locator(".xlb-table input[type=range]").first
    slider.focus()
    before = float(slider.input_value())
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**z=*")
    assert float(slider.input_value()) > before
    expect(tab.locator(".st-key-section-board")).to_be_visible()


@pytest.mark.parametrize("by", ["F", "button"])
def test_it_begins_by_a_key_or_a_button_and_its_link_is_a_link(projector, visit, by):
    tab = visit("/softmax?part=samples")
    if by == "F":
        tab.keyboard.press("f")
    else:
        tab.get_by_role("button", name="Present").click()
    is_presented(tab)
    assert "part=samples" in tab.url
    tab.keyboard.press("Escape")
    is_presented(tab, False)


def test_the_letter_f_in_a_field_begins_nothing(projector, visit):
    tab = visit("/softmax")
    tab.locator(".xlb-table .xb-field").first.focus()
    tab.keyboard.press("f")
    tab.keyboard.press("Escape")
    tab.locator(".xlb-row button.xlb-name").nth(7).click()
    tab.wait_for_url("**y=7*")
    assert "present" not in tab.url
