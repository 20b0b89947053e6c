"""A finger on a phone: it scrolls the page wherever it begins, and moves a slider where it goes sideways."""

import random
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, drawn, fresh_tab

PATHS = (
    "/softmax",
    "/softmax?part=surface",
    "/softmax?part=picture",
    "/logistic-regression",
    "/logistic-regression?part=surface",
    "/cross-entropy",
    "/softmax-or-sigmoid",
    "/softmax-or-sigmoid?part=descent",
    "/results?part=calibration",
    "/guess",
    "/train?run=synthetic",
    "/train?run=synthetic&replay=off",
    "/softmax-or-sigmoid?part=plane",
    "/",
)
MOVABLE = "[data-testid=stMain] :is(.xb input[type=range]:enabled, .xpb-image, [data-testid=stSlider] [role=group])"
SET = f"""() => JSON.stringify([location.search, [...document.querySelectorAll("{MOVABLE}")]
    .map((node) => node.value ?? node.toDataURL?.() ?? node.querySelector("input").value)])"""
# To the middle of the screen, once nothing scrolls on, and until it rests there.
TO_THE_MIDDLE = """async (node) => {
    const rest = async () => {
        for (let before = NaN; before !== node.getBoundingClientRect().top; ) {
            before = node.getBoundingClientRect().top;
            for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
        }
    };
    await rest();
    node.scrollIntoView({ block: "center", behavior: "instant" });
    await rest();
}"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
BELOW = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollHeight - main.clientHeight - main.scrollTop;
}"""


@pytest.fixture
def phone(chromium):
    """A tab of a phone, on which nothing moves by itself."""
    with fresh_tab(chromium, **PHONE, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def finger(phone):
    """Return a function that draws a finger along points, rests, and lifts it, or has it taken away."""
    session = phone.context.new_cdp_session(phone)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def finger(*points, end="touchEnd"):
        touch("touchStart", points[0])
        for point in (*points[1:], points[-1], points[-1]):
            touch("touchMove", point)
        touch(end)

    return finger


def middle(place):
    """Bring a place into the middle of the screen; return its left edge, its width and the height of its middle."""
    place.evaluate(TO_THE_MIDDLE)
    box = place.bounding_box()
    return box["x"], box["width"], box["y"] + box["height"] / 2


@pytest.mark.parametrize("number, path", list(enumerate(PATHS)))
def test_a_finger_that_scrolls_over_a_board_moves_nothing(phone, finger, app_url, number, path):
    phone.goto(app_url + path)
    drawn(phone)
    places = phone.locator(MOVABLE)
    places.first.wait_for()
    chance = random.Random(number)
    for _ in range(5):
        place = chance.choice([place for place in places.all() if place.is_visible()])
        left, width, y = middle(place)
        x = left + width * chance.random()
        before, scrolled = phone.evaluate(SET), phone.evaluate(SCROLLED)
        # At its top a page only scrolls down, at its end only up.
        up = chance.choice([way for way, room in ((1, scrolled), (-1, phone.evaluate(BELOW))) if room > 100])
        finger(*((x + chance.uniform(-4, 4), y + up * far) for far in (0, 3, 12, 30, 60, 100, 140)))
        phone.wait_for_function(f"(before) => Math.abs(({SCROLLED})() - before) > 50", arg=scrolled)
        assert phone.evaluate(SET) == before, (x - left, width)


@pytest.fixture
def slider(phone, app_url):
    """The slider of the logit on the first page, which begins at 1.2 of −10 … 10, and where its thumb is."""
    phone.goto(f"{app_url}/logistic-regression")
    drawn(phone)
    slider = phone.locator(".xlg input[type=range]")
    left, width, y = middle(slider)
    return slider, left + 9 + (width - 18) * (1.2 + 10) / 20, y


@pytest.mark.parametrize("beside", [0, -60])
def test_a_finger_that_goes_sideways_moves_the_slider_wherever_it_begins(phone, finger, slider, beside):
    slider, thumb, y = slider
    finger(*((thumb + beside + far, y) for far in (0, 4, 12, 25, 40)))
    expect(slider).not_to_have_value("1.2")
    moved = float(slider.input_value())
    assert moved > 3 if beside == 0 else moved < 1
    phone.wait_for_url(f"**z={moved:g}*")


@pytest.mark.parametrize("beside", [0, -40])
def test_a_tap_moves_nothing(phone, finger, slider, beside):
    slider, thumb, y = slider
    finger((thumb + beside, y))
    phone.locator(".xlg button").last.tap()
    phone.wait_for_url("**y=0*")
    assert slider.input_value() == "1.2"
    assert "z=" not in phone.url


def test_a_finger_that_is_taken_away_leaves_the_slider_as_it_was(phone, finger, slider):
    slider, thumb, y = slider
    seen = phone.locator(".xlg").inner_text()
    finger(*((thumb + far, y) for far in (0, 4, 12, 25, 40)), end="touchCancel")
    expect(slider).to_have_value("1.2")
    phone.wait_for_function("(seen) => document.querySelector('.xlg').innerText === seen", arg=seen)
    phone.locator(".xlg button").last.tap()
    phone.wait_for_url("**y=0*")
    assert "z=" not in phone.url


PIXELS = "() => document.querySelector('.xpb-image').toDataURL()"


def test_a_finger_paints_once_it_has_tapped_the_picture_until_it_touches_something_else(phone, finger, app_url):
    phone.goto(f"{app_url}/softmax?part=picture")
    drawn(phone)
    phone.wait_for_function("() => document.querySelector('.xpb-verdict').innerText")
    picture = phone.locator(".xpb-image")
    expect(phone.locator(".xpb-hint")).to_be_visible()
    left, width, y = middle(picture)
    down = [(left + width / 2, y + far) for far in (0, 4, 12, 30, 60, 100)]

    def paints(stroke):
        before, scrolled, url = phone.evaluate(PIXELS), phone.evaluate(SCROLLED), phone.url
        finger(*stroke)
        phone.wait_for_url(lambda now: now != url)
        assert phone.evaluate(SCROLLED) == scrolled
        return phone.evaluate(PIXELS) != before

    assert paints([(left + width / 4, y)])  # a tap
    assert paints(down)
    red = phone.get_by_label("Red")
    while not red.is_checked():
        red.tap()  # Chromium takes a touch that comes too soon after another for a double tap
    middle(picture)
    assert paints(down)
    phone.locator(".xpb-choices button[aria-pressed=true]").tap()
    middle(picture)
    before, scrolled = phone.evaluate(PIXELS), phone.evaluate(SCROLLED)
    finger(*((x, 2 * y - down) for x, down in down))  # upwards: the page may be at its top
    phone.wait_for_function(f"(before) => Math.abs(({SCROLLED})() - before) > 50", arg=scrolled)
    assert phone.evaluate(PIXELS) == before
    middle(picture)
    assert paints([(left + width / 4 + far, y + 20) for far in (0, 4, 12, 30, 60)])  # to the side


def test_a_finger_that_goes_sideways_moves_a_slider_of_streamlit(phone, finger, app_url):
    phone.goto(f"{app_url}/softmax-or-sigmoid?part=plane")
    drawn(phone)
    left, width, y = middle(phone.locator("[data-testid=stSlider] [role=group]").first)
    finger(*((left + width / 2 + far, y) for far in (0, 4, 12, 30, 60)))
    phone.wait_for_url(re.compile(r"spread=0\.[89]"))  # in the middle it would be 0.65
