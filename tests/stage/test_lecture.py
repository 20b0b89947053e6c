"""A lecture: what its leader's page shows, the pages of those who follow show too, until they look around."""

import json

import pytest

from explorer.classroom import gathering
from explorer.shell import texts
from explorer.stage import joining
from explorer.stage.lecture import AROUND, FOLLOW
from explorer.stage.page import PAGES, page_path

pytestmark = pytest.mark.usefixtures("cookies", "gatherings")


@pytest.fixture
def leader(open_page):
    app = open_page("softmax")
    app.button(key="lecture.start").click().run()
    assert not app.exception
    return app


@pytest.fixture
def lecture(leader, gatherings):
    return gatherings.find(leader.session_state[FOLLOW])


def components(app, name):
    found = [e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith(name)]
    return [json.loads(proto.bytes) for proto in found]


def test_the_pages_of_all_who_follow_go_where_the_leader_goes(open_page, leader, lecture):
    student = open_page("home", follow=lecture.id)
    assert student.session_state["url.page"] == "softmax"
    leader.session_state["softmax.z"] = (5.0,) + (0.0,) * 9
    leader.session_state["softmax.part"] = "surface"
    leader.run()
    student.run()
    assert student.session_state["softmax.z"][0] == 5 and student.session_state["softmax.part"] == "surface"
    leader.switch_page(page_path("cross_entropy")).run()
    student.run()
    assert student.session_state["url.page"] == "cross_entropy" and not student.exception
    assert json.loads(lecture.now())["players"] == 1


def test_whoever_looks_around_is_brought_back(open_page, leader, lecture):
    student = open_page("home", follow=lecture.id)
    student.button(key="lecture.around").click().run()
    assert components(student, "follower")[0]["around"]
    student.session_state["softmax.part"] = "numerics"
    student.run()
    assert student.session_state["softmax.part"] == "numerics"
    student.button(key="lecture.around").click().run()
    assert not student.session_state[AROUND]
    assert student.run().session_state["softmax.part"] == "board"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lecture_that_is_over_says_so_and_leaves_everybody_where_they_are(open_page, leader, lecture, language):
    student = open_page("home", language, follow=lecture.id)
    leader.button(key="lecture.end").click().run()
    assert not components(leader, "lecturer")
    student.run()
    assert [toast.value for toast in student.toast] == [texts.load(language, "softmax")("join.over")]
    assert FOLLOW not in student.query_params and not components(student, "follower")
    assert not student.run().toast


def test_the_leaders_secret_is_told_to_nobody_else_and_by_it_another_machine_leads(open_page, leader, lecture, shown):
    secret = leader.session_state[joining.KNOWN][f"explorer-round-{lecture.id}"]
    assert components(leader, "lecturer")[0]["secret"] == secret
    student = open_page("home", follow=lecture.id)
    told = "".join(str(element.proto) for element in student.get("bidi_component")) + shown(student)
    assert lecture.id in told and secret not in told and secret not in lecture.now().decode()
    other = open_page("home", follow=lecture.id, lead=secret)
    assert components(other, "lecturer") and "lead" not in other.query_params
    assert other.session_state["url.page"] == "softmax"
    other.session_state["softmax.part"] = "numerics"
    other.run()
    assert student.run().session_state["softmax.part"] == "numerics"


def test_whoever_was_removed_or_finds_no_place_stands_on_their_own(open_page, leader, lecture, monkeypatch):
    secret = leader.session_state[joining.KNOWN][f"explorer-round-{lecture.id}"]
    student = open_page("home", follow=lecture.id)
    lecture.remove(secret, next(iter(lecture.players())))
    assert "removed" in student.run().toast[0].value and student.session_state[FOLLOW] == ""
    monkeypatch.setattr(gathering, "PLAYERS", 0)
    assert "full" in open_page("home", follow=lecture.id).toast[0].value


@pytest.mark.parametrize("id", ["abcdefghjkmn", "<script>", "../../etc", "x" * 5000])
def test_a_link_to_no_lecture_opens_the_page(open_page, id):
    app = open_page("home", follow=id)
    assert "over" in app.toast[0].value and app.session_state["url.page"] == "home"


def test_in_a_round_of_the_game_everybody_answers_by_themselves(open_page, leader, lecture, gatherings):
    student = open_page("home", follow=lecture.id)
    leader.switch_page(page_path("guess")).run()
    leader.button(key="guess.start").click().run()
    round = gatherings.find(leader.session_state["guess.round"])
    student.run()
    assert student.session_state["guess.round"] == round.id
    assert components(student, "follower")[0]["free"]
    assert components(student, "guess_board")[0]["round"]["player"]
    assert not [button for button in student.button if button.key == "guess.on"]


def test_the_code_of_a_lecture_is_typed_on_the_home_page(open_page, leader, lecture):
    student = open_page("home")
    student.text_input(key="home.code").input("wrong").run()
    assert student.error[0].value == texts.load("en", "home")("join.wrong_code")
    student.text_input(key="home.code").input(f" {lecture.code.upper()} ").run()
    assert student.session_state["url.page"] == "softmax" and components(student, "follower")


def test_a_link_that_is_shared_says_nothing_of_the_lecture(leader, lecture):
    leader.session_state["softmax.T"] = 2.0
    (shared,) = [code.value for code in leader.run().code if "T=2" in code.value]
    assert lecture.id not in shared and lecture.id in leader.query_params[FOLLOW]


def test_a_leader_of_many_lectures_is_told_to_end_one(open_page, gatherings, monkeypatch):
    app = open_page("softmax")
    app.button(key="lecture.start").click().run()
    for _ in range(2):
        gatherings.start_lecture(app.session_state["classroom.leader"])[0].join("a")
    gatherings.find(app.session_state[FOLLOW]).join("a")
    app.session_state[FOLLOW] = ""
    app.run()
    app.button(key="lecture.start").click().run()
    assert "End one of them" in app.error[0].value and not app.session_state[FOLLOW]


SECTIONS = [
    (page, part) for page in PAGES if page not in ("home", "guess") for part in texts.load("en", page).table("see")
]


def test_every_section_is_followed(open_page, leader, lecture, settings_of_pages):
    student = open_page("home", follow=lecture.id)
    for page, part in SECTIONS:
        leader.switch_page(page_path(page))
        leader.query_params.clear()  # as a browser has a new address
        if "part" in settings_of_pages[page].specs:
            leader.session_state[f"{page}.part"] = part
        leader.run()
        student.run()
        assert not leader.exception and not student.exception
        for app in (leader, student):
            assert app.session_state["url.page"] == page
            assert f"{page}.part" not in app.session_state or app.session_state[f"{page}.part"] == part
