"""The route by which a player answers: from whom, and what is taken; a refusal changes nothing."""

import functools
import json

import pytest

from explorer.classroom import gathering
from explorer.protocol.routes import CLASSROOM
from explorer.server import answering

HERE = {"host": "explorer.example:8501", "origin": "https://explorer.example:8501"}
EVEN = [0.1] * 10


@pytest.fixture
def started(gatherings):
    return gatherings.start_round("synthetic", [5, 7], "me")


@pytest.fixture
def give(post, started):
    """Return a function that posts an answer to the round: its status, what was said, and what was read of it."""
    round, _ = started

    def give(value, headers=HERE, path=f"/{CLASSROOM}/{round.id}/answer", **more):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        request, status, told = post([body], headers, path=path, **more)
        return status, told, request.read

    return give


@pytest.mark.parametrize("base", ["", "/course/x"])
def test_a_player_answers_and_answers_again(started, give, base):
    round, _ = started
    me, other = round.ticket(), round.ticket()
    put = functools.partial(give, base=base, path=f"{base}/{CLASSROOM}/{round.id}/answer")
    assert put({"player": me, "at": 0, "answer": EVEN})[:2] == (200, {"taken": True})
    assert put({"player": other, "at": 0, "answer": EVEN})[:2] == (200, {"taken": True})
    assert put({"player": me, "at": 0, "answer": [1] + [0] * 9})[:2] == (200, {"taken": True})
    assert sorted(round.answers(0).tolist()) == sorted([EVEN, [1] + [0] * 9])


def test_what_is_no_longer_asked_is_not_taken_and_says_so(started, give):
    round, secret = started
    me = round.ticket()
    assert give({"player": me, "at": 1, "answer": EVEN})[1] == {"taken": False}
    round.go_on(secret)
    assert give({"player": me, "at": 0, "answer": EVEN})[1] == {"taken": False}
    assert not len(round.answers(0)) and not len(round.answers(1))


@pytest.mark.parametrize("name", ["", "a", "a.b", "é", "x" * 3000, None, 7, [], {}])
def test_a_name_that_no_page_has_given_out_takes_no_place(started, give, name):
    round, _ = started
    assert give({"player": name, "at": 0, "answer": EVEN})[:2] == (403, {"refused": "player"})
    assert round.players() == {}


@pytest.mark.parametrize(
    "answer",
    [None, 1, "x", [], EVEN[:9], [*EVEN, 0], [1.5, -0.5, *[0] * 8], [None] * 10, {}, ["inf"] * 10, [[0.1]] * 10, True],
)
def test_what_is_no_distribution_is_refused(started, give, answer):
    round, _ = started
    assert give({"player": round.ticket(), "at": 0, "answer": answer})[:2] == (422, {"refused": "value"})
    assert not len(round.answers(0))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff", b"{}", b"[" * 4000])
def test_what_is_no_answer_at_all_is_refused(give, body):
    assert give(body)[:2] == (422, {"refused": "value"})


def test_a_large_body_is_not_read_to_its_end(give, post, started):
    round, _ = started
    path = f"/{CLASSROOM}/{round.id}/answer"
    request, status, told = post([b"x" * 5000] * 100, HERE, path=path)
    assert (status, told) == (413, {"refused": "bytes"}) and request.read == answering.MOST // 5000 + 1


@pytest.mark.parametrize(
    "headers", [{}, HERE | {"sec-fetch-site": "cross-site"}, HERE | {"origin": "https://x.example"}]
)
def test_another_sites_page_cannot_answer(started, give, headers):
    round, _ = started
    assert give({"player": round.ticket(), "at": 0, "answer": EVEN}, headers) == (403, {"refused": "origin"}, 0)


def test_whoever_was_removed_or_comes_too_late_is_told_so(started, give, monkeypatch):
    round, secret = started
    me = round.ticket()
    give({"player": me, "at": 0, "answer": EVEN})
    round.remove(secret, next(iter(round.players())))
    assert give({"player": me, "at": 0, "answer": EVEN})[:2] == (409, {"refused": "removed"})
    round.lock(secret, True)
    assert give({"player": round.ticket(), "at": 0, "answer": EVEN})[:2] == (409, {"refused": "locked"})
    round.lock(secret, False)
    monkeypatch.setattr(gathering, "PLAYERS", 0)
    assert give({"player": round.ticket(), "at": 0, "answer": EVEN})[:2] == (409, {"refused": "full"})
    assert round.players() == {}


def test_a_round_that_is_over_is_gone(gatherings, started, give):
    round, secret = started
    me = round.ticket()
    gatherings.end(round, secret)
    assert give({"player": me, "at": 0, "answer": EVEN})[:2] == (404, {"refused": "gone"})
    assert not round.path.exists()


@pytest.mark.parametrize("path", ["", "/stage", "/answer/x"])
def test_nothing_else_about_a_round_is_posted(started, give, path):
    round, _ = started
    assert give({}, path=f"/{CLASSROOM}/{round.id}{path}")[0] == 405


def test_the_leaders_boards_are_shown_and_nobody_elses(gatherings, post):
    lecture, secret = gatherings.start_lecture("me")
    path = f"/{CLASSROOM}/{lecture.id}/boards"

    def put(value):
        _, status, told = post([json.dumps(value).encode()], HERE, path=path)
        return status, told

    assert put({"secret": secret, "boards": {"a": {"z": [1]}}}) == (200, {"taken": True})
    assert put({"secret": "x", "boards": {}}) == (403, {"refused": "leader"})
    assert put({"secret": secret, "boards": {"a": "<b>"}}) == (422, {"refused": "value"})
    assert put({"boards": {}}) == (422, {"refused": "value"})
    assert json.loads(lecture.now())["boards"] == {"a": {"z": [1]}}


def test_a_round_has_no_boards_and_a_lecture_takes_votes_on_what_it_asks(gatherings, give, started, post):
    round, secret = started
    assert give({"secret": secret, "boards": {}}, path=f"/{CLASSROOM}/{round.id}/boards")[:2] == (
        404,
        {"refused": "gone"},
    )
    lecture, secret = gatherings.start_lecture("me")
    told = {"player": lecture.ticket(), "at": "coin", "answer": [0.69]}
    vote = functools.partial(give, path=f"/{CLASSROOM}/{lecture.id}/answer")
    assert vote(told)[1] == {"taken": False}
    lecture.show(secret, "logistic_regression", {"predict": "coin"})
    assert vote(told)[1] == {"taken": True} and lecture.votes(1) == [[0.69]]
    assert vote(told | {"at": "other"})[1] == {"taken": False}
    for answer in ([], "x", [None], ["nan"], [1] * 21, {}, None):
        assert vote(told | {"answer": answer})[:2] == (422, {"refused": "value"})
