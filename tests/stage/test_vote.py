"""A class votes on a prediction in a lecture: alone, then after talking; the leader shows the votes and the truth."""

import json

import pytest

from explorer.predictions.table import SITUATIONS
from explorer.shell import texts
from explorer.stage.lecture import FOLLOW

LANGUAGES = ["en", "zh"]


pytestmark = pytest.mark.usefixtures("cookies", "gatherings")


@pytest.fixture
def lesson(open_page, gatherings):
    """Return a function that leads three students to a situation: the leader's page, theirs, and the lecture."""

    def lesson(name, language="en"):
        page = SITUATIONS[name].page
        leader = open_page(page)
        leader.button(key="lecture.start").click().run()
        lecture = gatherings.find(leader.session_state[FOLLOW])
        leader.session_state[f"{page}.predict"] = name
        leader.session_state[f"{page}.part"] = SITUATIONS[name].part
        leader.run()
        students = [open_page("home", language, follow=lecture.id) for _ in range(3)]
        return leader, students, lecture

    return lesson


def press(app, name):
    app.button(key=f"vote.{name}").click().run()
    assert not app.exception
    return app


def keys(app):
    return {button.key for button in app.button}


def board(app):
    (found,) = [e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith("prediction_board")]
    return json.loads(found.bytes)


def answer(app, value):
    """Answer as the browser does: the answer lies there, then the button is pressed."""
    app.session_state["predict.present"]["answer"] = value
    return press(app.run(), "give")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["which_class", "gradient_way", "loss_curve"])
def test_a_class_votes_sees_the_votes_talks_and_votes_again(lesson, shown, name, language):
    leader, students, lecture = lesson(name, language)
    situation, words = SITUATIONS[name], texts.load(language, "predictions")
    right = situation.truth()
    if situation.kind == "choice":
        wrong = (float((right[0] + 1) % 10),)
    else:
        ends = [(end,) * len(right) for end in (situation.low, situation.high)]
        wrong = next(end for end in ends if situation.checked(end) != "right")
    for student, value in zip(students, (right, wrong, wrong), strict=True):
        answer(student, value)
        assert words("vote.given") in shown(student)
    assert json.loads(lecture.now())["answered"] == 3
    for app in (leader.run(), *students):
        told = board(app)
        assert not told["others"] and told["uncovered"] is None

    press(leader, "close")
    for app in (leader, *[student.run() for student in students]):
        told = board(app)
        assert sorted(map(tuple, told["others"])) == sorted([right, wrong, wrong]) and told["uncovered"] is None
        assert "vote.give" not in keys(app)

    press(leader, "again")
    for student in students:
        assert "vote.give" in keys(student.run()) and not board(student)["others"]
    answer(students[1], right)
    press(leader, "close")
    assert len(board(leader)["others"]) == 1, "who says nothing in the second turn has no vote in it"
    press(leader, "uncover")
    english, text = texts.load("en", "predictions"), shown(leader)
    assert english("vote.right", right=1, n=1) in text and english("vote.before", right=1, n=3) in text
    assert words(f"situations.{name}.said.right") in shown(students[1].run())
    for app in (leader, students[1]):
        assert board(app)["uncovered"]["truth"] == list(right)


def test_the_way_on_leads_the_class_to_the_next_situation_with_a_vote_of_its_own(lesson):
    leader, students, lecture = lesson("which_class")
    answer(students[0], (0.0,))
    press(leader, "close")
    press(leader, "uncover")
    leader.button(key="predict.next").click().run()
    assert lecture.stage["vote"] == {"asked": "loss_or_ln10", "turn": 1, "phase": "open"} and not lecture.votes(1)
    assert students[0].run().session_state["softmax.predict"] == "loss_or_ln10"
    leader.button(key="predict.leave").click().run()
    assert students[0].run().session_state["softmax.predict"] == "off" and lecture.stage["vote"]["asked"] == ""


def test_a_student_can_neither_leave_nor_lead_the_vote(lesson):
    _, (student, *_), _ = lesson("which_class")
    assert not keys(student) & {"predict.leave", "predict.next", "vote.close", "vote.again", "vote.uncover"}


def test_a_vote_that_is_no_answer_is_not_counted(lesson, shown):
    leader, _, lecture = lesson("which_class")
    for value in ([0.5], [10.0], [1.0, 2.0], [-1.0]):
        lecture.answer(lecture.ticket(), "which_class", value)
    press(leader, "close")
    assert not board(leader)["others"]
    press(leader, "uncover")
    assert texts.load("en", "predictions")("vote.right", right=0, n=0) in shown(leader)


def test_whoever_looks_around_predicts_alone(lesson):
    _, (student, *_), lecture = lesson("which_class")
    student.button(key="lecture.around").click().run()
    assert "predict.give" in keys(student)
    student.session_state["predict.present"]["answer"] = (3.0,)
    student.run().button(key="predict.give").click().run()
    assert board(student)["uncovered"] and not lecture.votes(1)
