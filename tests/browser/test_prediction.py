"""A bar, a point and a curve are dragged to where they are expected, and the gap to the truth stays marked."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import drawn
from tests.browser.test_stage import SIZES

GIVE = "That is my guess"
SAID = "[class*='st-key-live-prediction']"
# Whether the filled bar of a row takes this share of its room.
ENDS = """([row, share]) => {
    const [fill, room] = [".xprd-fill", ".xb-bar"].map((what) => row.querySelector(what).getBoundingClientRect().width);
    return Math.abs(fill / room - share) < 0.005;
}"""
SENT = "() => document.querySelector('.xprd').textContent"


def middle(node) -> tuple[float, float]:
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(tab, start: tuple[float, float], end: tuple[float, float]) -> None:
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move(*end, steps=8)
    tab.mouse.up()


def test_a_bar_is_dragged_and_moves_on_to_the_truth(visit):
    tab = visit("/softmax?predict=double_T")
    slider = tab.get_by_role("slider", name="Your guess: dog")
    box = slider.bounding_box()
    at = box["y"] + box["height"] / 2
    drag(tab, (box["x"] + 0.975 * box["width"], at), (box["x"] + 0.3 * box["width"], at))
    tab.get_by_role("button", name=GIVE).click()
    expect(tab.locator(SAID)).to_contain_text("Not that low")
    row = tab.locator(".xprd-row", has_text="dog")
    expect(row.locator(".xb-number")).to_have_text("0.69")
    tab.wait_for_function(ENDS, arg=[row.element_handle(), 0.6907])  # at the truth
    bar, tick, gap = (row.locator(what) for what in (".xb-bar", ".xprd-tick", ".xprd-gap"))
    whole, marked = bar.bounding_box(), gap.bounding_box()
    assert abs((middle(tick)[0] - whole["x"]) / whole["width"] - 0.3) < 0.03  # where it was let go
    assert abs(marked["width"] / whole["width"] - 0.39) < 0.03


def test_a_bar_is_moved_by_the_keyboard(visit, reach):
    tab = visit("/softmax?predict=gradient_way")
    reach("Your guess: dog")
    for _ in range(40):
        tab.keyboard.press("ArrowRight")
    reach(GIVE)
    tab.keyboard.press("Enter")
    expect(tab.locator(SAID)).to_contain_text("Yes")
    expect(tab.locator(SAID)).to_contain_text("your guess 0.40, and it is 0.50")
    expect(tab.locator(SAID)).to_have_attribute("role", "status")


def test_a_curve_is_drawn_in_one_sweep_and_the_area_between_is_marked(visit):
    tab = visit("/softmax?predict=loss_curve")
    box = tab.locator(".xprd-plot").bounding_box()
    place = lambda x, y: (box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"])  # noqa: E731
    drag(tab, place(0.02, 0.75), place(0.99, 0.25))
    values = [float(handle.get_attribute("aria-valuenow")) for handle in tab.locator(".xprd-handle").all()]
    expected = [12 * (0.75 - 0.5 * (step / 20 - 0.02) / 0.97) for step in (2, 4, 6, 8, 12, 16, 20)]
    assert values == pytest.approx(expected, abs=0.3)
    tab.get_by_role("button", name=GIVE).click()
    expect(tab.locator(SAID)).to_contain_text("falls faster than that")
    expect(tab.locator("path.xprd-between")).to_have_attribute("d", re.compile("Z$"))
    end = "() => document.querySelector('path.xprd-true').getAttribute('d').match(/[\\d.]+$/)[0]"
    tab.wait_for_function(f"() => ({end})() > 99")  # the loss of 0.04 at the end is next to the axis


def test_a_curve_is_drawn_by_the_keyboard(visit, reach):
    tab = visit("/softmax?predict=loss_curve")
    for step, presses in ((2, 33), (4, 63), (6, 72), (8, 74), (12, 74), (16, 74), (20, 74)):
        reach(f"The loss at step {step}", most=30)
        for _ in range(presses // 5):
            tab.keyboard.press("PageDown")
    reach(GIVE)
    tab.keyboard.press("Enter")
    expect(tab.locator(SAID)).to_contain_text("Yes")


def test_a_finger_drags_a_bar_sideways_and_steps_a_point_by_a_button(phone):
    tab = phone("/logistic-regression?predict=coin")
    plus = tab.locator(".xb-step").last
    for _ in range(70):
        plus.tap()
    tab.get_by_role("button", name=GIVE).tap()
    expect(tab.locator(SAID)).to_contain_text("Your guess: 0.70. It is 0.69.")


def test_the_truth_comes_to_the_browser_only_with_the_answer_and_leaving_brings_everything_back(visit):
    tab = visit("/softmax?predict=add_five&z=1,2,3,4,5,4,3,2,1,0")
    assert tab.locator(".xlb").count() == 0
    tab.get_by_role("button", name="Leave").click()
    expect(tab.locator(".xlb-table .xb-field").nth(4)).to_have_value("5.0")
    tab.wait_for_url("**/softmax?z=*")
    assert "predict" not in tab.url


@pytest.mark.parametrize("host", ["app_url", "script_url"])  # with and without our routes
def test_a_choice_is_made_on_the_picture_and_the_section_then_shows_it(tab, request, host):
    tab.goto(f"{request.getfixturevalue(host)}/softmax?predict=which_class")
    tab.wait_for_selector(".xprd-option")
    assert "0.34" not in tab.evaluate(SENT)  # the probability of the right one
    tab.locator(".xprd-option", has_text="horse").locator(".xprd-given").click()
    tab.get_by_role("button", name=GIVE).click()
    expect(tab.locator(".xprd-true")).to_contain_text("0.34")
    tab.get_by_role("button", name="Now move it yourself").click()
    expect(tab.locator(".xlb-table .xb-field").nth(4)).to_have_value("−6.0")
    expect(tab.locator(".xprd")).to_have_count(0)


def test_the_same_answer_counts_for_the_next_and_when_it_is_opened_again(visit):
    tab = visit("/logistic-regression?predict=too_fast")
    second, give = tab.locator(".xprd-option").nth(1), tab.get_by_role("button", name=GIVE)
    second.click()
    expect(give).to_be_enabled()
    tab.get_by_role("button", name="Leave").click()
    tab.get_by_role("button", name="Predict first").click()
    expect(tab.locator(".xprd-plot")).to_be_visible()  # the first of this section
    give.click()
    for ask in ("The same valley", "A gap separates"):
        tab.get_by_role("button", name="Next prediction").click()
        expect(tab.get_by_text(ask)).to_be_visible()
        expect(give).to_be_disabled()
        second.click()
        give.click()
        expect(tab.locator(SAID)).to_contain_text("Yes")


CLASS = """async ([module, data, answer]) => {
    const root = document.body.appendChild(document.createElement("div"));
    root.className = "xb";
    const draw = Object.values(await import(`http://explorer.test/prediction_board/${module}.js`))[0];
    const drawn = draw(root, data, () => {}, () => {});
    drawn.answer(answer);
    drawn.truth(answer);
    return [...root.querySelectorAll(".xprd-votes, .xprd-other")].map((node) => node.textContent || node.style.left);
}"""
WORDS = dict.fromkeys(("board", "x", "y", "yours", "truth", "drag"), "")


def test_the_answers_of_a_class_are_drawn_beside_the_truth(modules):
    shared = {"names": ["cat", "dog", "frog"], "colours": ["", "", ""], "words": WORDS}
    choice = {"picture": {"kind": "choice"}, "uncovered": {"truth": [1]}, "others": [[0], [1], [1], [1]]}
    assert modules.evaluate(CLASS, ["rows", shared | choice, [2]]) == ["1", "3", "0"]
    axis = {"low": -1, "high": 1, "mark": None}
    bar = {
        "picture": axis | {"kind": "bar", "asked": [1]},
        "uncovered": {"truth": [0.5], "then": [0, 0.5, 0]},
        "others": [[0], [1], [-0.5]],
    }
    assert modules.evaluate(CLASS, ["rows", shared | bar, [0]]) == ["50%", "100%", "25%"]
    point = {"picture": axis | {"kind": "point", "curve": None}, "uncovered": {"truth": [0.5]}, "others": [[0], [1]]}
    assert modules.evaluate(CLASS, ["chart", shared | point, [0]]) == ["50%", "100%"]
    curve = {
        "picture": {"kind": "curve", "low": 0, "high": 2, "at": [0, 1, 2], "first": 2},
        "uncovered": {"truth": [1, 0], "path": [[0, 1, 2], [2, 1, 0]]},
        "others": [[1, 1], [2, 2]],
    }
    assert len(modules.evaluate(CLASS, ["chart", shared | curve, [2, 2]])) == 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path", ["/softmax?predict=gradient_way", "/cross-entropy?predict=reverse", "/train?predict=on_pixels"]
)
def test_a_prediction_fits_on_the_first_screen(tab, app_url, path, size):
    width, height = SIZES[size]
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(app_url + path)
    drawn(tab)
    for node in (tab.locator(".xprd"), tab.get_by_role("button", name=GIVE)):
        box = node.bounding_box()
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width
