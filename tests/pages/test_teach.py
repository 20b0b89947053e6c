"""The page for teachers: its links open what they name, times and numbers are right, no answer is missing."""

import math
import urllib.parse

import pytest

from explorer.pages.shared.views import View
from explorer.pages.teach.answers import ASKED
from explorer.pages.teach.plans import PLANS, VIEWS
from explorer.shell import texts
from explorer.stage import questions
from explorer.stage.page import PAGES
from tests.stage.test_questions import SECTIONS

# What the plans say, and what it is computed from.
NUMBERS = {"3.05": math.log1p(math.exp(3)), "0.95": 1 / (1 + math.exp(-3)), "0.69": math.log(2), "2.30": math.log(10)}
KEY = [page for page in PAGES if texts.load("en", page).has("questions")]


def links(app) -> list[View]:
    """Return the views that a page links to, but for those in the row of navigation."""
    names = {path: name for name, path in PAGES.items()}
    found = [link.proto for link in app.get("page_link")][len(PAGES) :]
    queries = [dict(urllib.parse.parse_qsl(proto.query_string)) for proto in found]
    assert all(query.pop("lang") == app.session_state["language"] for query in queries)
    return [View(names[proto.page.replace("_", "-")], query) for proto, query in zip(found, queries, strict=True)]


@pytest.mark.parametrize("step", VIEWS)
def test_every_link_of_the_plans_opens_the_view_that_it_names(opens, step):
    opens(VIEWS[step])


@pytest.mark.parametrize("lesson", PLANS)
def test_a_lesson_fills_its_time(lesson):
    ends = list(PLANS[lesson].values())
    assert ends == sorted(set(ends))
    assert ends[-1] == int(lesson)


def test_every_step_belongs_to_a_lesson_and_has_its_texts():
    steps = {step for lesson in PLANS.values() for step in lesson}
    assert steps == VIEWS.keys() == texts.load("en", "teach").table("steps").keys()


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("lesson", PLANS)
def test_a_plan_shows_each_step_with_its_minutes_link_question_and_wrong_answer(open_page, shown, lesson, language):
    app, words = open_page("teach", language, part=lesson), texts.load(language, "teach")
    text, begin = shown(app), 0
    for step, end in PLANS[lesson].items():
        assert f"**{begin}–{end}**" in text
        assert words(f"steps.{step}.ask") in text and words(f"steps.{step}.wrong") in text
        begin = end
    assert links(app) == [View(VIEWS[step].page, dict(VIEWS[step].settings)) for step in PLANS[lesson]]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("said", NUMBERS)
def test_the_numbers_are_right(said, language):
    assert said in str(texts.load(language, "teach").table("steps")) and f"{NUMBERS[said]:.2f}" == said


def test_in_the_minute_of_the_unequal_logits_the_squared_error_hardly_pulls():
    p = 1 / (1 + math.exp(-float(VIEWS["pull"].settings["z"])))
    assert abs(2 * (p - 1) * p * (1 - p)) < 0.01 < abs(p - 1)


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("page", KEY)
def test_the_key_has_every_question_of_a_page_with_hint_and_answer(open_page, shown, page, language):
    app = open_page("teach", language, part="answers")
    words = texts.load(language, page)
    first = next(iter(words.table("questions")))
    assert words(f"questions.{first}.answer") not in shown(app), "behind a click"
    app.session_state[f"teach.open.{page}"] = True
    text = shown(app.run())
    for question in words.table("questions"):
        for what in ("ask", "hint", "answer"):
            assert words(f"questions.{question}.{what}") in text
    assert links(app) == [View(page, {"part": part} if part else {}) for part in ASKED.get(page, [""])]


def test_the_key_names_the_section_in_which_each_question_is_asked():
    assert {page: {part: set(names) for part, names in parts.items()} for page, parts in ASKED.items()} == {
        page: {part: set(section.answers) for part, section in sections.items()} for page, sections in SECTIONS.items()
    }
    assert {name.partition(".")[0] for name in questions.every()} == set(KEY)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_offer_to_play_with_a_class_and_the_leader_of_a_round_lead_to_it(
    open_page, shown, cookies, gatherings, language
):
    link = texts.load(language, "guess")("class.plans")
    assert link.endswith(f"(teach?lang={language})")
    app = open_page("guess", language)
    assert link in shown(app)
    app.button(key="guess.start").click().run()
    assert app.session_state["guess.round"]
    assert link in shown(app)
