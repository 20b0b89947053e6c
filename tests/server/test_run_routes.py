"""The routes of the runs, as the browser asks them."""

import asyncio
import io
import json
import urllib.parse
import zipfile

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from explorer.server import routes


@pytest.fixture
def runs(tmp_path, monkeypatch):
    made = Runs(Limits(folder=tmp_path / "runs"))
    monkeypatch.setattr("explorer.runs.of_this_server", lambda: made)
    return made


@pytest.fixture
def get(runs, aside):
    """Return a function that asks the server for a path, and gives status, headers and body."""
    app = Starlette(routes=routes.routes())

    def get(path):
        sent = []

        requests = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            if not requests:
                await asyncio.sleep(60)  # the browser stays
            return requests.pop()

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "query_string": b"", "headers": []}
        request = app(scope | {"path": urllib.parse.unquote(path), "root_path": ""}, receive, send)
        aside(asyncio.run, request)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent)

    return get


@pytest.fixture
def folder(runs):
    """A run made elsewhere, over since long."""
    folder = runs.limits.folder / "made-elsewhere"
    (folder / "test_logits").mkdir(parents=True)
    (folder / "events.jsonl").write_text(json.dumps({"event": "finished", "reason": "epochs"}) + "\n")
    np.save(folder / "test_labels.npy", np.arange(10))
    np.save(folder / "sample_index.npy", np.arange(10))
    np.save(folder / "sample_images.npy", np.zeros((10, 32, 32, 3), np.uint8))
    np.save(folder / "test_logits" / "0000.npy", np.eye(10, dtype=np.float32))
    return folder


def test_the_events_of_a_run_are_reported_as_json_that_nobody_stores(get, folder):
    status, headers, body = get("/explorer-runs/made-elsewhere/events")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert json.loads(body)["state"] == "finished"


def test_the_sample_images_are_a_png(get, folder):
    _, headers, body = get("/explorer-runs/made-elsewhere/samples.png")
    assert headers["content-type"] == "image/png"
    assert body.startswith(b"\x89PNG")


def test_the_samples_logits_are_those_of_the_epoch(get, folder):
    _, _, body = get("/explorer-runs/made-elsewhere/samples/0")
    assert json.loads(body) == {"labels": list(range(10)), "logits": np.eye(10).tolist()}


def test_logits_that_are_not_finite_cross_as_words(get, folder):
    np.save(folder / "test_logits" / "0001.npy", np.full((10, 10), np.nan))
    _, _, body = get("/explorer-runs/made-elsewhere/samples/1")
    assert json.loads(body)["logits"][0][0] == "nan"


def test_the_weights_of_the_templates_are_an_image_around_grey(get, folder):
    assert get("/explorer-runs/made-elsewhere/weights.png")[0] == 404
    weights = np.zeros((10, 32, 32, 3), np.float16)
    weights[1, 0, 0] = (2, -2, 1)
    np.save(folder / "templates.npy", weights)
    _, _, body = get("/explorer-runs/made-elsewhere/weights.png")
    picture = np.asarray(Image.open(io.BytesIO(body)))
    assert picture.shape == (66, 165, 4)
    assert picture[0, 33].tolist() == [255, 0, 191, 255]
    assert picture[0, 0].tolist() == [128, 128, 128, 255]


def test_a_run_is_packed_whole_and_nothing_else(get, folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not of the run")
    (folder / "config.json").symlink_to(secret)
    (folder / "log.txt").write_text("/home/somebody")
    (folder / "other.json").write_text("{}")
    (folder / "test_logits" / "x.npy").write_text("")
    _, headers, body = get("/explorer-runs/made-elsewhere/run.zip")
    assert headers["content-disposition"] == 'attachment; filename="made-elsewhere.zip"'
    packed = zipfile.ZipFile(io.BytesIO(body))
    names = ("events.jsonl", "sample_images.npy", "sample_index.npy", "test_labels.npy", "test_logits/0000.npy")
    assert sorted(packed.namelist()) == [f"made-elsewhere/{name}" for name in names]
    assert packed.read("made-elsewhere/events.jsonl") == (folder / "events.jsonl").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "unknown-run/events",
        "unknown-run/samples.png",
        "unknown-run/run.zip",
        "made-elsewhere/run.zip/..",
        "unknown-run/samples/0",
        "made-elsewhere/samples/7",
        "made-elsewhere/samples/-1",
        "made-elsewhere/config.json",
        "..%2Fruns%2Fmade-elsewhere/events",
        "made-elsewhere%2F..%2Fmade-elsewhere/events",
        "../runs/made-elsewhere/events",
        "%00/events",
        "a" * 5000 + "/events",
    ],
)
def test_what_is_not_there_is_not_found(get, folder, path):
    assert get(f"/explorer-runs/{path}")[0] == 404


def test_the_drawn_shapes_come_as_one_image_that_a_browser_may_keep(get):
    status, headers, body = get("/explorer-images/shapes.jpg")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "image/jpeg", "no-cache")
    with Image.open(io.BytesIO(body)) as sheet:
        assert sheet.size == (1600, 1600)
