"""A preset that only moves a board is shown by it at once; Python's answer, held back here, then says the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import drawn


class Answers:
    """What the server sends to the tab: passed on at once or, while `held`, when it is let go."""

    def __init__(self, tab):
        self.tab = tab
        self.held = False
        self._kept = []
        tab.route_web_socket(re.compile(r"/_stcore/stream"), self._carry)

    def _carry(self, page):
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(lambda message: self._kept.append((page, message)) if self.held else page.send(message))

    def let_go(self, address: str = "") -> None:
        """Let go of all answers, and wait until the address has this in it, or else is another one."""
        before = self.tab.url
        self.held = False
        for page, message in self._kept:
            page.send(message)
        self._kept.clear()
        settled(self.tab, before, address)


@pytest.fixture
def answers(tab):
    """The server's answers to the tab."""
    return Answers(tab)


def settled(tab, before: str, address: str = "") -> None:
    """Wait until Python has written another address than `before`, or one with `address`, and the page is at rest."""
    tab.wait_for_url(lambda url: address in url if address else url != before)
    drawn(tab)


def pill(tab, name):
    return tab.locator("[class*=-preset] [role=radio]").filter(has_text=name)


def press(tab, name) -> None:
    """Press a preset that changes the address, and wait for the answer."""
    before = tab.url
    pill(tab, name).click()
    settled(tab, before)


# All that boards show: sliders and fields, what is chosen, and what stands in their figures.
SHOWN = """() => [...document.querySelectorAll(".xb:not(.xpr)")].map((board) => [
    board.innerText,
    ...[...board.querySelectorAll("input, select, button, [style]")].filter((node) => node.checkVisibility())
        .map((node) => [node.value, node.checked, node.ariaPressed, node.style.transform].join()),
]).join("\\n")"""

# A page, a preset that may wait for Python, and another one that then only moves the board.
ONLY_THE_BOARD = {
    "/logistic-regression": ("Sure and right", "Sure and wrong"),
    "/logistic-regression?part=likelihood": ("A fair coin", "Close to the maximum"),
    "/softmax": ("Sure and wrong", "Cat or dog?"),
    "/softmax?part=surface": ("Far out on the slope", "Loss: cat against dog"),
    "/softmax?part=samples": ("Easy", "One disaster in ten"),
    "/softmax?part=picture": ("A frame", "A triangle, shifted"),
    "/softmax-or-sigmoid": ("Sure of both labels", "None of them"),
    "/cross-entropy": ("One-hot label", "q rules out a possible class"),
    "/cross-entropy?part=claim": ("At the floor", "A teacher’s output"),
    "/cross-entropy?part=simplex": ("p in a corner", "p on an edge"),
}


@pytest.mark.parametrize("path", ONLY_THE_BOARD)
def test_what_a_board_shows_of_a_preset_before_the_answer_is_what_python_makes_of_it(visit, answers, path):
    first, second = ONLY_THE_BOARD[path]
    tab = visit(path)
    press(tab, first)
    before = tab.evaluate(SHOWN)
    answers.held = True
    pill(tab, second).click()
    tab.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)
    shown = tab.evaluate(SHOWN)
    answers.let_go()
    assert tab.evaluate(SHOWN) == shown
    expect(pill(tab, second)).to_have_attribute("aria-checked", "true")
    tab.reload()  # the address says what Python has
    drawn(tab)
    assert tab.evaluate(SHOWN) == shown


def cat(tab):
    return tab.get_by_role("slider", name="Logit cat")


POINT = "() => document.querySelector('.xf .js-plotly-plot').data.map(({ x }) => x).find((x) => x?.length === 1)?.[0]"


@pytest.mark.parametrize("key", ["", "Enter", "Space"])
def test_the_point_on_the_surface_is_where_the_preset_says_before_python_answers(visit, answers, key):
    tab = visit("/softmax?part=surface")
    verdict = tab.locator(".xlb-verdict")
    assert tab.evaluate(POINT) == 3.1
    tab.evaluate("""() => {
        window.said = [];
        const node = document.querySelector(".xlb-verdict");
        const note = () => window.said.push(node.textContent);
        new MutationObserver(note).observe(node, { childList: true, characterData: true, subtree: true });
    }""")
    answers.held = True
    chosen = pill(tab, "Far out on the slope")
    if key:
        chosen.focus()
        tab.keyboard.press(key)
    else:
        chosen.click()
    expect(verdict).to_contain_text("9.0")
    tab.wait_for_function(f"() => ({POINT})() === 0")
    answers.let_go()
    assert tab.evaluate(POINT) == 0
    assert len(tab.evaluate("window.said")) == 1, "it is read aloud once"


def test_the_lines_follow_a_preset_before_python_answers(visit, answers):
    tab = visit("/cross-entropy?part=claim")
    point = "() => document.querySelector('.xf-follower').getAttribute('transform')"
    before = tab.evaluate(point)
    answers.held = True
    pill(tab, "At the floor").click()
    tab.wait_for_function(f"(before) => ({point})() !== before", arg=before)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/softmax?part=surface&z=9,0,0,0,0,0,0,0,0,0", "Gradient of cat"),
        ("/softmax?part=surface&n=2&y=9", "Far out on the slope"),  # which would change the two classes
        ("/cross-entropy", "q = p"),  # a function of what is set
    ],
)
def test_a_preset_that_sets_more_than_the_board_waits_for_python(visit, answers, path, name):
    tab = visit(path)
    before = tab.evaluate(SHOWN)
    answers.held = True
    pill(tab, name).click()
    expect(pill(tab, name)).to_have_attribute("aria-checked", "true")
    assert tab.evaluate(SHOWN) == before
    answers.let_go()
    assert tab.evaluate(SHOWN) != before


def test_whoever_moves_the_board_right_after_a_preset_has_moved_it(visit, answers):
    tab = visit("/softmax")
    answers.held = True
    pill(tab, "Sure and right").click()
    expect(cat(tab)).to_have_value("9")
    cat(tab).press("ArrowLeft")
    answers.let_go("z=0%2C0%2C0%2C8.9%2C0")
    expect(cat(tab)).to_have_value("8.9")
    expect(pill(tab, "Sure and right")).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize(("name", "value"), [("Sure and wrong", "0"), ("Sure and right", "9")])
def test_a_preset_pressed_right_after_a_move_wins_though_it_may_still_be_marked(visit, answers, name, value):
    tab = visit("/softmax")
    press(tab, "Sure and right")
    answers.held = True
    cat(tab).press("ArrowLeft")
    pill(tab, name).click()
    expect(cat(tab)).to_have_value(value)
    there = "z=0%2C0%2C0%2C" + value
    answers.let_go(there)
    expect(pill(tab, name)).to_have_attribute("aria-checked", "true")
    expect(cat(tab)).to_have_value(value)
    tab.reload()
    drawn(tab)
    expect(cat(tab)).to_have_value(value)


def test_the_marked_preset_pressed_again_changes_nothing_and_is_marked(visit):
    tab = visit("/softmax")
    press(tab, "Sure and right")
    shown, there = tab.evaluate(SHOWN), tab.url
    pill(tab, "Sure and right").click()
    expect(pill(tab, "Sure and right")).to_have_attribute("aria-checked", "true")
    drawn(tab)
    assert (tab.evaluate(SHOWN), tab.url) == (shown, there)


@pytest.mark.parametrize(
    ("name", "slider", "value"), [("A fair coin", "Weight w", "0"), ("Upside down", "Weight w1", "-1.5")]
)
def test_of_sections_shown_together_the_board_beside_the_preset_moves(visit, answers, name, slider, value):
    tab = visit("/logistic-regression?show=presets,likelihood,surface")
    answers.held = True
    pill(tab, name).click()
    expect(tab.get_by_role("slider", name=slider, exact=True)).to_have_value(value)


def test_a_presented_preset_is_shown_at_once_too(visit, answers):
    tab = visit("/softmax?present=1")
    answers.held = True
    pill(tab, "Sure and right").click()
    expect(cat(tab)).to_have_value("9")
