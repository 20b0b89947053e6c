"""The rounds of the guessing game: who may do what in them, what is counted, and that they stay small."""

import json
import math
import threading

import numpy as np
import pytest

from explorer import rounds
from explorer.rounds import CLOSED, IMAGES, LED, OPEN, PLAYERS, REVEALED, ROUNDS, Full, Leading, Rounds

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
def made(clock):
    return Rounds(clock)


@pytest.fixture
def started(made):
    """A round of three images, and its leader's secret."""
    return made.start("synthetic", [5, 7, 9], "me")


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


def test_who_has_not_joined_cannot_answer(started):
    with pytest.raises(KeyError):
        started[0].answer("nobody", 0, EVEN)


def test_players_rounds_and_images_are_bounded(made, started):
    round, _ = started
    for i in range(PLAYERS):
        round.join(str(i))
    with pytest.raises(Full):
        round.join("one more")
    round.join("0")
    assert now(round)["players"] == PLAYERS
    for i in range(ROUNDS - 1):
        made.start("synthetic", [1], str(i))[0].join("a")
    with pytest.raises(Full) as refusal:
        made.start("synthetic", [1], "one more")
    assert refusal.type is Full
    for images in ([], range(IMAGES + 1)):
        with pytest.raises(ValueError):
            made.start("synthetic", images, "me")


def test_on_a_full_server_the_longest_idle_round_without_players_makes_room(made, clock):
    everybodys = []
    for i in range(ROUNDS):
        clock.now += 1
        everybodys.append(made.start("synthetic", [1], str(i // 2))[0])
    everybodys[0].join("a")
    made.start("synthetic", [1], "one more")
    assert [made.find(round.id) for round in everybodys] == [everybodys[0], None, *everybodys[2:]]


def test_a_leader_has_few_rounds_and_those_with_players_stay(made, clock):
    others = made.start("synthetic", [1], "somebody")[0]
    mine = []
    for _ in range(LED):
        clock.now += 1
        mine.append(made.start("synthetic", [1], "me")[0])
    mine[0].join("a")
    mine.append(made.start("synthetic", [1], "me")[0])
    assert [made.find(round.id) for round in mine] == [mine[0], None, *mine[2:]]
    for round in mine[2:]:
        round.join("a")
    with pytest.raises(Leading):
        made.start("synthetic", [1], "me")
    assert made.find(others.id) is others


def test_a_round_is_forgotten_when_nothing_has_happened_in_it_for_long(made, started, clock):
    round, _ = started
    clock.now = rounds.IDLE
    round.join("a")
    clock.now += rounds.IDLE
    assert made.find(round.id) is round
    clock.now += 1
    assert made.find(round.id) is None
    for i in range(ROUNDS):
        made.start("synthetic", [1], str(i))[0].join("a")
    clock.now += rounds.IDLE + 1
    made.start("synthetic", [1], "me")


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
    ids = {made.start("synthetic", [1], str(i))[0].id for i in range(50)}
    assert len(ids) == 50 and all(len(id) == rounds.LENGTH and set(id) <= set(rounds.LETTERS) for id in ids)
    assert rounds.LENGTH * math.log2(len(rounds.LETTERS)) > 58


def test_images_are_drawn_by_the_seed_half_of_them_hard():
    losses = np.random.default_rng(1).exponential(size=500)
    drawn = rounds.draw(losses, 10, 3)
    assert drawn == rounds.draw(losses, 10, 3) != rounds.draw(losses, 10, 4)
    assert len(set(drawn)) == 10
    least = np.sort(losses)[-50]  # of the tenth with the largest
    assert all(losses[i] >= least for i in drawn[1::2])
    assert not all(losses[i] >= least for i in drawn[::2])
    with pytest.raises(ValueError):
        rounds.draw(losses[:99], 10, 0)
