"""Gatherings: who may do what in them, what is counted, what is in their folders, and that they stay small."""

import json
import math
import threading

import numpy as np
import pytest

from explorer.classroom import gathering, registry, rounds
from explorer.classroom.gathering import (
    ANSWERING,
    CLOSED,
    LATELY,
    OPEN,
    PLAYERS,
    REVEALED,
    Full,
    Locked,
    Removed,
)
from explorer.classroom.registry import IDLE, LED, MOST, WRONG, Classroom, Leading, TooManyCodes, WrongCode
from explorer.classroom.rounds import IMAGES

EVEN = (0.1,) * 10
SURE = (1.0,) + (0.0,) * 9


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def made(clock, tmp_path):
    return Classroom(tmp_path / "classroom", clock)


@pytest.fixture
def started(made):
    """A round of three images, and its leader's secret."""
    return made.start_round("synthetic", [5, 7, 9], "me")


def known(player):
    """The hash under which somebody is known in the folder."""
    return gathering.hashed(player).hex()[:24]


def now(round):
    return json.loads(round.now())


def test_a_round_goes_through_its_phases_and_images_and_stays_at_the_end(started):
    round, secret = started
    seen = []
    for _ in range(10):
        seen.append((round.at, round.phase, round.seen))
        round.go_on(secret)
    order = [(at, phase, at + (phase == REVEALED)) for at in range(3) for phase in (OPEN, CLOSED, REVEALED)]
    assert seen == [*order, order[-1]]


def test_only_the_leader_goes_on_or_ends_it(made, started):
    round, secret = started
    for act in (lambda s: round.go_on(s), lambda s: made.end(round, s)):
        for other in ("", secret + "x", round.id):
            with pytest.raises(PermissionError):
                act(other)
    assert made.find(round.id) is round and (round.at, round.phase) == (0, OPEN)
    made.end(round, secret)
    assert made.find(round.id) is None


def test_answers_are_counted_once_a_player_and_can_be_changed_while_open(started):
    round, secret = started
    for player in ("a", "b", "a"):
        round.join(player)
    assert now(round) == {"place": "0-open", "answered": 0, "players": 2}
    assert round.answer("a", 0, EVEN) and round.answer("a", 0, SURE)
    assert now(round)["answered"] == 1
    assert round.answers(0).tolist() == [list(SURE)] and round.answers_of("a") == {0: SURE}
    round.go_on(secret)
    assert not round.answer("b", 0, EVEN) and not round.answer("a", 0, EVEN)
    assert round.answers(0).tolist() == [list(SURE)]
    assert round.answers(1).shape == (0, 10)


def test_an_answer_to_another_image_than_the_present_one_is_not_taken(started):
    round, secret = started
    round.join("a")
    assert not round.answer("a", 1, EVEN)
    for _ in range(3):
        round.go_on(secret)
    assert not round.answer("a", 0, EVEN) and round.answer("a", 1, EVEN)


@pytest.mark.parametrize(
    "shares",
    [(0.5,) * 10, (0.1,) * 9, (1.1, -0.1, *(0.0,) * 8), (math.nan,) * 10, (math.inf,) + (0.0,) * 9, (), ("x",) * 10],
    ids=["sum 5", "nine", "negative", "nan", "inf", "none", "text"],
)
def test_what_is_no_distribution_is_refused(started, shares):
    round, _ = started
    round.join("a")
    with pytest.raises(ValueError):
        round.answer("a", 0, shares)
    assert now(round)["answered"] == 0


def test_an_answer_brings_whoever_gives_it_into_the_round(started):
    round, _ = started
    assert round.answer("a", 0, EVEN) and now(round)["players"] == 1


def test_a_name_is_one_that_a_page_has_given_out(made, started):
    round, _ = started
    name = round.ticket()
    assert round.admits(name) and name != round.ticket()
    other, _ = made.start_round("synthetic", [1], "me")
    for wrong in ("", ".", "a", name[:-1], name + "x", "é." + name, other.ticket(), round.id):
        assert not round.admits(wrong)


def test_players_rounds_and_images_are_bounded(made, started):
    round, _ = started
    for i in range(PLAYERS):
        round.join(str(i))
    with pytest.raises(Full):
        round.join("one more")
    round.join("0")
    assert now(round)["players"] == PLAYERS
    for i in range(MOST - 1):
        made.start_round("synthetic", [1], str(i), str(i))[0].join("a")
    with pytest.raises(Full) as refusal:
        made.start_round("synthetic", [1], "one more", "one more")
    assert refusal.type is Full
    for images in ([], range(IMAGES + 1)):
        with pytest.raises(ValueError):
            made.start_round("synthetic", images, "me")


def test_on_a_full_server_the_longest_idle_round_without_players_makes_room(made, clock):
    everybodys = []
    for i in range(MOST):
        clock.now += 1
        everybodys.append(made.start_round("synthetic", [1], str(i // 2), str(i))[0])
    everybodys[0].join("a")
    made.start_round("synthetic", [1], "one more", "one more")
    assert [made.find(round.id) for round in everybodys] == [everybodys[0], None, *everybodys[2:]]


def test_a_leader_has_few_rounds_and_those_with_players_stay(made, clock):
    others = made.start_round("synthetic", [1], "somebody")[0]
    mine = []
    for _ in range(LED):
        clock.now += 1
        mine.append(made.start_round("synthetic", [1], "me")[0])
    mine[0].join("a")
    mine.append(made.start_round("synthetic", [1], "me")[0])
    assert [made.find(round.id) for round in mine] == [mine[0], None, *mine[2:]]
    for round in mine[2:]:
        round.join("a")
    with pytest.raises(Leading):
        made.start_round("synthetic", [1], "me")
    assert made.find(others.id) is others


def test_a_round_is_forgotten_when_nothing_has_happened_in_it_for_long(made, started, clock):
    round, _ = started
    clock.now = IDLE
    round.answer("a", 0, EVEN)
    clock.now += IDLE
    assert made.find(round.id) is round
    clock.now += 1
    assert made.find(round.id) is None
    for i in range(MOST):
        made.start_round("synthetic", [1], str(i), str(i))[0].join("a")
    clock.now += IDLE + 1
    made.start_round("synthetic", [1], "me")


def test_what_the_browsers_ask_for_reports_neither_truth_nor_answers(started):
    round, _ = started
    round.join("a")
    round.answer("a", 0, SURE)
    assert set(now(round)) == {"place", "answered", "players"}
    assert not any(str(image) in round.now().decode().split(":")[1] for image in (5, 7, 9))


def test_many_answer_at_once_and_none_is_lost(started):
    round, _ = started

    def play(player):
        round.join(player)
        round.answer(player, 0, EVEN)

    threads = [threading.Thread(target=play, args=(str(i),)) for i in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert now(round) == {"place": "0-open", "answered": 60, "players": 60}


def test_ids_are_hard_to_guess_and_easy_to_type(made):
    ids = {made.start_round("synthetic", [1], str(i))[0].id for i in range(50)}
    assert len(ids) == 50 and all(len(id) == gathering.LENGTH and set(id) <= set(gathering.LETTERS) for id in ids)
    assert gathering.LENGTH * math.log2(len(gathering.LETTERS)) > 58


def test_images_are_drawn_by_the_seed_in_turn_close_ones_wrong_ones_and_others():
    margins = np.random.default_rng(1).normal(2, 3, size=500)
    drawn = rounds.draw(margins, 10, 3)
    assert drawn == rounds.draw(margins, 10, 3) != rounds.draw(margins, 10, 4)
    assert len(set(drawn)) == 10
    close = np.sort(np.abs(margins))[49]
    assert all(abs(margins[i]) <= close for i in drawn[::3])
    assert all(margins[i] < -close for i in drawn[1::3])
    assert all(abs(margins[i]) > close for i in drawn[2::3])
    assert any(margins[i] > close for i in drawn[2::3])
    for few in range(1, 31):  # of few images as many as there are, each once
        assert len(set(rounds.draw(margins[:few], min(10, few), 0))) == min(10, few)
    with pytest.raises(ValueError):
        rounds.draw(margins[:9], 10, 0)


def test_a_network_that_is_never_wrong_leaves_ten_images_to_guess():
    assert len(set(rounds.draw(np.full(100, 5.0), 10, 0))) == 10


def test_a_place_belongs_to_whoever_has_asked_or_answered_lately(started, clock):
    round, _ = started
    for i in range(PLAYERS):
        round.join(str(i))
    round.answer("0", 0, SURE)
    clock.now = LATELY
    assert now(round)["players"] == PLAYERS
    round.now("1")
    clock.now += 1
    assert now(round) == {"place": "0-open", "answered": 1, "players": 1}
    for i in range(PLAYERS - 1):  # the places of those who have gone
        round.join(f"new {i}")
    with pytest.raises(Full):
        round.join("one more")
    assert round.players() == {known(p): int(p == "0") for p in ("0", "1", *(f"new {i}" for i in range(PLAYERS - 1)))}
    round.join("0")  # whoever has answered comes back
    assert round.answers_of("0") == {0: SURE}


def test_the_answers_that_are_kept_are_bounded(started, clock):
    round, _ = started
    for i in range(ANSWERING):
        clock.now += LATELY
        round.join(str(i))
        round.answer(str(i), 0, EVEN)
    with pytest.raises(Full):
        round.join("one more")
    assert len(round.answers(0)) == ANSWERING


def test_asking_by_a_name_that_has_not_joined_takes_no_place(started):
    round, _ = started
    round.now("nobody")
    assert now(round)["players"] == 0 and round.players() == {}


def test_the_leader_locks_removes_and_empties_and_nobody_else(started):
    round, secret = started
    for player in "abc":
        round.join(player)
        round.answer(player, 0, EVEN)
    for act in (lambda: round.remove("x", known("a")), lambda: round.empty("x"), lambda: round.lock("x", True)):
        with pytest.raises(PermissionError):
            act()
    assert round.players() == {known(p): 1 for p in "abc"} and not round.locked
    round.lock(secret, True)
    with pytest.raises(Locked):
        round.join("d")
    round.join("a")
    round.remove(secret, known("a"))
    round.remove(secret, known("a"))  # a second click
    with pytest.raises(Removed):
        round.join("a")
    assert len(round.answers(0)) == 2
    round.lock(secret, False)
    round.join("d")
    round.empty(secret)
    assert round.players() == {} and len(round.answers(0)) == 0
    round.join("b")
    with pytest.raises(Removed):
        round.join("a")


def test_a_round_is_found_by_its_code_however_it_is_typed(made):
    found = [made.start_round("synthetic", [1], str(i))[0] for i in range(20)]
    assert len({round.code for round in found}) == 20
    for round in found:
        assert len(round.code) == gathering.SHORT and set(round.code) <= set(gathering.LETTERS)
        assert made.by_code(f" {round.code[:2].upper()} {round.code[2:]} ") is round
    for wrong in ("", "abcd", "ABCDE F", "é" * 5, found[0].id):
        with pytest.raises(WrongCode):
            made.by_code(wrong)


def test_codes_cannot_be_tried_out(made, clock):
    round, _ = made.start_round("synthetic", [1], "me")
    for _ in range(WRONG):
        with pytest.raises(WrongCode):
            made.by_code("wrong", "198.51.100.7")
    with pytest.raises(TooManyCodes):
        made.by_code(round.code, "198.51.100.7")
    assert made.by_code(round.code, "198.51.100.8") is round
    clock.now += 60
    assert made.by_code(round.code, "198.51.100.7") is round


def test_players_browsers_are_told_the_stage_and_the_truth_only_once_it_is_revealed(made):
    asked = []

    def show(image, revealed):
        asked.append((image, revealed))
        return {"image": f"picture {image}", "label": 4 if revealed else None}

    round, secret = made.start_round("synthetic", [5, 7], "me")
    assert round.stage_now() is None
    round.show = show
    told = []
    for _ in range(5):
        told.append(json.loads(round.stage_now()))
        assert round.stage_now() == round.stage_now()
        round.go_on(secret)
    places = ["0-open", "0-closed", "0-revealed", "1-open", "1-closed"]
    labels = [None, None, 4, None, None]
    assert told == [
        {"place": place, "image": f"picture {image}", "label": label}
        for place, image, label in zip(places, [5, 5, 5, 7, 7], labels, strict=True)
    ]
    assert asked == [(5, False), (5, False), (5, True), (7, False), (7, False)], "once a place"


@pytest.fixture
def two_servers(made, clock, monkeypatch):
    """The same folder as two servers read it, each at once what the other has written."""
    monkeypatch.setattr(gathering, "FRESH", 0)
    return made, Classroom(made._home, clock)


def test_two_servers_over_one_folder_serve_the_same_round(two_servers):
    here, there = two_servers
    led, secret = here.start_round("synthetic", [5, 7], "me")
    round = there.by_code(led.code)
    assert round is not led and (round.id, round.run, round.images) == (led.id, "synthetic", (5, 7))
    led.join("a")
    assert round.answer("b", 0, SURE)
    assert now(led) == now(round) == {"place": "0-open", "answered": 1, "players": 2}
    led.answer("a", 0, EVEN)
    assert len(there.find(led.id).answers(0)) == 2 and round.answers_of("a") == {0: EVEN}
    led.go_on(secret)
    assert there.find(led.id).phase == CLOSED and not round.answer("b", 0, EVEN)
    led.remove(secret, known("b"))
    with pytest.raises(Removed):
        there.find(led.id).join("b")
    assert len(round.answers(0)) == 1
    led.empty(secret)
    assert now(round) == {"place": "0-closed", "answered": 0, "players": 0}
    with pytest.raises(PermissionError):
        round.go_on("x")
    round.go_on(secret)
    here.find(led.id)
    assert led.phase == REVEALED
    there.end(round, secret)
    assert here.find(led.id) is None


def test_a_server_that_starts_anew_has_forgotten_nothing(made, started, clock):
    round, secret = started
    for player in "ab":
        round.answer(player, 0, SURE)
    round.go_on(secret)
    round.lock(secret, True)
    again = Classroom(made._home, clock).find(round.id)
    assert (again.at, again.phase, again.locked, again.code) == (0, CLOSED, True, round.code)
    assert again.led_by(secret) and not again.led_by("x")
    assert again.answers(0).tolist() == [list(SURE)] * 2 and again.answers_of("a") == {0: SURE}
    again.join("a")
    with pytest.raises(Locked):
        again.join("c")


def test_nothing_that_somebody_could_use_is_in_the_folder(made, started):
    round, secret = started
    player = round.ticket()
    round.answer(player, 0, SURE)
    written = [path for path in round.path.rglob("*") if path.is_file()]
    assert len(written) == 4
    for path in written:
        assert secret not in path.read_text() and player not in path.read_text() and player not in path.name


@pytest.mark.parametrize("name", ["about.json", "stage.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"x"', "null"])
def test_a_broken_folder_is_no_gathering_and_hurts_no_other(made, started, clock, name, text):
    round, _ = started
    other, _ = made.start_round("synthetic", [1], "me")
    (round.path / name).write_text(text)
    anew = Classroom(made._home, clock)
    assert anew.find(round.id) is None and anew.by_code(other.code).id == other.id


@pytest.mark.parametrize("id", ["", "..", "../x", "x", "abcdefghjkm/", "ABCDEFGHJKMN", "é" * 12])
def test_an_id_that_none_can_have_is_not_looked_for(made, started, id):
    assert made.find(id) is None


def test_a_round_that_nobody_has_gone_on_with_is_removed_from_the_disk(made, started, clock):
    round, _ = started
    clock.now += IDLE + 1
    assert made.find(round.id) is None and not round.path.exists()


def test_where_nothing_can_be_written_a_start_says_so(clock, tmp_path):
    (tmp_path / "classroom").write_text("a file")
    with pytest.raises(OSError):
        Classroom(tmp_path / "classroom", clock).start_round("synthetic", [1], "me")


@pytest.fixture
def lecture(made):
    return made.start_lecture("me")


def test_a_lecture_shows_a_page_and_each_change_is_a_step(lecture):
    shown, secret = lecture
    for page, query, step in (("softmax", {}, 1), ("softmax", {}, 1), ("softmax", {"z": "1,2"}, 2), ("train", {}, 3)):
        shown.show(secret, page, query)
        assert now(shown)["place"] == str(step) and (shown.stage["page"], shown.stage["query"]) == (page, query)
    for act in (lambda: shown.show("x", "softmax", {}), lambda: shown.move("x", {})):
        with pytest.raises(PermissionError):
            act()


def test_the_pages_of_all_who_follow_are_drawn_one_after_another(lecture, clock):
    shown, secret = lecture
    names = [shown.ticket() for _ in range(5)]
    for name in names:
        shown.join(name)
    clock.now = 20.0
    shown.show(secret, "softmax", {})
    clock.now = 21.5
    told = [json.loads(shown.now(name)) for name in names]
    assert sorted(one["turn"] for one in told) == [0, 1, 2, 3, 4]
    assert {one["ago"] for one in told} == {1.5}
    shown.set_vote(secret, 1, OPEN)
    assert json.loads(shown.now(names[0]))["ago"] == 1.5, "nothing has changed"
    shown.set_vote(secret, 1, CLOSED)
    assert json.loads(shown.now(names[0]))["ago"] == 0


def test_the_boards_states_are_told_once_they_have_changed(lecture):
    shown, secret = lecture
    states = {"st-key-board": {"z": [1, 2.5, "inf"], "y": 3, "open": True, "at": None}}
    shown.move(secret, states)
    told = now(shown)
    assert told["boards"] == states and "boards" not in json.loads(shown.now("", told["move"]))
    shown.move(secret, states)
    assert now(shown)["move"] == told["move"]


@pytest.mark.parametrize(
    "boards",
    [
        None,
        [],
        {"a": "<img onerror=x>"},
        {"<b>": 1},
        {"a": {"b": "x" * 81}},
        {"a": [[[[[[1]]]]]]},
        {"a": [0] * 9000},
        {"a": object},
    ],
)
def test_what_can_be_no_board_is_shown_to_nobody(lecture, boards):
    shown, secret = lecture
    with pytest.raises((ValueError, TypeError)):
        shown.move(secret, boards)
    assert now(shown)["boards"] == {}


def test_one_address_gets_half_of_all_gatherings(made):
    for i in range(registry.SHARE):
        made.start_round("synthetic", [1], str(i), "198.51.100.7")[0].join("a")
    with pytest.raises(Full):
        made.start_lecture("one more", "198.51.100.7")
    assert made.start_lecture("one more", "198.51.100.8")
