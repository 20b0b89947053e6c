"""The home page in a browser: the hand finds something at once, and every card is a link."""

import pytest
from playwright.sync_api import expect

from explorer.pages.home import hero
from tests.browser.conftest import drawn

CAT = ".xlb-with-goal input[type=range] >> nth=0"
STATUS = ".xlb-verdict[role=status]"
# What the board has published of the cat's score, from the first frame on.
LISTEN = """
window.scores = [];
document.addEventListener("explorer:board", ({ detail }) => {
    if (detail.board === "home.board") window.scores.push(detail.values.z0);
});
"""
CARD = ".st-key-card-{}"
ITS_LINK = ".stPageLink a"  # of a card, which leads to its page
THUMB = 28  # pixels


@pytest.fixture
def still(tab):
    """A tab in which nothing moves by itself."""
    tab.emulate_media(reduced_motion="reduce")
    return tab


def drag(tab, slider, to: float) -> None:
    """Draw a slider's thumb to a value with the mouse, and let it go."""
    box, now = slider.bounding_box(), float(slider.input_value())
    across = box["width"] - THUMB
    start, end = (box["x"] + THUMB / 2 + (value + hero.REACH) / (2 * hero.REACH) * across for value in (now, to))
    middle = box["y"] + box["height"] / 2
    tab.mouse.move(start, middle)
    tab.mouse.down()
    tab.mouse.move((start + end) / 2, middle)
    tab.mouse.move(end, middle)
    tab.mouse.up()


def test_the_cat_is_dragged_until_the_loss_is_low_and_a_tick_says_so(still, visit):
    tab = visit("/")
    expect(tab.get_by_text("Drag cat until the loss is below 0.1")).to_be_visible()
    expect(tab.locator(STATUS)).to_contain_text("dog")
    slider = tab.locator(CAT)
    drag(tab, slider, 4.5)
    expect(tab.locator(STATUS)).to_contain_text("cat is ahead")
    drag(tab, slider, 8.0)
    expect(tab.locator(STATUS)).to_contain_text("Done")
    assert tab.locator(STATUS).evaluate("(node) => getComputedStyle(node, '::before').content") == '"✓"'
    tab.wait_for_function("() => location.search.includes('z=')")
    drag(tab, slider, 0.0)
    expect(tab.locator(STATUS)).to_contain_text("dog")


def test_the_ball_walks_with_the_slider_in_the_same_frame(still, visit):
    tab = visit("/")
    seen = tab.evaluate("""async () => {
        const slider = document.querySelector(".xlb-with-goal input[type=range]");
        const published = new Promise((resolve) => document.addEventListener("explorer:board", ({ detail }) =>
            resolve([detail.values.mark_x[0], detail.values.mark_z[0], detail.values.loss]), { once: true }));
        slider.value = 6;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
        return Promise.race([published, null]);
    }""")
    assert seen[0] == 6
    assert seen[1] == pytest.approx(seen[2])
    # Plotly draws the surface as soon as it can.
    tab.wait_for_function("() => document.querySelector('.js-plotly-plot')._fullData[2].x[0] === 6")


def test_it_moves_once_by_itself_and_is_then_where_it_was(tab, visit):
    tab.add_init_script(LISTEN)
    visit("/")
    tab.wait_for_function("() => Math.max(...scores) > 1")
    expect(tab.locator(STATUS)).to_have_attribute("aria-live", "off")
    tab.wait_for_function("() => scores.at(-1) === 0")
    expect(tab.locator(STATUS)).to_have_attribute("aria-live", "polite")
    assert tab.locator(CAT).input_value() == "0"
    assert "z=" not in tab.url
    # Once: coming back to the page brings no second time.
    tab.locator(".st-key-page-softmax a").click()
    tab.wait_for_url("**/softmax*")
    drawn(tab)
    tab.evaluate("() => (scores.length = 0)")
    tab.locator(".st-key-page-home a").click()
    tab.wait_for_selector(".xlb-with-goal")
    drawn(tab)
    tab.clock.install()
    tab.clock.run_for(5000)
    assert set(tab.evaluate("() => scores")) == {0}


def test_a_touch_ends_it(tab, visit):
    tab.add_init_script(LISTEN)
    visit("/")
    tab.wait_for_function("() => Math.max(...scores) > 0.5")
    tab.keyboard.press("Shift")
    tab.evaluate("() => (scores.splice(0, scores.length - 1))")
    tab.clock.install()
    tab.clock.run_for(5000)
    assert set(tab.evaluate("() => scores")) == {0}
    assert tab.locator(CAT).input_value() == "0"


def test_who_wishes_for_less_motion_sees_none(still, visit):
    still.add_init_script(LISTEN)
    still.clock.install()
    tab = visit("/")
    tab.clock.run_for(5000)
    assert set(tab.evaluate("() => scores")) == {0}


def test_a_card_leads_to_its_page_from_its_picture_and_from_the_keyboard(still, visit):
    tab = visit("/")
    picture = tab.locator(CARD.format("cross_entropy")).locator("svg")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    tab.mouse.click(box["x"] + 20, box["y"] + 20)
    tab.wait_for_url("**/cross-entropy*")
    tab.go_back()
    tab.locator(CARD.format("softmax")).locator(ITS_LINK).focus()
    tab.keyboard.press("Tab")
    card = tab.locator(CARD.format("softmax_or_sigmoid"))
    expect(card.locator(ITS_LINK)).to_be_focused()
    expect(card).to_have_css("outline-style", "solid")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/softmax-or-sigmoid*")


def test_a_word_on_a_card_leads_to_its_place_in_the_glossary(still, visit):
    tab = visit("/")
    card = tab.locator(CARD.format("cross_entropy"))
    with tab.context.expect_page() as opened:
        card.get_by_role("link", name="KL divergence").click()
    term = opened.value.locator("#relative-entropy")
    expect(term).to_be_in_viewport()
    opened.value.close()
    expect(card).to_be_visible()


def test_every_card_is_as_large_as_what_is_clicked(still, visit):
    tab = visit("/")
    for card in tab.locator("[class*='st-key-card-']").all():
        card.scroll_into_view_if_needed()
        hit = card.evaluate("""(card) => {
            const { left, right, top, bottom } = card.getBoundingClientRect();
            const corners = [left + 12, right - 12].flatMap((x) => [top + 12, bottom - 12].map((y) => [x, y]));
            return corners.map(([x, y]) => document.elementFromPoint(x, y)?.closest("a")?.href);
        }""")
        assert set(hit) == {card.locator(ITS_LINK).evaluate("(link) => link.href")}


def test_what_was_found_is_counted_on_the_cards_after_a_reload_too(still, visit):
    tab = visit("/")
    softmax = tab.locator(CARD.format("softmax"))
    expect(softmax).to_contain_text("0 of 18 answers found")
    visit("/softmax?z=0,0,0,10,0,0,0,0,0,0")  # a loss below 0.001
    tab.locator(".st-key-page-home a").click()
    expect(softmax).to_contain_text("1 of 18 answers found")
    visit("/")
    expect(softmax).to_contain_text("1 of 18 answers found")
    expect(tab.locator(CARD.format("guess"))).to_contain_text("0 of 3 answers found")
    expect(tab.locator(".st-key-found")).to_contain_text("found 1 of")
    expect(tab.locator(".st-key-navigation-progress")).to_have_text("Answers found: 1")


def test_on_a_phone_the_surface_the_sliders_and_the_ways_in_share_the_first_screen(phone):
    tab = phone("/")
    for what in (".xf", CAT, STATUS, ".st-key-hero-ways"):
        box = tab.locator(what).first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 844
