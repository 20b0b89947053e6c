"""A page on paper, in a real browser: a worksheet in light colours, with its figures, and nothing cut or dead on it."""

import re
import tomllib
from pathlib import Path

import pytest

from explorer.stage import page as shell_page

SCENE = "/softmax?part=surface"
PATHS = (
    "/",
    "/logistic-regression?part=descent",
    SCENE,
    "/softmax?part=numerics",
    "/cross-entropy?part=surfaces",
    "/results",
    "/results?part=calibration",
    "/results?part=whole",
    "/train?run=synthetic",
    "/guess",
    "/essay",
    "/glossary",
)
# Colours of letters that could hardly be read on white; the letters on coloured ground have one of their own.
PALE = """() => {
    const dark = (colour) => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
        return 1 - a * (1 - (0.3 * r + 0.59 * g + 0.11 * b) / 255) < 0.62;
    };
    const all = (names) => [...document.querySelectorAll(`.stMain :is(${names})`)];
    const letters = all('p, h1, h2, h3, li, label, td, th, span, input, b, dt, dd')
        .filter((node) => node.checkVisibility() && node.innerText?.trim() && !dark(getComputedStyle(node).color));
    const ticks = all('.xtick text, .ytick text, text.xtitle, text.ytitle, text.legendtext')
        .filter((node) => !dark(getComputedStyle(node).fill));
    return [...letters, ...ticks].map((node) => node.outerHTML.slice(0, 200));
}"""
DEAD = """() => [...document.querySelectorAll('.stMain :is(button, a, summary, [type=file])')]
    .filter((node) => node.checkVisibility() && !node.closest('p, li, [data-testid=stExpanderDetails]'))
    .filter((node) => !node.matches('[aria-checked=true], [class$="-name"], .xb-shows'))
    .map((node) => node.outerHTML.slice(0, 200))"""
# Whatever the width of the paper, of which a script learns nothing: no frame is between the change and the look.
CUT = """() => {
    const main = document.querySelector('.stMainBlockContainer');
    main.style.width = '750px'; // A4 between margins of 25 mm, at the size of the style sheet
    const { right } = main.getBoundingClientRect();
    const cut = [...main.querySelectorAll('.main-svg, .xp-scene, table, .xb, .stMarkdown, img')]
        .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > right + 4)
        .map((node) => node.outerHTML.slice(0, 120));
    main.style.width = '';
    return cut;
}"""
# Fields that do not show all of their numbers.
CROWDED = """() => [...document.querySelectorAll('.stMain .xb-field')]
    .filter((field) => field.checkVisibility() && field.scrollWidth > field.clientWidth + 1)
    .map((field) => field.outerHTML.slice(0, 120))"""
INK = """() => [...document.querySelectorAll('.xp-scene')].map((picture) => {
    const { data } = picture.getContext('2d').getImageData(0, 0, picture.width, picture.height);
    let [drawn, pale] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
        drawn += data[i + 3] > 0;
        pale += data[i + 3] > 200 && Math.min(data[i], data[i + 1], data[i + 2]) > 225;
    }
    return [picture.width, drawn / picture.width / picture.height, pale / drawn];
})"""


@pytest.fixture
def on_paper(visit, tab):
    """Return a function that opens a path as if it were printed, from a dark screen."""

    def on_paper(path: str):
        tab.emulate_media(color_scheme="dark", media="screen")
        page = visit(path)
        page.emulate_media(color_scheme="dark", media="print")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.main-svg')].every((drawing) => drawing.getAttribute('viewBox'))"
        )
        return page

    return on_paper


@pytest.mark.parametrize("path", PATHS)
def test_a_page_on_paper_is_dark_on_white_with_nothing_dead_and_nothing_cut(on_paper, path):
    page = on_paper(path)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(PALE) == []
    assert page.evaluate(DEAD) == []
    assert page.evaluate(CUT) == []
    assert page.evaluate(CROWDED) == []


@pytest.mark.parametrize("path", [SCENE, "/cross-entropy?part=surfaces", "/cross-entropy?part=simplex&view3=surface"])
def test_a_picture_stands_for_a_scene_on_paper_and_goes_afterwards(on_paper, path):
    page = on_paper(path)
    eyes = "() => [...document.querySelectorAll('.gl-container')].map((node) => node.parentNode.parentNode.parentNode)"
    camera = f"() => ({eyes})().map((plot) => JSON.stringify(plot._fullLayout.scene._scene.getCamera()))"
    before = page.evaluate(camera)
    for width, drawn, pale in page.evaluate(INK):
        assert width >= 1000 and drawn > 0.02, "too coarse, or blank"
        assert pale < 0.5, "light letters on white paper"
    page.emulate_media(color_scheme="dark", media="screen")
    page.wait_for_selector(".xp-scene", state="detached")
    page.wait_for_selector(".main-svg[viewBox]", state="detached")
    light = "() => getComputedStyle(document.querySelector('.xf .js-plotly-plot')).color"
    assert page.evaluate(light) == "rgb(233, 235, 241)"
    assert page.evaluate(camera) == before


def test_a_printed_file_holds_the_picture_of_the_scene_as_paper_needs_it(visit):
    page = visit(SCENE)
    widths = [int(width) for width in re.findall(rb"/Width (\d+)", page.pdf(format="A4"))]
    assert max(widths, default=0) >= 1000
    assert not page.locator(".xp-scene").count(), "what was for paper alone is gone"


def test_the_questions_stand_open_on_paper_with_room_to_write_and_those_answered_with_their_answers(on_paper):
    page = on_paper("/softmax?z=0,0,0,0,0,0,0,0,0,0")
    questions = page.locator("[class*=-worksheet-] li")
    assert questions.count() >= 3
    room = [question.bounding_box()["height"] for question in questions.all()]
    assert all(question.is_visible() for question in questions.all()) and min(room) > 60
    page = on_paper("/softmax?z=1,0,0,0,0,0,0,0,0,0&y=0&T=1")
    page.emulate_media(color_scheme="dark", media="screen")
    assert not page.locator("[class*=-worksheet-]").first.is_visible()


def test_paper_has_the_colours_of_the_light_theme():
    config = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]["light"]
    sheet = Path(shell_page.__file__).with_name("print.css").read_text("utf-8")
    for name, colour in config.items():
        option = re.sub("([A-Z])", lambda letter: f"-{letter[1].lower()}", name)
        assert f"--paper-{option}: {colour};" in sheet


def test_a_lesson_plan_on_paper_names_the_view_of_each_step(on_paper):
    page = on_paper("/teach")
    assert page.evaluate(PALE) == []
    assert page.evaluate(CUT) == []
    for step in page.locator("[class*=st-key-plan-step-] a").all():
        assert step.is_visible()
