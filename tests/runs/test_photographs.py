"""The photographs of CIFAR-10 are got once for all visitors, from a local server of small official files."""

import sys
import time

import numpy as np
import pytest

from explorer.protocol.data_sources import ARCHIVE, FETCH, PART
from explorer.runs import photographs as module
from explorer.runs import recorded
from explorer.runs.limits import Refused
from explorer.runs.photographs import Photographs
from tests import official_files


@pytest.fixture(scope="module")
def files():
    return official_files.like_recorded()


@pytest.fixture
def server(files):
    with official_files.served(official_files.packed(files)) as server:
        yield server


@pytest.fixture
def photographs(files, server, make_runs, tmp_path, monkeypatch):
    """Those of a server whose data folder is empty, and whose program believes in these files."""
    program = official_files.program(tmp_path, files, server.content, server.url)
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return make_runs((sys.executable, *program), spare=0).photographs


def over(photographs, seconds=60.0):
    """Wait until it is over, and return the works that it reported."""
    seen, until = [], time.monotonic() + seconds
    while photographs.going:
        seen.append(photographs.progress().name)
        assert time.monotonic() < until
        time.sleep(0.02)
    return [*dict.fromkeys(seen)]


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def test_they_are_got_once_and_the_recorded_runs_then_have_their_images(photographs, server):
    assert photographs.may_be_had and not photographs.there and photographs.bytes_to_fetch > 170e6
    assert recorded.usual() == recorded.SHAPES
    assert photographs.get() and photographs.get() == "", "it is going on already"
    over(photographs)
    assert photographs.failure() is None and photographs.there and not photographs.may_be_had
    assert server.ranges == [None], "one download"
    for name in recorded.NAMES[1:]:
        found = recorded.images_of(name).found
        assert found.mean() > 0.99
    assert recorded.usual() == recorded.CNN


def test_stopped_by_whoever_began_it_it_keeps_what_has_arrived_and_goes_on_from_there(photographs, server, tmp_path):
    server.spoil.append(official_files.trickle)
    secret, arriving = photographs.get(), tmp_path / "data" / (ARCHIVE + PART)
    found = wait_for(lambda: (p := photographs.progress()).name == "download" and p.rate and p)
    assert found.total == len(server.content) and 0 < found.left
    with pytest.raises(PermissionError):
        photographs.stop("somebody else")
    assert photographs.going and not photographs.stopping
    photographs.stop(secret)
    over(photographs)
    assert photographs.stopped and photographs.failure() is None and photographs.may_be_had
    kept = arriving.stat().st_size
    assert kept >= len(server.content) // 2
    assert photographs.get()
    over(photographs)
    assert photographs.there
    assert server.ranges == [None, f"bytes={kept}-"]


def test_a_program_that_does_not_stop_is_killed(photographs, server, monkeypatch):
    monkeypatch.setattr(module, "STOP_TIMEOUT", 0.0)
    server.spoil.append(official_files.trickle)
    secret = photographs.get()
    wait_for(lambda: photographs.progress().name == "download")
    photographs.stop(secret)
    over(photographs)
    assert photographs.stopped or photographs.failure()["code"] == "interrupted"


def test_why_it_failed_is_known_by_a_code(photographs, server):
    server.spoil.append(lambda handler: handler.answer(200, b"<html>log in</html>", kind="text/html"))
    photographs.get()
    over(photographs)
    assert photographs.failure()["code"] == "download-page"
    assert photographs.may_be_had


def test_images_that_lie_there_as_files_are_only_decoded(photographs, server, tmp_path, files):
    official_files.write(tmp_path / "data", files)
    assert photographs.may_be_had and photographs.bytes_to_fetch == 0
    photographs.get()
    over(photographs)
    assert photographs.there and server.ranges == []


def test_a_host_may_forbid_the_download_but_not_the_images_that_are_there(photographs, tmp_path, files, monkeypatch):
    monkeypatch.setenv(FETCH, "no")
    assert not photographs.may_be_had and photographs.bytes_to_fetch == 0
    photographs.get()  # as a hostile client might
    over(photographs)
    assert photographs.failure()["code"] == "no-fetch"
    official_files.write(tmp_path / "data", files)
    assert photographs.may_be_had


def test_a_setting_that_is_neither_yes_nor_no_ends_the_start(monkeypatch):
    monkeypatch.setenv(FETCH, "perhaps")
    with pytest.raises(ValueError, match="EXPLORER_FETCH must be yes or no; got 'perhaps'"):
        Photographs(None)


def test_with_too_little_memory_nothing_is_begun(photographs, monkeypatch):
    monkeypatch.setattr(module.machine, "available", lambda: 100 << 20)
    with pytest.raises(Refused) as refused:
        photographs.get()
    assert refused.value.code == "memory" and not photographs.going


def test_the_rate_and_the_time_left_are_of_the_last_half_minute(monkeypatch):
    """A download of 1,000 bytes: 10 a second at first, then 20."""
    now = 0.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    photographs, told = Photographs(None), {}
    photographs._job = type("Job", (), {"ended": lambda _: None, "trainer": type("T", (), {"stopping": False})})()
    done = 0
    for second in range(0, 61, 5):
        now, done = float(second), done + (0 if second == 0 else 50 if second <= 30 else 100)
        photographs._job.progress = lambda done=done: ("download", done, 1000)
        told[second] = photographs.progress()
    assert told[0].rate is None and told[0].left is None
    assert told[30].rate == pytest.approx(10) and told[30].left == pytest.approx(70)
    assert told[60].rate == pytest.approx(20) and told[60].left == pytest.approx((1000 - done) / 20)
    assert np.isclose(told[45].rate, 15)
