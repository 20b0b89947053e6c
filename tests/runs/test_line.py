"""Who waits for how long: the line of visitors before whatever serves one at a time."""

import pytest

from explorer.runs.limits import Refused
from explorer.runs.line import Line


def filled(line, *addresses):
    """Let one visitor from each address join, named by its place, and return the line."""
    for number, address in enumerate(addresses):
        line.join(f"{address}{number}", f"visitor {number}", address)
    return line


def test_addresses_take_turns_however_many_wait_at_one():
    line = filled(Line(20), *"aaaabba")
    assert list(line) == ["a0", "b4", "a1", "b5", "a2", "a3", "a6"]
    assert line.take() == "a0"
    line.join("c", "somebody", "c")
    assert list(line) == ["b4", "c", "a1", "b5", "a2", "a3", "a6"]
    assert [line.take() for _ in range(len(line))] == ["b4", "c", "a1", "b5", "a2", "a3", "a6"]


def test_who_comes_back_is_behind_whoever_has_not_had_a_turn():
    line = filled(Line(20), *"aaa")
    line.take()
    line.join("b", "somebody", "b")
    assert line.take() == "b"


def test_each_visitor_waits_once_and_no_address_takes_more_than_half():
    line = filled(Line(4), "a", "a")
    for visitor, address, code in (("visitor 0", "b", "still_waiting"), ("another", "a", "queue_share")):
        with pytest.raises(Refused) as refused:
            line.join("more", visitor, address)
        assert refused.value.code == code
    line.join("b", "b", "b")
    line.join("c", "c", "c")
    with pytest.raises(Refused) as refused:
        line.join("d", "d", "d")
    assert (refused.value.code, refused.value.values) == ("queue_full", {"most": 4})
    assert line.leave("b") and not line.leave("b")
    line.join("d", "d", "d")
    assert len(line) == 4


def test_whoever_has_a_network_of_ipv6_has_one_address():
    line = Line(4)
    line.join("a", "a", "2001:db8:0:1::1")
    line.join("b", "b", "2001:db8:0:1:ffff::2")
    with pytest.raises(Refused, match="queue_share"):
        line.join("c", "c", "2001:db8:0:1::3")
    line.join("c", "c", "2001:db8:0:2::3")
    line = Line(4)
    for name in ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"):
        line.join(name, name, name)
    with pytest.raises(Refused, match="queue_share"):
        line.join("c", "c", "::ffff:192.0.2.1")


def test_of_the_addresses_that_were_served_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr("explorer.runs.line.REMEMBERED", 3)
    line = Line(4)
    for number in range(9):
        line.join(number, "somebody", str(number))
        line.take()
    assert len(line._served) == 3
