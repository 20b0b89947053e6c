"""The page on softmax or sigmoid (E7) in a real browser: arithmetic, drags, labels, keyboard, the played descent."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from scipy.special import expit

from explorer.maths import losses, multi_label
from explorer.maths.descent import descend
from explorer.protocol.json_numbers import from_wire, to_wire
from explorer.shell.numbers import number

FIRST = [2.2, 1.9, -2.5, -1.0]
GENERATOR = np.random.default_rng(3)
CASES = [
    [GENERATOR.normal(scale=scale, size=6).tolist(), [0, *GENERATOR.integers(2, size=4).tolist(), 1]]
    for scale in (0.1, 1, 10, 300)
    for _ in range(5)
]
PAGE = "/softmax-or-sigmoid"
FUNCTIONS = {
    "multiLabelSoftmaxLoss": multi_label.softmax_loss,
    "multiLabelSoftmaxGradient": multi_label.softmax_loss_gradient,
    "sigmoidLosses": losses.binary_cross_entropy,
    "sigmoidGradient": multi_label.sigmoid_loss_gradient,
}


@pytest.fixture
def board(visit):
    """The page with its board drawn."""
    tab = visit(PAGE)
    tab.wait_for_selector("button.xbb-name")
    return tab


def test_the_functions_of_the_board_agree_with_python(board):
    script = """async ([name, cases]) => {
        const files = performance.getEntriesByType("resource").map((entry) => entry.name);
        const board = files.find((file) => file.endsWith("softmax_vs_sigmoid_board.js"));
        const { toWire } = await import(new URL("../shared/wire.js", board));
        const exported = (await import(new URL("multi_label.js", board)))[name];
        return cases.map((arguments_) => toWire(exported(...arguments_)));
    }"""
    for name, function in FUNCTIONS.items():
        found = from_wire(board.evaluate(script, [name, to_wire(CASES)]))
        for case, one in zip(CASES, found, strict=True):
            np.testing.assert_allclose(one, function(*case), rtol=1e-11, atol=1e-15, err_msg=f"{name} {case}")


def losses_of(tab):
    """The two losses that the board shows now."""
    return [text.rsplit("= ", 1)[1] for text in tab.locator(".xbb-values").all_inner_texts()]


def losses_become(tab, texts):
    """Wait until the board shows these two losses."""
    expect(tab.locator(".xbb-values")).to_have_text([re.compile(f"= {re.escape(text)}$") for text in texts])


def expected(logits, true):
    labels = np.isin(np.arange(4), true).astype(float)
    return [number(loss(logits, labels)) for loss in (multi_label.softmax_loss, multi_label.sigmoid_loss)]


def test_a_drag_moves_both_sides_before_the_release_and_reaches_python_after_it(board):
    assert losses_of(board) == expected(FIRST, [0, 1])
    slider = board.locator(".xbb-row input[type=range]").nth(2)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + 10 + (box["width"] - 20) * (FIRST[2] + 10) / 20, box["y"] + box["height"] / 2
    board.mouse.move(x, y)
    board.mouse.down()
    for step in range(1, 11):
        board.mouse.move(x + 3 * step, y)
    logits = [*FIRST]
    logits[2] = float(slider.input_value())
    assert logits[2] > FIRST[2] + 1
    text = expected(logits, [0, 1])[1]
    board.wait_for_function("(loss) => document.querySelectorAll('.xbb-values')[1].innerText.endsWith(loss)", arg=text)
    assert losses_of(board) == expected(logits, [0, 1])
    assert number(expit(logits).sum(), 3) in board.locator(".xbb-sum").nth(1).inner_text()
    assert "z=" not in board.url
    board.mouse.up()
    board.wait_for_url("**/softmax-or-sigmoid?z=*")


def test_labels_are_switched_by_keyboard_and_one_at_a_time_if_only_one_can_be_true(board):
    board.locator("button.xbb-name").nth(3).focus()
    board.keyboard.press("Space")
    board.wait_for_url(lambda url: "y=0%2C1%2C3" in url)
    losses_become(board, expected(FIRST, [0, 1, 3]))
    board.locator(".xbb-several input").focus()
    board.keyboard.press("Space")
    board.wait_for_url(lambda url: "several=0" in url)
    losses_become(board, expected(FIRST, [0]))
    board.locator("button.xbb-name").nth(2).click()
    board.wait_for_url(lambda url: "y=2" in url)
    losses_become(board, expected(FIRST, [2]))


def test_choosing_an_example_makes_a_row_for_each_of_its_classes(board):
    assert board.locator("button.xbb-name").count() == 4
    board.get_by_text("Ethnic group").click()
    board.wait_for_function("() => document.querySelectorAll('button.xbb-name').length === 5")
    assert "group E" in board.locator("button.xbb-name").nth(4).inner_text()
    board.get_by_text("Synthetic shapes").click()
    board.get_by_role("button", name="checkerboard", exact=True).wait_for()


def test_a_typed_logit_has_a_true_minus_and_what_is_beyond_the_limits_is_refused(board):
    field = board.locator("input.xbb-value").nth(2)
    assert field.input_value() == "−2.5"
    for typed, left in (("-7,25", "−7.25"), ("1001", "−7.25")):
        field.fill(typed)
        field.press("Enter")
        expect(field).to_have_value(left)
    assert losses_of(board) == expected([2.2, 1.9, -7.25, -1.0], [0, 1])


def test_a_played_descent_moves_the_points_and_stops_where_it_is_paused(visit):
    tab = visit(f"{PAGE}?part=descent&step=0")
    places = (
        "() => [...document.querySelectorAll('.xf-follower')].map((point) => point.getAttribute('transform')).join()"
    )
    tab.wait_for_function("() => document.querySelectorAll('.xf-follower').length >= 10")
    before = tab.evaluate(places)
    play = tab.locator(".xnb-play")
    play.click()
    tab.wait_for_function("() => parseInt(document.querySelector('.xnb-steer output').innerText.match(/\\d+/)) >= 5")
    assert tab.evaluate(places) != before
    assert "step=0" in tab.url
    play.click()
    tab.wait_for_url(re.compile("step=[1-9]"))
    step = int(re.search(r"\d+", tab.locator(".xnb-steer output").inner_text()).group())
    assert re.search(r"step=(\d+)", tab.url).group(1) == str(step)
    labels = np.array([1, 1, 0, 0])
    path = descend(lambda z: multi_label.softmax_loss_gradient(z, labels), FIRST, 1.0, step)
    shown = tab.locator(".xnb-group small").first.inner_text()
    assert number(multi_label.softmax_loss(path[-1], labels)) in shown


def test_a_label_switched_beside_the_descent_gives_a_new_floor(visit):
    tab = visit(f"{PAGE}?part=descent")
    tab.locator("button.xnb-name").nth(2).click()
    tab.locator("[class*='st-key-text-'] [data-testid=stCaptionContainer]", has_text="1.0986").wait_for()


@pytest.mark.parametrize("part", ["board", "descent", "plane", "two"])
def test_nothing_is_wider_than_a_telephone(visit, tab, part):
    tab.set_viewport_size({"width": 390, "height": 844})
    visit(f"{PAGE}?part={part}&z=-9,-9,9,9,0,0,0,0,0,0")
    wide = tab.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stMain] .xb *, [data-testid=stMain] .xf')]"
        ".filter((e) => e.getBoundingClientRect().right > 391).map((e) => e.className || e.tagName)"
    )
    assert wide == []
