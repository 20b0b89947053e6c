"""A file that does not come, and a drawing that fails: tried again, and at last said in its place, with a button."""

import pytest
from playwright.sync_api import expect

from explorer.shell import texts
from tests.browser.conftest import drawn, move

FAILED = "[data-failed]"
THROWS = """() => {
    let plotly;
    Object.defineProperty(window, "Plotly", {
        get: () => plotly,
        set(value) {
            const { react } = value;
            value.react = (...all) => {
                if (window.throwing-- > 0) throw new Error("not drawn");
                return react(...all);
            };
            plotly = value;
        },
    });
}"""

# Where something is to be shown, what it needs, and how it looks when it is shown.
FIGURE = "[data-testid=stMain] .xf[data-drawn] .main-svg"
NEEDED = {
    "plotly": ("/softmax?part=surface", "plotly/plotly.min.js", FIGURE),
    "module": ("/softmax", "logit_board/logit_board.js", ".xlb[data-ready]"),
    "imported module": ("/softmax", "shared/losses.js", ".xlb[data-ready]"),
    "style sheet": ("/softmax?part=surface", "logit_board/logit_board.css", ".xlb[data-ready]"),
    "array": ("/softmax?part=picture", "image_board/templates.npy", ".xpb-verdict:not(:empty)"),
    "what a run says of its samples": ("/train?run=synthetic&replay=1", "samples/0", ".xrm-card span:not(:empty)"),
    "pictures of a run": ("/train?run=synthetic", "samples.png", ".xrm-image[style*='blob:']"),
    "chart": ("/train?run=synthetic", "plotly/plotly.min.js", ".xrm-charts[data-view] .main-svg"),
}


@pytest.fixture
def fails(tab):
    """Return a function that lets the next requests for a file fail, and gives how many there still are to fail."""

    def fails(file, times):
        left = {"times": times}

        def answer(route):
            left["times"] -= 1
            if left["times"] >= 0:
                route.abort()
            else:
                route.continue_()

        tab.route(f"**/{file}", answer)
        return left

    return fails


@pytest.mark.parametrize("what", NEEDED)
def test_a_file_that_fails_once_is_asked_for_again(tab, app_url, fails, what):
    path, file, shown = NEEDED[what]
    left = fails(file, 1)
    tab.goto(app_url + path)
    tab.locator(shown).first.wait_for()
    assert left["times"] < 0
    assert not tab.locator(FAILED).count()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_does_not_come_is_said_in_its_place_and_comes_when_it_is_asked_for(tab, app_url, fails, language):
    words = texts.load(language, "softmax")
    names = ("plotly", "style sheet") if language == "en" else ("imported module", "plotly")
    left = [fails(NEEDED[name][1], 1000) for name in names]
    tab.goto(f"{app_url}/softmax?part=surface&lang={language}")
    notes = tab.locator(FAILED)
    expect(notes).to_have_count(len(names))
    for note in notes.all():
        expect(note).to_contain_text(words("component.failed"))
        assert note.get_attribute("role") == "alert"
    for file in left:
        file["times"] = 0
    for still in (1, 0):
        notes.first.get_by_role("button", name=words("component.again")).click()
        expect(notes).to_have_count(still)
    tab.locator(FIGURE).first.wait_for()
    tab.locator(".xlb[data-ready]").wait_for()


@pytest.mark.parametrize("what", ["plotly", "chart"])
def test_a_drawing_that_failed_once_is_drawn_again(tab, app_url, what):
    path, _, shown = NEEDED[what]
    tab.add_init_script(f"window.throwing = 1; ({THROWS})()")
    tab.goto(app_url + path)
    tab.locator(shown).first.wait_for()
    assert tab.evaluate("window.throwing") < 0
    assert not tab.locator(FAILED).count()


@pytest.mark.parametrize("what", ["plotly", "chart"])
def test_a_drawing_that_fails_always_is_said_and_later_ones_are_drawn(tab, app_url, what):
    path, _, shown = NEEDED[what]
    tab.add_init_script(f"window.throwing = 1000; ({THROWS})()")
    tab.goto(app_url + path)
    note = tab.locator(FAILED)
    note.wait_for()
    tab.evaluate("window.throwing = 0")
    note.get_by_role("button").click()
    tab.locator(shown).first.wait_for()
    expect(note).to_have_count(0)


def test_a_figure_that_fails_to_follow_a_change_shows_the_next_one(tab, visit):
    tab.add_init_script(f"window.throwing = 0; ({THROWS})()")
    visit("/softmax?part=surface")
    tab.evaluate("window.throwing = 1000")
    classes = tab.locator("button.xlb-name")
    classes.nth(0).click()
    tab.locator(FAILED).wait_for()
    tab.evaluate("window.throwing = 0")
    classes.nth(1).click()
    tab.locator(FIGURE).first.wait_for()
    expect(tab.locator(FAILED)).to_have_count(0)


# The files of the controls that are Streamlit's, a setting that such a control shows, and where.
CONTROLS = {
    "Selectbox": ("/softmax?part=surface", "a=4"),
    "Checkbox": ("/softmax?part=surface", "chord=1"),
    "ButtonGroup": ("/softmax?part=surface", "quantity=gradient"),
    "Slider": ("/softmax?part=descent", "steps=40"),
    "NumberInput": ("/softmax?part=descent", "rate=1.5"),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_that_comes_only_after_a_move_keeps_its_setting(tab, app_url, control):
    path, setting = CONTROLS[control]
    held = []
    file = f"**/static/js/{control}.*.js"
    tab.route(file, lambda route: held.append(route))
    tab.goto(f"{app_url}{path}&{setting}")
    move(tab)
    tab.wait_for_timeout(300)  # until the page shows the answer
    assert held
    for route in held:
        route.continue_()
    drawn(tab)
    move(tab)
    assert setting in tab.url
