"""Who waits for how long: the queue before whatever serves one at a time."""

import pytest

from explorer.runs.limits import Refused
from explorer.runs.queue import Queue


def filled(queue, *addresses):
    """Let one visitor from each address join, named by its place, and return the queue."""
    for number, address in enumerate(addresses):
        queue.join(f"{address}{number}", f"visitor {number}", address)
    return queue


def test_addresses_take_turns_however_many_wait_at_one():
    queue = filled(Queue(20), *"aaaabba")
    assert list(queue) == ["a0", "b4", "a1", "b5", "a2", "a3", "a6"]
    assert queue.take() == "a0"
    queue.join("c", "somebody", "c")
    assert list(queue) == ["b4", "c", "a1", "b5", "a2", "a3", "a6"]
    assert [queue.take() for _ in range(len(queue))] == ["b4", "c", "a1", "b5", "a2", "a3", "a6"]


def test_who_comes_back_is_behind_whoever_has_not_had_a_turn():
    queue = filled(Queue(20), *"aaa")
    queue.take()
    queue.join("b", "somebody", "b")
    assert queue.take() == "b"


def test_each_visitor_waits_once_and_no_address_takes_more_than_half():
    queue = filled(Queue(4), "a", "a")
    for visitor, address, code in (("visitor 0", "b", "still_waiting"), ("another", "a", "queue_share")):
        with pytest.raises(Refused) as refused:
            queue.join("more", visitor, address)
        assert refused.value.code == code
    queue.join("b", "b", "b")
    queue.join("c", "c", "c")
    with pytest.raises(Refused) as refused:
        queue.join("d", "d", "d")
    assert (refused.value.code, refused.value.values) == ("queue_full", {"most": 4})
    assert queue.leave("b") and not queue.leave("b")
    queue.join("d", "d", "d")
    assert len(queue) == 4


def test_whoever_has_a_network_of_ipv6_has_one_address():
    queue = Queue(4)
    queue.join("a", "a", "2001:db8:0:1::1")
    queue.join("b", "b", "2001:db8:0:1:ffff::2")
    with pytest.raises(Refused, match="queue_share"):
        queue.join("c", "c", "2001:db8:0:1::3")
    queue.join("c", "c", "2001:db8:0:2::3")
    queue = Queue(4)
    for name in ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"):
        queue.join(name, name, name)
    with pytest.raises(Refused, match="queue_share"):
        queue.join("c", "c", "::ffff:192.0.2.1")


def test_of_the_addresses_that_were_served_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr("explorer.runs.queue.REMEMBERED", 3)
    queue = Queue(4)
    for number in range(9):
        queue.join(number, "somebody", str(number))
        queue.take()
    assert len(queue._served) == 3
