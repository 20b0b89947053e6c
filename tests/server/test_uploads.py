"""The route that takes a run: from whom, how much and how many at once; what is refused leaves nothing behind."""

import asyncio
import functools

import pytest

from explorer.protocol.routes import UPLOADS
from explorer.runs import archive, recorded, uploads
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from tests.server.posting import Request

PATH = f"/{UPLOADS}"
HOST = "explorer.example:8501"
HERE = {"host": HOST, "origin": f"https://{HOST}"}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    made = Runs(Limits(folder=tmp_path / "runs", spare=0), ("/no/such/program",))
    monkeypatch.setattr("explorer.runs.of_this_server", lambda: made)
    yield made
    made.close()
    folder = made.limits.folder
    assert not folder.exists() or not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert not made.uploads._at_work


@pytest.fixture
def whole():
    with archive.pack(recorded.FOLDER / "synthetic") as packed:
        return packed.read()


@pytest.fixture
def secret(runs):
    return runs.uploads.ticket("me", lambda: True, "10.0.0.1")


@pytest.fixture
def post(post):
    return functools.partial(post, path=PATH)


def in_pieces(data, size=100_000):
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("base", ["", "/course/x"])
@pytest.mark.parametrize("says", [{"sec-fetch-site": "same-origin"}, {}])
def test_a_run_from_a_page_of_the_app_is_opened(runs, post, secret, whole, base, says):
    headers = HERE | says | {"x-explorer-secret": secret, "content-length": str(len(whole))}
    _, status, answer = post(in_pieces(whole), headers, base=base, path=f"{base}/{UPLOADS}")
    assert status == 200 and runs.find(answer["run"]).state() == "finished"
    assert [path.name for path in runs.limits.folder.iterdir()] == [answer["run"]]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": HOST, "origin": "https://elsewhere.example"},
        {"host": HOST, "origin": f"https://{HOST}.elsewhere.example"},
        {"host": HOST, "origin": "null"},
        {"host": HOST, "origin": ""},
        {"host": HOST},
        {},
        {"origin": "https://"},
        HERE | {"sec-fetch-site": "cross-site"},
        HERE | {"sec-fetch-site": "same-site"},
        HERE | {"sec-fetch-site": "none"},
    ],
)
def test_what_comes_from_elsewhere_is_refused_before_its_body_is_read(runs, post, secret, headers):
    request, status, answer = post([b"x"], headers | {"x-explorer-secret": secret})
    assert (status, answer) == (403, {"refused": "origin"}) and request.read == 0
    assert not runs.limits.folder.exists()


def test_without_the_secret_of_a_session_that_is_there_nothing_is_read(runs, post):
    there = [True]
    gone = runs.uploads.ticket("gone", lambda: there[0])
    there[0] = False
    for given in ({}, {"x-explorer-secret": ""}, {"x-explorer-secret": "é" * 9}, {"x-explorer-secret": gone}):
        request, status, answer = post([b"x"], HERE | given)
        assert (status, answer) == (403, {"refused": "secret"}) and request.read == 0
    assert not runs.limits.folder.exists()


def test_images_are_taken_by_the_same_rules(runs, post, secret, monkeypatch):
    came = []

    def take(packed, home, most, process):
        packed.seek(0)
        came.append((packed.read(), home, most))
        return "their id"

    monkeypatch.setattr(uploads.own_images, "take", take)
    path, headers = f"{PATH}/images", HERE | {"x-explorer-secret": secret}
    request, status, answer = post([b"x"], headers | {"origin": "https://elsewhere.example"}, path=path)
    assert (status, answer) == (403, {"refused": "origin"}) and request.read == 0
    request, status, answer = post([b"x"], HERE, path=path)
    assert (status, answer) == (403, {"refused": "secret"}) and request.read == 0 and not came
    _, status, answer = post([b"a ZIP", b" file"], headers, path=path)
    assert (status, answer) == (200, {"images": "their id"})
    assert came == [(b"a ZIP file", runs.limits.folder, uploads.UNPACKED * runs.limits.upload)]


def test_a_session_has_one_secret_and_only_so_many_have_one(runs, monkeypatch):
    monkeypatch.setattr(uploads, "TICKETS", 3)
    there = {*"abcdef"}

    def secret(visitor):
        return runs.uploads.ticket(visitor, lambda: visitor in there)

    first = secret("a")
    assert secret("a") == first != secret("b")
    there.discard("b")
    assert [secret(visitor) for visitor in "cd"] and secret("a") == first  # who has gone makes room
    assert secret("e") and secret("a") != first  # else who came first


def test_too_much_is_refused_before_it_is_read_where_it_says_so_and_else_as_it_comes(runs, post, secret):
    object.__setattr__(runs.limits, "upload", 1_000_000)
    headers = HERE | {"x-explorer-secret": secret}
    refused = (413, {"refused": "bytes", "most": 1})
    request, *answer = post([b"x"], headers | {"content-length": "1000001"})
    assert tuple(answer) == refused and request.read == 0
    for says in ({}, {"content-length": "10"}):
        request, *answer = post([bytes(400_000)] * 1000, headers | says)
        assert tuple(answer) == refused and request.read == 3
    assert list(runs.limits.folder.iterdir()) == []


def test_a_host_that_takes_no_runs_reads_none(runs, post, secret):
    object.__setattr__(runs.limits, "upload", 0)
    request, status, answer = post([b"x"], HERE | {"x-explorer-secret": secret})
    assert (status, answer) == (403, {"refused": "off"}) and request.read == 0


def test_what_does_not_come_in_time_is_refused(runs, aside, secret, whole, monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS", 0.3)
    request = Request(in_pieces(whole)[:3], HERE | {"x-explorer-secret": secret}, PATH)
    received = request.receive

    async def receive():
        return await received() | {"more_body": True}  # which never comes

    request.receive = receive
    assert aside(asyncio.run, request.answered()) == (408, {"refused": "slow", "seconds": 0})
    assert list(runs.limits.folder.iterdir()) == []


def test_who_hangs_up_leaves_nothing(runs, post, secret, whole):
    post([*in_pieces(whole)[:3], None], HERE | {"x-explorer-secret": secret})
    assert list(runs.limits.folder.iterdir()) == []


def test_only_two_at_once_are_taken_and_of_one_address_one(runs, aside, whole):
    async def together():
        started = asyncio.Event()
        secrets = [runs.uploads.ticket(str(k), lambda: True, address) for k, address in enumerate("aabc")]
        requests = [Request([b"x"], HERE | {"x-explorer-secret": secret}, PATH) for secret in secrets]

        def holding(request):
            received = request.receive

            async def receive():
                if not request.read:
                    await started.wait()
                return await received()

            request.receive = receive
            return asyncio.create_task(request.answered())

        first = holding(requests[0])
        while not runs.uploads._at_work:
            await asyncio.sleep(0)
        same_address = await requests[1].answered()
        second = holding(requests[2])
        while len(runs.uploads._at_work) < 2:
            await asyncio.sleep(0)
        third = await requests[3].answered()
        started.set()
        return same_address, third, requests[1].read + requests[3].read, [await first, await second]

    same_address, third, read, taken = aside(asyncio.run, together())
    assert same_address == third == (429, {"refused": "busy"}) and read == 0
    assert taken == [(422, {"refused": "zip"})] * 2
    assert list(runs.limits.folder.iterdir()) == []


def test_an_address_may_send_only_so_much_in_an_hour_and_others_are_not_affected(runs, post, secret, monkeypatch):
    object.__setattr__(runs.limits, "upload", uploads.LEAST)
    headers = HERE | {"x-explorer-secret": secret}
    for _ in range(uploads.HOURLY + 1):
        assert post([b"x"], headers)[1:] == (422, {"refused": "zip"})
    assert post([b"x"], headers)[1:] == (429, {"refused": "often"})
    other = HERE | {"x-explorer-secret": runs.uploads.ticket("you", lambda: True, "10.0.0.2")}
    assert post([b"x"], other)[1:] == (422, {"refused": "zip"})
    for house in ("2001:db8::7", "2001:db8::8"):  # one visitor has all addresses of a network
        last = HERE | {"x-explorer-secret": runs.uploads.ticket(house, lambda: True, house)}
        for _ in range(uploads.HOURLY // 2 + 1):
            answer = post([b"x"], last)[1:]
    assert answer == (429, {"refused": "often"})
    monkeypatch.setattr(uploads, "HOUR", -1.0)  # an hour later
    assert post([b"x"], headers)[1:] == (422, {"refused": "zip"})


def test_where_nothing_can_be_written_it_is_said(runs, post, secret):
    runs.limits.folder.parent.mkdir(exist_ok=True)
    runs.limits.folder.write_text("no folder")
    assert post([b"x"], HERE | {"x-explorer-secret": secret})[1:] == (507, {"refused": "disk"})
    runs.limits.folder.unlink()


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", f"/{UPLOADS}/"),
        ("POST", f"/{UPLOADS}/x"),
        ("POST", f"//{UPLOADS}"),
        ("POST", f"/course/{UPLOADS}"),
        ("POST", "/"),
        ("POST", "/_stcore/upload_file/a/b"),
        ("PUT", f"/{UPLOADS}"),
        ("DELETE", f"/{UPLOADS}"),
        ("GET", f"/{UPLOADS}"),
    ],
)
def test_only_a_post_to_its_own_address_is_taken(runs, post, secret, method, path):
    headers = HERE | {"x-explorer-secret": secret}
    request, status, _ = post([b"x"], headers, method=method, path=path)
    assert status == 405 and request.read == 0
