"""What a visitor has found out is kept in the browser between visits, and counted in the navigation."""

import json

import pytest
from playwright.sync_api import expect

from explorer.stage import questions
from tests.browser.test_stage import SIZES

STORE = "explorer.questions"
STORED = f"() => JSON.parse(localStorage.getItem('{STORE}'))"
COUNT = ".st-key-navigation-progress"
SOLVED = "/softmax?z=0,0,0,10,0,0,0,0,0,0"  # a loss below 0.001


def line(tab):
    return tab.locator("[class*='st-key-question-']")


def test_what_is_found_is_kept_between_visits_and_counted_and_not_asked_again(visit):
    tab = visit("/softmax")
    expect(tab.locator(f"{COUNT} span")).to_be_hidden()
    tab.locator(".xlb-table .xb-field").nth(3).fill("14")
    tab.keyboard.press("Enter")
    expect(tab.locator("[class*='st-key-answer-']")).to_be_visible()
    expect(tab.locator(COUNT)).to_have_text("Answers found: 1")
    expect(line(tab)).to_contain_text("below 0.001")
    tab = visit("/softmax")
    expect(tab.locator(COUNT)).to_have_text("Answers found: 1")
    assert tab.evaluate(STORED) == {"softmax.never_zero": "found"}
    for _ in range(4):
        assert "check_circle" not in line(tab).inner_html()
        count = line(tab).get_by_text(" of 5").inner_text()
        line(tab).get_by_role("button").last.click()
        expect(line(tab).get_by_text(count, exact=True)).to_have_count(0)
        if "2 of 5" in line(tab).inner_text():
            break
    expect(line(tab)).to_contain_text("check_circle")


def test_an_answer_stays_until_it_is_closed_and_comes_again_when_it_is_found_again(visit):
    tab = visit(SOLVED)
    answer = tab.locator("[class*='st-key-answer-']")
    answer.get_by_role("button", name="Close").click()
    expect(answer).to_have_count(0)
    field = tab.locator(".xlb-table .xb-field").nth(3)
    for value, count in (("1", 0), ("14", 1), ("1", 1)):
        field.fill(value)
        field.press("Enter")
        tab.wait_for_url(f"**z=0%2C0%2C0%2C{value}%2C*")
        expect(answer).to_have_count(count)
    line(tab).get_by_role("button").last.click()
    expect(answer).to_have_count(0)


SEEN = """(what) => [...document.querySelectorAll(what)].filter((node) =>
    node.checkVisibility({ visibilityProperty: true }) && node.offsetWidth > 1)"""
FIGURES = "[class*='st-key-stage-figure'] :is(.xf, .xb)"
SLIDERS = "[class*='st-key-stage-controls'] :is(input[type=range], [role=slider])"
# What an answer lies over: of the figures, or on a phone of the one that stays in sight and of the first sliders.
COVERED = f"""([figures, sliders]) => {{
    const seen = {SEEN};
    const {{ top, right, bottom, left }} = seen("[class*='st-key-answer-']")[0].getBoundingClientRect();
    const kept = innerWidth < 900 ? [seen(figures)[0], ...seen(sliders).slice(0, 3)] : seen(figures);
    return kept.filter((node) => {{
        const box = node.getBoundingClientRect();
        return box.left < right && left < box.right && box.top < bottom && top < box.bottom;
    }}).map((node) => node.className);
}}"""
# Whether the answer, and on a wide screen all of the figure, is on the first screen.
IS_SEEN = f"""(figures) => {{
    const seen = {SEEN};
    const all = [...seen("[class*='st-key-answer-'] p"), ...(innerWidth < 900 ? [] : seen(figures))];
    return Math.max(...all.map((node) => node.getBoundingClientRect().bottom)) <= innerHeight;
}}"""
TOP = "(node) => node.getBoundingClientRect().top"


@pytest.mark.parametrize(
    "path",
    ["/softmax", "/cross-entropy", "/logistic-regression", "/softmax-or-sigmoid?part=two", "/results?part=whole"],
)
def test_an_answer_lies_over_nothing_of_what_it_is_about(visit, path):
    tab = visit(path)
    line(tab).get_by_role("button", name="Hint").click()
    line(tab).get_by_role("button", name="Show me").click()
    answer = tab.locator("[class*='st-key-answer-']")
    expect(answer).to_be_visible()
    for width, height in SIZES.values():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_function(IS_SEEN, arg=FIGURES)
        assert tab.evaluate(COVERED, [FIGURES, SLIDERS]) == []
    tab.set_viewport_size({"width": 1280, "height": 720})
    controls = tab.locator("[class*='st-key-stage-controls']").last
    before = controls.evaluate(TOP)
    answer.get_by_role("button", name="Close").click()
    expect(answer).to_have_count(0)
    assert controls.evaluate(TOP) == before


def test_what_was_shown_is_kept_too_and_never_counted(visit):
    tab = visit("/softmax")
    line(tab).get_by_role("button", name="Hint").click()
    line(tab).get_by_role("button", name="Show me").click()
    expect(tab.locator("[class*='st-key-answer-']")).to_contain_text("one tenth")
    tab.wait_for_function(f"() => ({STORED})()?.['softmax.ln10'] === 'shown'")
    expect(tab.locator(f"{COUNT} span")).to_be_hidden()
    tab = visit("/softmax")
    expect(line(tab)).to_contain_text("below 0.001")
    expect(tab.locator(f"{COUNT} span")).to_be_hidden()


def test_questions_of_every_page_are_known_again(tab, visit, app_url):
    everything = dict.fromkeys(questions.every(), "found")
    tab.goto(f"{app_url}/_stcore/health")
    tab.evaluate(f"(found) => localStorage.setItem('{STORE}', JSON.stringify(found))", everything)
    visit("/")
    expect(tab.locator(COUNT)).to_have_text(f"Answers found: {len(everything)}")
    expect(tab.locator(".st-key-found")).to_contain_text(f"{len(everything)} of {len(everything)}")
    assert tab.evaluate(STORED) == everything


HOSTILE = [
    "{",
    "null",
    "7",
    '"found"',
    '["softmax.ln10"]',
    json.dumps({"softmax.ln10": "<img src=x onerror=alert(1)>", "softmax.shift": {"found": 1}}),
    json.dumps({"__proto__": "found", "constructor": "found", "<b>.x": "found"}),
    json.dumps({f"softmax.q{i}": "found" * 2000 for i in range(300)}),
]


@pytest.mark.parametrize("stored", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_else_is_stored_there_does_no_harm(tab, visit, app_url, stored):
    tab.goto(f"{app_url}/_stcore/health")
    tab.evaluate(f"(stored) => localStorage.setItem('{STORE}', stored)", stored)
    visit(SOLVED)
    expect(tab.locator(COUNT)).to_have_text("Answers found: 1")
    assert tab.evaluate(STORED) == {"softmax.never_zero": "found"}


def test_a_hint_is_read_below_its_question_and_the_stage_moves_by_no_more_than_a_line(visit, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    visit("/train")  # the longest question
    figure = tab.locator("[class*='st-key-stage-figure']")
    before, text = figure.evaluate(TOP), line(tab).locator("p")
    line(tab).get_by_role("button", name="Hint").click()
    expect(text).to_contain_text(["what do the templates look like?", "press Start"])
    assert 0 <= figure.evaluate(TOP) - before <= 22
    assert figure.bounding_box()["y"] + figure.bounding_box()["height"] <= 720


def test_on_a_phone_a_touch_opens_a_long_question_and_the_next_one_elsewhere_closes_it(phone):
    tab = phone("/cross-entropy")
    text, figure = line(tab).locator("> *").first, tab.locator("[class*='st-key-stage-figure'] .xb").first
    is_whole = "(node) => node.scrollWidth <= node.clientWidth"
    height, top = text.bounding_box()["height"], figure.evaluate(TOP)
    assert not text.evaluate(is_whole)
    text.tap()
    expect(line(tab).get_by_text("1 of 4")).to_be_visible()
    assert text.evaluate(is_whole) and text.bounding_box()["height"] > height
    text.tap()
    expect(line(tab).get_by_text("1 of 4")).to_be_hidden()
    line(tab).get_by_role("button", name="Hint").tap()
    line(tab).get_by_role("button", name="Show me").wait_for()
    assert text.evaluate(is_whole)
    for read in (text.locator("p").first, text.locator("p").last):
        expect(read).to_be_in_viewport(ratio=1)
    assert figure.evaluate(TOP) == top
    tab.locator(f"{SLIDERS}:visible").nth(1).tap()
    expect(line(tab).get_by_text("1 of 4")).to_be_hidden()
    expect(text.locator("p").last).to_be_hidden()
    assert figure.evaluate(TOP) == top
