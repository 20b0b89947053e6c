"""The guessing game, alone and as a class, in several sessions at once; its scores against scipy's."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from explorer import classroom
from explorer.classroom import gathering, rounds
from explorer.classroom.gathering import PLAYERS
from explorer.classroom.registry import LED, MOST
from explorer.maths import evaluation
from explorer.pages.guess import Game, verdict
from explorer.runs.recorded import FOLDER
from explorer.shell import texts
from explorer.shell.numbers import number
from explorer.stage import joining, questions

LANGUAGES = ["en", "zh"]
EVEN = (0.1,) * 10
LABELS = np.load(FOLDER / "synthetic" / "test_labels.npy")
LOGITS = np.load(max((FOLDER / "synthetic" / "test_logits").glob("*.npy"))).astype(float)
LOSSES = -log_softmax(LOGITS, axis=1)[np.arange(len(LABELS)), LABELS]
IMAGES = rounds.draw(evaluation.margin(LOGITS, LABELS), 10, 0)


pytestmark = pytest.mark.usefixtures("cookies", "gatherings")


@pytest.fixture
def led(open_page, gatherings):
    """A leader's page in which a round has been started, and that round."""
    app = open_page("guess")
    app.button(key="guess.start").click().run()
    return app, classroom.of_this_server().find(app.session_state["guess.round"])


def mixed(label, share):
    """Return an answer that gives `label` a share, and the others the rest in equal parts."""
    answer = [(1 - share) / 9] * 10
    answer[label] = share
    return tuple(answer)


def guess(app, answer):
    app.session_state["guess.q"] = answer
    return app.button(key="guess.answer").click().run()


def submit(app, round, answer):
    """Answer as the browser of a player does."""
    taken = round.answer(app.session_state[joining.KNOWN][f"explorer-player-{round.id}"], round.at, answer)
    return taken, app.run()


def press(app, name):
    app.button(key=f"guess.{name}").click().run()
    assert not app.exception
    return app


def boards(app):
    """What the browser is told by the guess board."""
    return [json.loads(e.proto.bytes) for e in app.get("bidi_component") if e.proto.component_name.endswith("board")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_score_is_the_cross_entropy_beside_the_networks(open_page, shown, language):
    app = open_page("guess", language)
    label, its = LABELS[IMAGES[0]], LOSSES[IMAGES[0]]
    assert number(its) not in shown(app)
    guess(app, mixed(label, 0.64))
    text = shown(app)
    assert number(-math.log(0.64)) in text and number(its) in text
    assert number(softmax(LOGITS[IMAGES[0]])[label]) in text


def test_the_running_mean_is_that_of_the_answered_images(open_page, shown):
    app = open_page("guess")
    scores = []
    for place, share in enumerate((0.9, 0.5, 0.2)):
        guess(app, mixed(LABELS[IMAGES[place]], share))
        scores.append(-math.log(share))
        text = shown(app)
        assert f"**{number(np.mean(scores))}** nats" in text
        assert f"**{number(np.mean(LOSSES[IMAGES[: place + 1]]))}** nats" in text
        press(app, "next")
        assert app.session_state["guess.q"] == EVEN and app.session_state["guess.at"] == place + 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_probability_for_the_truth_costs_infinity_and_is_explained(open_page, shown, language):
    app = open_page("guess", language)
    wrong = (int(LABELS[IMAGES[0]]) + 1) % 10
    guess(app, mixed(wrong, 1.0))
    press(app, "next")
    guess(app, EVEN)
    text = shown(app)
    assert "−ln 0 = ∞" in shown(open_page_again(app)) and "**∞**" in text
    assert number(math.log(10)) in text
    assert "ln 10" in "".join(success.value for success in app.success).replace("\\", "")


def open_page_again(app):
    """Go back to the first image."""
    app.session_state["guess.at"] = 1
    return app.run()


def test_after_ten_images_there_are_ten_others(open_page):
    app = open_page("guess", at="10")
    guess(app, EVEN)
    press(app, "next")
    assert (app.session_state["guess.draw"], app.session_state["guess.at"]) == (1, 1)


def test_each_question_is_answered_by_what_it_asks_for(open_page):
    def solved(app):
        return set(app.session_state[questions.KNOWN])

    app = open_page("guess")
    assert not app.success and not solved(app)
    guess(app, mixed(LABELS[IMAGES[0]], 0.05))
    assert not app.success and not solved(app)
    press(app, "next")
    guess(app, mixed(LABELS[IMAGES[1]], 0.999))  # one of those that cost the network most
    assert solved(app) == {"guess.cheaper"}
    press(app, "next")
    guess(app, EVEN)
    assert solved(app) == {"guess.cheaper", "guess.even"} and "2.3026" in app.success[0].value
    press(app, "next")
    guess(app, mixed((LABELS[IMAGES[3]] + 1) % 10, 1.0))
    assert solved(app) == {"guess.cheaper", "guess.even", "guess.endless"}


@pytest.mark.parametrize("name", ["even", "cheaper", "endless"])
def test_show_me_answers_an_image_and_does_not_count_as_found(open_page, name):
    app = open_page("guess")
    words = texts.load("en", "guess")
    while app.session_state["guess.game.question"] != name:
        press(app, "game.question.next")
    press(app, "game.question.ask_hint")
    press(app, "game.question.show")
    assert [answer.value for answer in app.success] == [words(f"questions.{name}.answer")]
    assert app.session_state[questions.KNOWN][f"guess.{name}"] == "shown"
    assert "guess.next" in {button.key for button in app.button}


@pytest.mark.parametrize("run", ["cifar10", "nowhere-to-be-found", "x"])
def test_a_run_without_images_is_named_and_the_recorded_one_taken(open_page, run):
    app = open_page("guess", run=run)
    assert run in app.info[0].value.replace("\\", "")
    assert app.session_state["guess.run"] == "synthetic"


def test_the_code_computes_both_losses(open_page, capsys):
    app = open_page("guess")
    guess(app, mixed(LABELS[IMAGES[0]], 0.25))
    capsys.readouterr()
    exec(next(code.value for code in app.code if "import numpy" in code.value), {})
    mine, its = map(float, capsys.readouterr().out.split())
    assert mine == pytest.approx(-math.log(0.25)) and its == pytest.approx(LOSSES[IMAGES[0]], rel=1e-3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_plays_a_round(open_page, shown, led, language, cookies):
    teacher, round = led
    assert f"round={round.id}" in "".join(code.value for code in teacher.code)
    students = [open_page("guess", language, round=round.id) for _ in range(3)]
    label = int(LABELS[round.images[0]])
    answers = [mixed(label, 0.7), mixed(label, 0.1), mixed((label + 1) % 10, 1.0)]
    for student, answer in zip(students, answers, strict=True):
        submit(student, round, answer)
        assert not student.exception
    assert json.loads(round.now()) == {"place": "0-open", "answered": 3, "players": 3}
    assert round.answers(0) == pytest.approx(np.array(answers), abs=1e-4)

    press(teacher, "on")
    mean = np.mean(answers, axis=0)
    told = (
        f"Answers: 3; each point is the probability one person gave a class. The favourite is {SHAPES[mean.argmax()]}"
    )
    assert told in shown(teacher)
    assert number(LOSSES[round.images[0]]) not in shown(teacher)
    for student in students:
        assert "guess.answer" not in {button.key for button in student.run().button}
        assert number(LOSSES[round.images[0]]) not in shown(student)

    press(teacher, "on")
    scores = [-math.log(0.7), -math.log(0.1), math.inf]
    its = LOSSES[round.images[0]]
    text = shown(teacher)
    assert (
        f"median of the 3 losses is {number(np.median(scores))} nats" in text and f"is {number(its)} (dotted)" in text
    )
    assert f"{sum(score < its for score in scores)} of 3 beat the network" in text and "and 1 gave the truth" in text
    assert f"**{number(-math.log(mean[label]))}** nats" in text  # the mean answer's loss
    for student, score in zip(students, scores, strict=True):
        board = boards(student.run())[0]
        answer, label = board["answer"], board["label"]
        assert (-math.log(answer[label]) if answer[label] else math.inf) == pytest.approx(score)
        assert board["round"]["loss"] == pytest.approx(its)

    press(teacher, "on")
    assert (round.at, round.phase) == (1, gathering.OPEN)
    assert students[0].run().session_state["guess.q"] == EVEN
    press(teacher, "end")
    assert classroom.of_this_server().find(round.id) is None
    for student in students:
        assert student.run().info and student.toast and "guess.answer" in {button.key for button in student.button}


SHAPES = ("disc", "ring", "crescent", "square", "frame", "triangle", "cross", "star", "stripes", "checkerboard")


def test_the_browser_is_told_nothing_before_the_time(open_page, led):
    teacher, round = led
    student = open_page("guess", round=round.id)
    for phase in gathering.PHASES:
        assert round.phase == phase
        for app in (teacher, student):
            (board,) = boards(app.run())
            told = board["network"] is not None or board["label"] is not None
            assert told == (phase == gathering.REVEALED)
        press(teacher, "on")


def test_a_page_that_is_overtaken_while_it_is_drawn_says_which_it_shows(open_page, led, monkeypatch):
    teacher, round = led
    student = open_page("guess", round=round.id)
    secret = teacher.session_state[joining.KNOWN][f"explorer-round-{round.id}"]
    monkeypatch.setattr(round, "answers_of", lambda player: round.go_on(secret) or {})
    parts = student.run().get("bidi_component")
    (watch,) = [json.loads(e.proto.bytes) for e in parts if e.proto.component_name.endswith("round_poller")]
    assert (watch["place"], round.phase) == ("0-open", gathering.CLOSED)


def test_back_to_the_first_view_leaves_nobody_outside_the_round(open_page, led):
    teacher, round = led
    student = open_page("guess", round=round.id)
    student.session_state["guess.q"] = tuple(mixed(3, 0.5))
    for app in (teacher, student):
        app.run()
        app.button(key="guess.reset").click().run()
        assert app.session_state["guess.round"] == round.id
        assert app.session_state["guess.q"] == EVEN
        assert boards(app)


def test_back_to_the_first_view_forgets_no_answer(open_page):
    app = open_page("guess", draw="1")
    guess(app, EVEN)
    app.button(key="guess.reset").click().run()
    assert app.session_state["guess.draw"] == 0
    app.session_state["guess.draw"] = 1
    app.run()
    assert "guess.answer" not in {button.key for button in app.button}


def test_too_few_images_are_no_game(monkeypatch):
    from explorer.pages import guess as guess_page

    nameless = SimpleNamespace(table=lambda name: {})
    for there, is_game in ((99, False), (100, True), (len(LABELS), True)):
        places = np.where(np.arange(len(LABELS)) < there, 0, -1)
        images = guess_page.TestImages(np.zeros((1, 32, 32, 3), np.uint8), places)
        monkeypatch.setattr(guess_page.Results, "images", images)
        assert bool(guess_page.game("synthetic", nameless)) is is_game


def test_a_late_or_a_second_click_does_nothing(open_page, led):
    teacher, round = led
    student = open_page("guess", round=round.id)
    press(teacher, "on")
    taken = round.answer(student.session_state[joining.KNOWN][f"explorer-player-{round.id}"], 0, EVEN)
    assert not taken and not len(round.answers(0))
    from explorer.pages.guess import leading

    secret = teacher.session_state[joining.KNOWN][f"explorer-round-{round.id}"]
    leading.go_on(round, secret, 0, gathering.OPEN)
    assert round.phase == gathering.CLOSED


def test_nobody_but_the_teacher_is_told_the_teachers_secret(open_page, led, shown, caplog, capfd):
    teacher, round = led
    secret = teacher.session_state[joining.KNOWN][f"explorer-round-{round.id}"]
    student = open_page("guess", round=round.id)
    submit(student, round, EVEN)
    told = "".join(str(element.proto) for element in student.get("bidi_component"))
    assert round.id in told and secret not in told
    assert secret not in shown(student) and secret not in round.now().decode()
    assert secret not in caplog.text and not [text for text in capfd.readouterr() if secret in text]
    assert secret not in shown(teacher)


def test_an_answer_can_be_changed_until_it_is_closed(open_page, led, shown):
    _, round = led
    student = open_page("guess", round=round.id)
    submit(student, round, EVEN)
    assert boards(student)[0]["round"]["given"] == [[0, list(EVEN)]]
    submit(student, round, mixed(3, 0.5))
    assert len(round.answers(0)) == 1 and round.answers(0)[0, 3] == 0.5


def test_after_a_reload_everybody_is_known_again_by_the_cookie(open_page, led, cookies):
    teacher, round = led
    student = open_page("guess", round=round.id)
    submit(student, round, mixed(2, 0.4))
    cookies.update(student.session_state[joining.KNOWN])
    again = open_page("guess", round=round.id)
    assert boards(again)[0]["round"]["given"] and json.loads(round.now())["players"] == 1
    cookies.clear()
    cookies.update(teacher.session_state[joining.KNOWN])
    assert {"guess.on", "guess.end"} <= {button.key for button in open_page("guess", round=round.id).button}


@pytest.mark.parametrize("cookie", ["", "x", "a;b" * 10, "é" * 20, "a" * 500])
def test_a_senseless_cookie_is_nobodys(open_page, led, cookies, cookie):
    _, round = led
    cookies[f"explorer-player-{round.id}"] = cookies[f"explorer-round-{round.id}"] = cookie
    app = open_page("guess", round=round.id)
    assert boards(app)[0]["round"]["player"] not in ("", cookie)
    assert "guess.on" not in {button.key for button in app.button}


def test_a_full_round_and_a_full_server_say_so(open_page, led, shown, gatherings):
    _, round = led
    for i in range(PLAYERS):
        round.join(str(i))
    assert "full" in open_page("guess", round=round.id).warning[0].value
    for i in range(MOST - 1):
        gatherings.start_round("synthetic", [1], str(i), str(i))[0].join("a")
    app = open_page("guess")
    press(app, "start")
    assert "Too many" in app.error[0].value and not app.session_state["guess.round"]


def test_who_leads_as_many_rounds_as_anybody_may_is_told_to_end_one(led):
    app, round = led
    for _ in range(LED - 1):
        round.join("a")
        app.session_state["guess.round"] = ""
        app.run()
        press(app, "start")
        round = classroom.of_this_server().find(app.session_state["guess.round"])
    round.join("a")
    app.session_state["guess.round"] = ""
    app.run()
    press(app, "start")
    assert f"{LED} rounds" in app.error[0].value and not app.session_state["guess.round"]


@pytest.mark.parametrize("id", ["abcdefghjkmn", "<script>", "../../etc", "x" * 5000])
def test_a_link_to_no_round_leads_to_a_game_alone(open_page, id):
    app = open_page("guess", round=id)
    (told,) = [*app.info, *app.warning]  # a round that is over, or what can be none
    assert ("over" in told.value) == (id == "abcdefghjkmn")
    assert app.session_state["guess.round"] == "" and "guess.answer" in {button.key for button in app.button}


def test_a_round_whose_run_is_gone_says_so(open_page, gatherings):
    round, _ = gatherings.start_round("a-run-that-is-gone", [1], "me")
    assert "no longer" in open_page("guess", round=round.id).warning[0].value


def test_who_answers_as_the_network_does_is_not_called_better():
    for weights in np.random.default_rng(0).integers(1, 1000, (100, 10)):
        answer = weights / weights.sum()
        logits = np.log(answer)[np.newaxis] - 3
        found = Game([*"abcdefghij"], np.zeros((1, 32, 32, 3), np.uint8), np.array([3]), logits, False)
        assert "better" not in verdict(texts.load("en", "guess"), found, 0, tuple(answer))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_student_joins_by_the_code(open_page, led, shown, language):
    teacher, round = led
    assert f"**{round.code.upper()}**" in shown(teacher)
    student = open_page("guess", language)
    student.text_input(key="guess.code").input("wrong").run()
    words = texts.load(language, "guess")
    assert [error.value for error in student.error] == [words("join.wrong_code")]
    assert not student.session_state["guess.round"]
    student.text_input(key="guess.code").input(f" {round.code.upper()} ").run()
    assert student.session_state["guess.round"] == round.id
    submit(student, round, EVEN)
    assert len(round.answers(0)) == 1


def test_the_leader_removes_locks_and_empties(open_page, led, cookies):
    teacher, round = led
    students = [open_page("guess", round=round.id) for _ in range(3)]
    for student in students:
        submit(student, round, EVEN)
    teacher.session_state["guess.players"] = True
    teacher.run()
    chosen = teacher.selectbox(key="guess.whom")
    assert chosen.options[1:] == [f"Player {name[:4].upper()}, answers: 1" for name in round.players()]
    chosen.set_value(next(iter(round.players()))).run()
    press(teacher, "remove")
    assert len(round.answers(0)) == 2
    (told,) = [student.warning[0].value for student in students if student.run().warning]
    assert "removed you" in told
    assert [bool(boards(student.run())) for student in students].count(False) == 1
    teacher.toggle[-1].set_value(True).run()
    late = open_page("guess", round=round.id)
    assert "nobody else in" in late.warning[0].value
    teacher.toggle[-1].set_value(False).run()
    press(teacher, "empty")
    assert len(round.answers(0)) == 0
    (kept, _) = [student for student in students if not student.run().warning]
    submit(kept, round, EVEN)
    assert len(round.answers(0)) == 1


def test_an_answer_after_the_round_was_emptied_counts(open_page, led):
    teacher, round = led
    student = open_page("guess", round=round.id)
    round.empty(teacher.session_state[joining.KNOWN][f"explorer-round-{round.id}"])
    submit(student, round, EVEN)
    assert not student.exception and len(round.answers(0)) == 1


def test_by_the_leaders_own_link_another_machine_leads(open_page, led):
    teacher, round = led
    secret = teacher.session_state[joining.KNOWN][f"explorer-round-{round.id}"]
    teacher.session_state["guess.players"] = True
    assert f"lead={secret}" in "".join(code.value for code in teacher.run().code)
    elsewhere = open_page("guess", round=round.id, lead=secret)
    assert "guess.on" in {button.key for button in elsewhere.button}
    assert "lead" not in elsewhere.query_params
    assert "guess.on" not in {button.key for button in open_page("guess", round=round.id, lead="x" * 20).button}


def test_the_stage_of_a_real_round_is_what_the_pages_show(led):
    _, round = led
    told = json.loads(round.stage_now())
    assert told["place"] == "0-open" and told["image"].startswith("data:image/png")
    assert told["network"] is None and told["label"] is None
    secret = led[0].session_state[joining.KNOWN][f"explorer-round-{round.id}"]
    for _ in range(2):
        round.go_on(secret)
    told = json.loads(round.stage_now())
    assert told["label"] == LABELS[round.images[0]]
    assert told["network"] == pytest.approx(softmax(LOGITS[round.images[0]]), abs=1e-9)


def test_a_browser_with_many_tabs_is_one_leader(open_page, cookies):
    cookies["explorer-leading-browser"] = "a-browser-of-mine"
    for _ in range(LED):
        press(open_page("guess"), "start")
    assert {round.leader for round in classroom.of_this_server()._all()} == {
        gathering.hashed("a-browser-of-mine").hex()
    }
