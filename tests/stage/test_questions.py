"""The question of the moment: hint, answer, next, what counts as found, and what the browser knows already."""

from types import SimpleNamespace

import pytest

from explorer.pages.cross_entropy import asymmetry, claim, derivation, samples, simplex, surfaces
from explorer.pages.cross_entropy import board as distributions
from explorer.pages.logistic_regression import descent as logistic_descent
from explorer.pages.logistic_regression import likelihood, sample
from explorer.pages.logistic_regression import surface as sigmoid_surface
from explorer.pages.results import calibration, history, inside, landscape, microscope, own_picture, test_set
from explorer.pages.softmax import board, descent, hinge, mean_loss, numerics, surface, templates
from explorer.pages.softmax_or_sigmoid import board as both
from explorer.pages.softmax_or_sigmoid import descent as both_descents
from explorer.pages.softmax_or_sigmoid import plane, two
from explorer.pages.train import questions as training
from explorer.shell import texts
from explorer.shell.texts import LANGUAGES
from explorer.stage import questions

SECTIONS = {
    "logistic_regression": {
        "sample": sample.Sample,
        "surface": sigmoid_surface.SigmoidSurface,
        "likelihood": likelihood.Likelihood,
        "descent": logistic_descent.Descent,
    },
    "softmax": {
        "board": board.Board,
        "surface": surface.Surface,
        "samples": mean_loss.MeanLoss,
        "numerics": numerics.Numerics,
        "descent": descent.Descent,
        "hinge": hinge.Hinge,
        "picture": templates.Templates,
    },
    "softmax_or_sigmoid": {
        "board": both.Board,
        "descent": both_descents.Descent,
        "plane": plane.Plane,
        "two": two.TwoClasses,
    },
    "results": {
        "microscope": microscope.Microscope,
        "time": history.History,
        "whole": test_set.WholeTestSet,
        "calibration": calibration.Calibration,
        "inside": inside.Inside,
        "landscape": landscape.LossLandscape,
        "own_picture": own_picture.OwnPicture,
    },
    "cross_entropy": {
        "board": distributions.Board,
        "samples": samples.Samples,
        "claim": claim.Claim,
        "derivation": derivation.Derivation,
        "surfaces": surfaces.BothSurfaces,
        "simplex": simplex.Simplex,
        "asymmetry": asymmetry.Asymmetry,
    },
}
ANSWERS = [
    (page, part, name)
    for page, sections in SECTIONS.items()
    for part, section in sections.items()
    for name in section.answers
]


def asked(app, page: str = "softmax", part: str = "board") -> str:
    return app.session_state[f"{page}.{part}.question"]


def press(app, what: str, page: str = "softmax", part: str = "board"):
    app.button(key=f"{page}.{part}.question.{what}").click().run()
    assert not app.exception


def show_answer(app, name: str, page: str, part: str):
    """Go on to a question, ask for its hint and be shown what answers it."""
    for _ in SECTIONS[page][part].answers:
        if asked(app, page, part) == name:
            break
        press(app, "next", page, part)
    press(app, "ask_hint", page, part)
    press(app, "show", page, part)


def known(app) -> dict:
    return app.session_state[questions.KNOWN]


def line(app, text: str) -> str:
    """Return the line that shows a text, with the icon before it."""
    (found,) = [element.value for element in app.markdown if element.value.endswith(text)]
    return found


@pytest.mark.parametrize(("page", "part", "name"), ANSWERS)
def test_show_me_sets_what_answers_the_question_and_does_not_count_as_found(open_page, page, part, name):
    app = open_page(page, part=part)
    show_answer(app, name, page, part)
    words = texts.load("en", page)
    assert words(f"questions.{name}.answer") in [success.value for success in app.success]
    assert known(app)[f"{page}.{name}"] == "shown"
    assert "found" not in known(app).values()
    press(app, "next", page, part)
    assert "found" not in known(app).values()


@pytest.mark.parametrize(
    ("page", "part", "question"),
    [
        ("softmax", "descent", "turning_point"),
        ("softmax", "board", "ln10"),
        ("cross_entropy", "board", "infinite"),
        ("cross_entropy", "derivation", "half"),
    ],
)
def test_what_answers_a_question_is_shown_with_the_classes_that_it_speaks_of(open_page, page, part, question):
    app = open_page(page, part=part, names="shapes")
    show_answer(app, question, page, part)
    assert app.session_state[f"{page}.names"] == "classes"


@pytest.mark.parametrize(("page", "part"), [(page, part) for page in SECTIONS for part in SECTIONS[page]])
def test_every_question_of_a_section_can_be_answered(open_page, page, part):
    app = open_page(page, part=part)
    names = set()
    for _ in range(len(SECTIONS[page][part].answers) + 1):
        names.add(asked(app, page, part))
        press(app, "next", page, part)
    assert names == set(SECTIONS[page][part].answers)


@pytest.mark.parametrize("page", SECTIONS)
def test_all_questions_that_are_counted_are_asked(page):
    assert SECTIONS[page].keys() == texts.load("en", page).table("see").keys()
    asked = [name for section in SECTIONS[page].values() for name in section.answers]
    assert sorted(asked) == sorted(texts.load("en", page).table("questions"))


def test_all_questions_of_the_training_page_are_asked_of_some_run():
    assert {*training.ANSWERED, *training.about(None, None, [])} == texts.load("en", "train").table("questions").keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", sorted({name.partition(".")[0] for name in questions.every()}))
def test_every_question_has_a_short_hint_that_is_not_its_answer(language, page):
    words = texts.load(language, page)
    for name, question in words.table("questions").items():
        assert 0 < len(question["hint"]) <= 100, name
        assert question["hint"] not in (question["ask"], question["answer"])


def test_a_hint_stands_below_its_question_until_the_next(open_page):
    app = open_page("softmax")
    words = texts.load("en", "softmax")
    name = asked(app)
    assert line(app, words(f"questions.{name}.ask"))
    assert not [button for button in app.button if button.label == words("question.show")]
    press(app, "ask_hint")
    assert words(f"questions.{name}.ask") in line(app, words(f"questions.{name}.hint"))
    press(app, "next")
    assert asked(app) != name
    assert line(app, words(f"questions.{asked(app)}.ask"))


def test_the_questions_follow_one_another_and_begin_again(open_page):
    app = open_page("softmax")
    names = list(board.ANSWERS)
    for i in range(len(names) + 1):
        assert asked(app) == names[i % len(names)]
        count = texts.load("en", "softmax")("question.count", i=i % len(names) + 1, n=len(names))
        assert count in [caption.value for caption in app.caption]
        press(app, "next")


def test_what_the_hand_finds_counts_as_found_and_is_the_question_that_is_shown(open_page):
    app = open_page("softmax")
    assert asked(app) == "ln10"
    app.session_state["softmax.z"] = (0, 0, 0, 10, 0, 0, 0, 0, 0, 0)
    app.run()
    assert known(app) == {"softmax.never_zero": "found"}
    words = texts.load("en", "softmax")
    assert line(app, words("questions.never_zero.ask")).startswith(questions.ICONS["found"])
    press(app, "ask_hint")
    press(app, "show")
    assert known(app) == {"softmax.never_zero": "found"}


def test_what_an_opened_run_answers_is_found_once_it_has_been_left(monkeypatch):
    state = {}
    monkeypatch.setattr(questions.st, "session_state", state)
    page = SimpleNamespace(settings=SimpleNamespace(page="results"))

    def found(opened, **answered):
        return {name for name, is_found in questions.by_visitor(page, "whole", answered, opened).items() if is_found}

    assert found("", a=False, b=True) == {"b"}, "no run: what is set is the visitor's"
    assert found("one", a=True, b=False) == set()
    assert found("one", a=True, b=True) == {"b"}
    assert found("one", a=False, b=True) == {"b"}
    assert found("one", a=True, b=True) == {"a", "b"}
    assert found("two", a=True, b=False) == set()


def test_of_two_that_are_found_at_once_the_one_that_was_asked_is_shown(open_page):
    # The product is 0 from the last sample on, and the loss is next to its least value.
    app = open_page("logistic_regression", part="likelihood", w="1.5", b="0", m="1615")
    assert known(app) == {"logistic_regression.first_zero": "found", "logistic_regression.by_hand": "found"}
    assert asked(app, "logistic_regression", "likelihood") == "first_zero"


def test_what_was_shown_once_stays_shown_when_the_hand_finds_it_again(open_page):
    app = open_page("softmax")
    press(app, "ask_hint")
    press(app, "show")
    answer = app.session_state["softmax.z"]
    app.session_state["softmax.z"] = (0,) * 10
    app.run()
    app.session_state["softmax.z"] = answer
    app.run()
    assert known(app) == {"softmax.ln10": "shown"}


def test_whoever_comes_back_is_asked_what_is_not_known_yet(open_page, monkeypatch):
    earlier = {"softmax.ln10": "found", "softmax.never_zero": "shown"}
    monkeypatch.setattr(questions, "known", lambda: earlier)
    assert asked(open_page("softmax")) == "shift"


def test_what_was_found_just_now_stays_when_the_browser_tells_of_earlier_visits(monkeypatch):
    state = {questions.KNOWN: {"softmax.shift": "found"}, "softmax.board.question": "shift"}
    monkeypatch.setattr(questions.st, "session_state", state)
    questions.remember({"softmax.ln10": "found"})
    assert questions.known() == {"softmax.shift": "found", "softmax.ln10": "found"}
    assert state["softmax.board.question"] == "shift"


HOSTILE = [
    None,
    "found",
    ["softmax.ln10"],
    {"softmax.ln10": "<script>"},
    {"softmax.ln10": ["found"]},
    {"softmax.ln10": None},
    {"nothing.at_all": "found"},
    {"../../common.pages": "found"},
    {f"softmax.{i}": "found" for i in range(100_000)},
    {7: "found", None: "shown"},
]


@pytest.mark.parametrize("news", HOSTILE, ids=lambda news: str(news)[:30])
def test_what_a_browser_makes_up_is_not_taken_over(monkeypatch, news):
    state = {}
    monkeypatch.setattr(questions.st, "session_state", state)
    questions.remember(news)
    assert questions.known() == {}


def test_what_the_browser_knows_is_taken_over_and_the_question_chosen_anew(monkeypatch):
    state = {"softmax.board.question": "ln10", "softmax.board.question.hint": True}
    monkeypatch.setattr(questions.st, "session_state", state)
    questions.remember({"softmax.ln10": "found", "softmax.shift": "shown", "softmax.gone": "found"})
    assert questions.known() == {"softmax.ln10": "found", "softmax.shift": "shown"}
    assert "softmax.board.question" not in state
