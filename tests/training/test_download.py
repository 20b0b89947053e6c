"""A file fetched from a server that behaves as badly as real ones do."""

import socket
import threading
import urllib.error
import urllib.request

import pytest

from explorer.protocol.errors import Failure, Stopped
from explorer.training import download
from tests.official_files import served

CONTENT = bytes(range(256)) * 50


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(CONTENT) as server:
        yield server


@pytest.fixture
def waited(control, monkeypatch):
    """How long it has waited, second by second, without waiting in truth."""
    seconds = []
    monkeypatch.setattr(control, "sleep", lambda time: seconds.append(time) or control.check())
    return seconds


@pytest.fixture
def shown(progress, monkeypatch):
    """Whatever it has shown of how far it is."""
    shown = []
    monkeypatch.setattr(progress, "show", lambda *what: shown.append(what))
    return shown


@pytest.fixture
def fetch(server, tmp_path, progress, waited):
    """Return a function that fetches the server's file; its content comes back."""

    def fetch():
        download.fetch(server.url, tmp_path / "file", progress)
        return (tmp_path / "file").read_bytes()

    return fetch


def failure(fetch):
    with pytest.raises(Failure) as error:
        fetch()
    return error.value


def cut(count):
    """Return an answer whose connection ends after so many bytes more, whatever was asked for."""

    def answer(handler):
        wanted = handler.headers.get("Range")
        if wanted:
            handler.part(int(wanted.removeprefix("bytes=").removesuffix("-")), cut=count)
        else:
            handler.answer(200, CONTENT, cut=count)

    return answer


def refuse(status):
    return lambda handler: handler.answer(status, b"")


def pauses(shown):
    """Return the lengths of the pauses that were shown."""
    return [total for name, done, total in shown if name == "retry" and done == 0]


def test_it_fetches_the_whole(fetch, server):
    assert fetch() == CONTENT
    assert server.ranges == [None]


def test_a_cut_connection_is_taken_up_where_it_ended(fetch, server):
    server.spoil = [cut(1000)]
    assert fetch() == CONTENT
    assert server.ranges == [None, "bytes=1000-"]


def test_a_connection_that_drops_again_and_again_is_taken_up_again_and_again(fetch, server, shown, waited):
    """As long as something arrives in between, the tries are counted anew, and the pauses are the shortest."""
    server.spoil = [cut(1000)] * 12
    assert fetch() == CONTENT
    assert server.ranges == [None, *(f"bytes={1000 * number}-" for number in range(1, 13))]
    assert pauses(shown) == [download.PAUSES[0]] * 12
    assert sum(waited) == 12 * download.PAUSES[0]


def test_a_server_that_is_away_is_waited_for_longer_and_longer_and_given_up_after_minutes(fetch, server, shown, waited):
    server.spoil = [cut(1000)] + [cut(0)] * 20
    error = failure(fetch)
    assert error.code == "download" and f"{server.url} could not be fetched in 8 tries" in str(error)
    assert pauses(shown) == list(download.PAUSES) == sorted(download.PAUSES)
    assert 120 < sum(waited) < 600
    assert len(server.ranges) == 1 + 1 + len(download.PAUSES) - 1


def test_a_server_that_is_away_and_comes_back_is_asked_for_the_rest(fetch, server, shown):
    server.spoil = [cut(1000), *[cut(0)] * (len(download.PAUSES) - 1), cut(1000), refuse(503), refuse(429)]
    assert fetch() == CONTENT
    assert pauses(shown) == [*download.PAUSES, *download.PAUSES[:3]]


def test_the_same_bytes_again_are_no_progress(fetch, server):
    """A server without ranges that drops the connection at the same place each time would be asked for ever."""
    server.spoil = [lambda handler: handler.answer(200, CONTENT, cut=1000)] * 20
    assert failure(fetch).code == "download"
    assert len(server.ranges) == len(download.PAUSES) + 1


def test_a_pause_shows_how_long_it_lasts_and_can_be_stopped(fetch, server, shown, control, monkeypatch):
    server.spoil = [cut(1000)] * 3
    seconds = []
    monkeypatch.setattr(control, "sleep", lambda time: seconds.append(time) or (len(seconds) == 2 and control.stop()))
    with pytest.raises(Stopped):
        fetch()
    assert [(done, total) for name, done, total in shown if name == "retry"] == [(0, 2), (1, 2)]


def test_what_has_arrived_stays_whatever_happens(fetch, server, tmp_path):
    server.spoil = [cut(1000)] + [refuse(503)] * 20
    assert "0 MB have arrived and are kept" in str(failure(fetch))
    assert (tmp_path / "file").read_bytes() == CONTENT[:1000]
    server.spoil = []
    assert fetch() == CONTENT
    assert server.ranges[-1] == "bytes=1000-"


def test_a_complete_file_needs_no_more_bytes(fetch, server, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    assert fetch() == CONTENT
    assert server.ranges == [f"bytes={len(CONTENT)}-"]


def test_more_than_there_is_is_fetched_again(fetch, server, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT + b"x")
    assert fetch() == CONTENT


def test_a_server_without_ranges_starts_over(fetch, server, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 5000)
    server.spoil = [lambda handler: handler.answer(200, CONTENT)]
    assert fetch() == CONTENT


def test_a_server_that_falls_silent_is_asked_again_for_the_rest(fetch, server, monkeypatch):
    asked_again = threading.Event()

    def half_of_it(handler):
        handler.answer(200, CONTENT, cut=len(CONTENT) // 2)
        asked_again.wait(60)

    def rest(handler):
        asked_again.set()
        cut(None)(handler)

    monkeypatch.setattr(download, "TIMEOUT", 0.5)
    server.spoil = [half_of_it, rest]
    assert fetch() == CONTENT
    assert server.ranges == [None, f"bytes={len(CONTENT) // 2}-"]


def test_a_slow_server_is_seen_to_go_on(fetch, server, shown, monkeypatch):
    """Each piece is sent only after the one before was shown: no patience with a silent server is needed."""
    monkeypatch.setattr(download, "BLOCK", 1000)
    sent = range(0, len(CONTENT), 1000)

    def trickle(handler):
        handler.answer(200, CONTENT, cut=0)
        for first in sent:
            handler.wfile.write(CONTENT[first : first + 1000])
            while not any(done > first for name, done, _ in shown if name == "download"):
                threading.Event().wait(0.001)

    server.spoil = [trickle]
    assert fetch() == CONTENT
    downloads = [(done, total) for name, done, total in shown if name == "download"]
    assert downloads == sorted(downloads) and len(downloads) >= len(sent) and downloads[-1] == (len(CONTENT),) * 2
    assert server.ranges == [None]


def test_it_can_be_stopped_in_the_middle_and_what_has_arrived_stays(fetch, progress, control, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "BLOCK", 1000)
    monkeypatch.setattr(progress, "show", lambda name, done, total: done < 2000 or control.stop())
    with pytest.raises(Stopped):
        fetch()
    assert 2000 <= (tmp_path / "file").stat().st_size < len(CONTENT)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_reported_at_once(fetch, server, waited, status):
    server.spoil = [refuse(status)] * 20
    error = failure(fetch)
    assert error.code == "download" and str(status) in str(error)
    assert len(server.ranges) == 1 and not waited


def test_a_web_page_instead_of_the_file_is_reported_at_once(fetch, server, tmp_path):
    page = b"<html>Please log in</html>"
    server.spoil = [lambda handler: handler.answer(200, page, kind="text/html; charset=utf-8")]
    error = failure(fetch)
    assert error.code == "download-page" and server.url in str(error)
    assert len(server.ranges) == 1
    assert (tmp_path / "file").read_bytes() == b""


@pytest.fixture
def no_network(monkeypatch):
    """A machine whose network is away; how often it was tried."""
    tried = []

    def away(*_, **__):
        tried.append(1)
        raise urllib.error.URLError(socket.gaierror(-3, "Temporary failure in name resolution"))

    monkeypatch.setattr(urllib.request, "urlopen", away)
    return tried


def test_where_there_is_no_network_and_nothing_has_arrived_seconds_are_enough(fetch, no_network, waited):
    error = failure(fetch)
    assert error.code == "download" and "name resolution" in str(error)
    assert len(no_network) == 3 and sum(waited) < 10


def test_where_the_network_goes_away_in_the_middle_it_is_waited_for(fetch, no_network, waited, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT[:1000])
    assert failure(fetch).code == "download"
    assert len(no_network) == len(download.PAUSES) + 1 and sum(waited) > 120


def test_a_folder_that_cannot_be_written_to_is_not_taken_for_a_failing_network(server, tmp_path, progress):
    with pytest.raises(OSError, match="Not a directory"):
        (tmp_path / "file").touch()
        download.fetch(server.url, tmp_path / "file" / "file", progress)
    assert server.ranges == []
