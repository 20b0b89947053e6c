"""Predict first: started, answered, uncovered and left on a page, without the browser's part of it."""

import json

import pytest

from explorer.predictions.table import SITUATIONS, of_page, of_section
from explorer.shell import texts
from explorer.stage import prediction
from explorer.stage.page import PAGES

PREDICT = texts.load("en", "predictions")
OWN = "1,2,3,4,5,4,3,2,1,0"  # logits of the visitor's own


pytestmark = pytest.mark.usefixtures("cookies")


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception


def boards(app) -> list[str]:
    return [e.proto.component_name.removeprefix("explorer.") for e in app.get("bidi_component")]


def sent(app) -> dict:
    """Return what the browser is sent of the prediction."""
    (board,) = [e.proto.bytes for e in app.get("bidi_component") if e.proto.component_name.endswith("prediction_board")]
    return json.loads(board)


def give(app, *numbers: float):
    app.session_state["predict.present"]["answer"] = numbers  # as the board says
    app.run()
    press(app, "predict.give")


def test_a_prediction_is_started_answered_uncovered_and_left(open_page, shown):
    app = open_page("softmax", z=OWN, y="7")
    press(app, "softmax.board.predict")
    assert app.session_state["softmax.predict"] == "which_class"
    assert PREDICT("situations.which_class.ask") in shown(app)
    assert app.button(key="predict.give").disabled
    give(app, 4)
    assert PREDICT("situations.which_class.said.farthest", guess="deer") in shown(app)
    assert PREDICT("predict.gap.choice", guess="deer", truth="horse") in shown(app)
    assert PREDICT("predict.standing", right=0, n=1) in shown(app)
    press(app, "predict.next")
    assert app.session_state["softmax.predict"] == "loss_or_ln10"
    give(app, 3.0)
    assert PREDICT("situations.loss_or_ln10.said.right") in shown(app)
    assert PREDICT("predict.standing", right=1, n=2) in shown(app)
    press(app, "predict.leave")
    assert "prediction_board" not in boards(app)
    assert app.session_state["softmax.z"] == tuple(map(float, OWN.split(",")))
    assert app.session_state["softmax.y"] == 7
    press(app, "softmax.board.predict")
    assert app.session_state["softmax.predict"] not in ("which_class", "loss_or_ln10")


@pytest.mark.parametrize("name", SITUATIONS)
def test_while_it_is_covered_nothing_of_the_section_is_drawn_and_the_truth_is_not_sent(open_page, name):
    situation = SITUATIONS[name]
    app = open_page(situation.page, predict=name)
    own = {"progress", "presenter", "websocket_bridge", "remember", "round_poller"}
    assert set(boards(app)) - own == {"prediction_board"}
    assert sent(app)["uncovered"] is None
    give(app, *situation.truth())
    assert sent(app)["uncovered"]["truth"] == pytest.approx(situation.truth())
    assert PREDICT("predict.standing", right=1, n=1) in [caption.value for caption in app.caption]


@pytest.mark.parametrize("name", SITUATIONS)
def test_afterwards_the_section_itself_shows_the_situation(open_page, settings_of_pages, name):
    situation = SITUATIONS[name]
    specs = settings_of_pages[situation.page].specs
    app = open_page(situation.page, predict=name)
    give(app, *situation.truth())
    press(app, "predict.live")
    assert "prediction_board" not in boards(app)
    for setting, value in {**situation.state, **situation.after}.items():
        assert app.session_state[f"{situation.page}.{setting}"] == specs[setting].check(value), setting
    if "part" in specs:
        assert app.session_state[f"{situation.page}.part"] == situation.part


def test_only_the_first_answer_counts(open_page):
    app = open_page("softmax", predict="which_class")
    give(app, 4)
    press(app, "predict.leave")
    app.session_state["softmax.predict"] = "which_class"
    app.session_state["predict.present"] = {"name": "which_class", "turn": 9, "answer": None, "given": False}
    app.run()
    give(app, 7)
    assert app.session_state["predict.outcomes"] == {"which_class": "farthest"}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_link_to_a_prediction_that_there_is_not_opens_the_page_and_says_so(open_page, language):
    app = open_page("softmax", language, predict="nothing")
    (notice,) = [warning.value for warning in app.warning]
    assert "predict = nothing" in notice and "which" in notice
    assert app.session_state["softmax.predict"] == "off"
    assert "logit_board" in boards(app)


def test_a_link_to_a_prediction_leads_to_its_section(open_page):
    app = open_page("softmax", predict="loss_curve", part="numerics")
    assert app.session_state["softmax.part"] == "descent"
    assert "prediction_board" in boards(app)


def test_another_section_leaves_the_prediction(open_page):
    app = open_page("softmax", predict="loss_curve")
    app.session_state["softmax.part"] = "board"
    app.run()
    assert app.session_state["softmax.predict"] == "off"
    assert "logit_board" in boards(app)


def test_a_presented_page_shows_the_prediction(open_page):
    app = open_page("softmax", predict="which_class", present="1")
    assert "prediction_board" in boards(app)
    assert app.button(key="predict.give")


def test_back_to_the_first_view_leaves_the_prediction(open_page):
    app = open_page("softmax", predict="which_class")
    press(app, "softmax.reset")
    assert app.session_state["softmax.predict"] == "off"


@pytest.mark.parametrize("page", [page for page in PAGES if of_page(page)])
def test_a_section_offers_its_predictions_and_no_other_does(open_page, settings_of_pages, page):
    part = settings_of_pages[page].specs.get("part")
    for section in part.options if part else ["train"]:
        app = open_page(page, **({"part": section} if part else {}))
        keys = [button.key for button in app.button if str(button.key).endswith(".predict")]
        assert keys == [f"{page}.{section}.predict"] * bool(of_section(page, section))


@pytest.mark.parametrize("odd", [None, "abc", [], [1e9], ["nan"], [[1]], {"0": 1}, [1, 2]])
def test_what_no_board_would_say_is_not_taken_as_an_answer(open_page, monkeypatch, odd):
    said = []
    monkeypatch.setattr(prediction, "prediction_board", lambda *_, on_answer, **more: said.append(on_answer))
    app = open_page("softmax", predict="loss_or_ln10")
    before = app.session_state["predict.present"]["answer"]
    said[-1](odd)
    assert app.session_state["predict.present"]["answer"] == before
    said[-1]([1])
    assert app.session_state["predict.present"]["answer"] == (1.0,)


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_sentence_is_told_with_the_names_and_numbers_that_it_mentions(monkeypatch, language, name):
    monkeypatch.setattr(prediction, "language", lambda: language)
    situation, words = SITUATIONS[name], texts.load(language, "predictions")
    at = range(len(situation.options)) if situation.kind == "choice" else (situation.low, situation.high)
    for value in at:
        answer = (float(value),) * len(situation.truth())
        values = prediction._values(situation, name, answer)
        told = words(f"situations.{name}.said.{situation.checked(answer)}", **values)
        assert "@" not in told + words(f"predict.gap.{situation.kind}", **values)
