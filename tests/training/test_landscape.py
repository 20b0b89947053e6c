"""The loss around trained weights: directions, the way of the training, and the surface itself."""

import base64
import io
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.maths import losses
from explorer.protocol import landscape_options
from explorer.protocol.errors import Failure, Stopped
from explorer.runs import landscapes
from explorer.training import landscape, snapshots, trained
from explorer.training.control import Control
from explorer.training.report import RunFolder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MODELS = ("softmax", "cnn")


@pytest.fixture(scope="module")
def runs(program, make_folder, tmp_path_factory):
    """A softmax regression and a CNN, each trained for four epochs on forty pictures."""
    data, made = make_folder(tmp_path_factory.mktemp("data")), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA_DIR", str(data))
        for model in MODELS:
            folder = tmp_path_factory.mktemp("runs") / model
            arguments = ("--dataset", "folder", "--model", model, "--precision", "float32")
            started = program(*arguments, "--epochs", 4, "--batch-size", 16, "--run-dir", folder)
            made[model] = folder, started
        for _, started in made.values():
            status, _, err = started.end()
            assert status == 0, err
        yield {model: folder for model, (folder, _) in made.items()}


def computed(folder, **settings):
    settings = landscape_options.complete({"run_folder": folder, "threads": 1, **settings})
    return json.loads(landscape.write(settings, Control()).read_text())


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("directions", ["random", "path"])
def test_at_the_trained_weights_the_loss_is_the_runs_own_on_the_same_images(runs, model, directions):
    folder = runs[model]
    found = computed(folder, directions=directions, points=3, samples=12, seed=4)
    labels, logits = np.load(folder / "test_labels.npy"), np.load(folder / "test_logits" / "0004.npy").astype(float)
    chosen = landscape.sample_indices(len(labels), 12, 4)
    own = losses.softmax_loss(logits[chosen], labels[chosen]).mean()
    assert found["trained"] == pytest.approx(own, rel=1e-4)
    assert found["pictures"] == 12
    if directions == "random":
        assert found["loss"][1][1] == pytest.approx(own, rel=1e-4)


def test_the_surface_of_softmax_regression_is_convex(runs):
    loss = np.array(computed(runs["softmax"], points=5, samples=20)["loss"])
    for surface in (loss, loss.T):
        assert (np.diff(surface, 2) > -1e-6).all()
    assert (np.diff(loss.diagonal(), 2) > -1e-6).all()


@pytest.mark.parametrize("model", MODELS)
def test_random_filters_have_the_norms_of_the_trained_ones_and_the_rest_stays(runs, model):
    weights = snapshots.trained(trained.load(runs[model]).model)
    first, second = landscape.random_directions(weights, seed=1)
    for weight, one, other in zip(weights, first, second, strict=True):
        if weight.ndim == 1:
            assert not one.any() and not other.any()
        else:
            assert torch.allclose(one.norm(dim=1), weight.norm(dim=1), rtol=1e-5)
            assert torch.allclose(other.norm(dim=1), weight.norm(dim=1), rtol=1e-5)
            assert not torch.allclose(one, other)
    again, _ = landscape.random_directions(weights, seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_the_plane_of_the_training_is_that_of_a_principal_component_analysis(runs):
    weights = snapshots.trained(trained.load(runs["cnn"]).model)
    way = landscape.path_of(runs["cnn"], weights)
    assert way.shape[0] == 5 and not way[-1].any()
    directions = landscape.path_directions(way, weights)
    flat = np.array([snapshots.flat(direction).double().numpy() for direction in directions])
    assert np.allclose(flat @ flat.T, np.eye(2), atol=1e-4)
    places = landscape.coordinates(way, directions)
    _, singular, _ = np.linalg.svd(way, full_matrices=False)
    assert np.allclose(np.linalg.norm(places, axis=0), singular[:2], rtol=1e-4)
    assert (places[0] < 0).all()
    found = computed(runs["cnn"], directions="path", points=3, samples=5)
    assert found["seen"] == pytest.approx(np.square(singular[:2]).sum() / np.square(singular).sum(), rel=1e-4)
    assert found["x"][0] < places[:, 0].min() and found["x"][-1] > places[:, 0].max()
    assert found["path"]["epochs"] == [0, 1, 2, 3, 4]


def test_a_random_plane_sees_next_to_nothing_of_the_way(runs):
    assert 0 < computed(runs["cnn"], points=3, samples=5)["seen"] < 0.01


def test_where_no_filter_has_a_norm_a_random_plane_is_level(runs, tmp_path):
    folder = shutil.copytree(runs["softmax"], tmp_path / "run")
    state = torch.load(folder / "weights.pt", weights_only=True)
    torch.save(state | {"2.weight": torch.zeros_like(state["2.weight"])}, folder / "weights.pt")
    found = computed(folder, points=3, samples=5)
    assert np.ptp(found["loss"]) == 0 and found["seen"] == 0


def run_program(*arguments, data=None):
    """Run the training program; return its exit status, what it says, and its standard error."""
    command = [sys.executable, "-m", "explorer.training", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, input=data, capture_output=True, timeout=600)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_the_program_reports_how_far_it_is_and_where_the_result_lies(runs):
    status, events, err = run_program("landscape", runs["softmax"], "--points", 3, "--samples", 5, "--seed", 9)
    assert status == 0, err
    place = runs["softmax"] / "landscapes" / "random-3-5-1-9.json"
    assert events == [{"event": "finished", "reason": "computed", "file": str(place)}]
    assert {"progress": "landscape", "done": 9, "total": 9} in [json.loads(line) for line in err.splitlines()]
    found = landscapes.read(place)
    assert found.z.shape == (3, 3) and found.trained == pytest.approx(found.z[1, 1])
    assert found.at(np.zeros((1, 2))) == pytest.approx(found.trained)


def test_the_program_answers_an_image_with_the_runs_own_logits(runs):
    image = np.load(runs["cnn"] / "sample_images.npy")[7]
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    status, (answer,), _ = run_program("classify", runs["cnn"], data=file.getvalue())
    assert status == 0
    own = np.load(runs["cnn"] / "test_logits" / "0004.npy")[np.load(runs["cnn"] / "sample_index.npy")[7]]
    assert np.allclose(answer["logits"], own, atol=1e-3)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["picture"])))), image)
    status, (answer,), _ = run_program("classify", runs["cnn"], data=file.getvalue()[:500])
    assert (status, answer["failed"]) == (1, "damaged")


def test_the_images_are_found_by_content_in_another_order_of_the_data(runs, tmp_path, monkeypatch):
    before = computed(runs["softmax"], points=3, samples=20)
    data, other = Path(os.environ["EXPLORER_DATA_DIR"]), tmp_path / "other"
    for number, file in enumerate(sorted([*data.glob("t*/*/*.png"), *data.glob("t*/*/*.jpg")], reverse=True)):
        target = other / file.relative_to(data).with_name(f"{number:04d}{file.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(other))
    after = computed(runs["softmax"], points=3, samples=20)
    assert after["pictures"] == before["pictures"] == 20
    np.testing.assert_allclose(after["loss"], before["loss"], rtol=1e-6)


@pytest.mark.parametrize(
    "harm", ["no-weights", "weights", "diverged", "other-data", "snapshots", "no-path", "too-long"]
)
def test_what_cannot_be_computed_fails_by_name(runs, tmp_path, harm):
    folder, settings = shutil.copytree(runs["softmax"], tmp_path / "run"), {}
    state = torch.load(folder / "weights.pt", weights_only=True)
    if harm == "no-weights":
        (folder / "weights.pt").unlink()
    elif harm == "weights":
        torch.save({"2.weight": state["2.weight"]}, folder / "weights.pt")
    elif harm == "diverged":
        torch.save(state | {"2.weight": torch.full_like(state["2.weight"], math.nan)}, folder / "weights.pt")
    elif harm == "other-data":
        (folder / "test_images.npy").unlink()
        np.save(folder / "test_labels.npy", np.zeros(20, np.int64))
    elif harm == "snapshots":
        np.save(folder / "snapshots" / "0002.npy", np.zeros(3, np.float16))
    elif harm == "no-path":
        shutil.rmtree(folder / "snapshots")
        settings = {"directions": "path"}
    else:
        settings = {"max_seconds": 1e-9}
    with pytest.raises(Failure) as failure:
        computed(folder, points=3, samples=5, **settings)
    assert failure.value.code == harm


def test_what_would_take_far_too_long_is_not_tried_to_the_end(runs, monkeypatch):
    """A clock on which each look at it takes a tenth of a second, and a mean loss a whole one."""
    clock, computed_points = itertools.count(0, 0.1), []

    def mean_loss(*_):
        computed_points.append([next(clock) for _ in range(10)])
        return 1.0

    monkeypatch.setattr(landscape, "mean_loss", mean_loss)
    monkeypatch.setattr(landscape, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert len(computed(runs["softmax"], points=5, samples=5, max_seconds=40.0)["loss"]) == 5
    for seconds in (18.0, 10.0):
        computed_points.clear()
        with pytest.raises(Failure, match="25 points would take more than the"):
            computed(runs["softmax"], points=5, samples=5, max_seconds=seconds)
        assert (len(computed_points) < 5) == (seconds < 12), "within twice the time it may still come to its end"


def test_weights_that_are_a_pickle_of_something_else_are_not_run(runs, tmp_path):
    folder = shutil.copytree(runs["softmax"], tmp_path / "run")
    mark = tmp_path / "mark"
    (folder / "weights.pt").write_bytes(b"cposix\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")
    with pytest.raises(Failure, match="cannot read the weights"):
        trained.load(folder)
    assert not mark.exists()


def test_weights_that_unpack_to_more_than_the_file_holds_are_not_unpacked(runs, tmp_path, monkeypatch):
    folder = shutil.copytree(runs["softmax"], tmp_path / "run")
    with (
        zipfile.ZipFile(runs["softmax"] / "weights.pt") as whole,
        zipfile.ZipFile(folder / "weights.pt", "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for entry in whole.infolist():
            is_number = "/data/" in entry.filename
            bomb.writestr(entry.filename, bytes(entry.file_size) if is_number else whole.read(entry))
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(Failure, match="unpack to more than the file holds"):
        trained.load(folder)


def test_snapshots_are_few_evenly_spaced_and_always_the_last_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "MOST", 5)
    folder, model = RunFolder(tmp_path / "run"), torch.nn.Linear(3, 2)
    for epoch in range(0, 60, 3):
        with torch.no_grad():
            model.bias.fill_(epoch)
        snapshots.save(folder, model, epoch, epochs_per_evaluation=3)
        kept = snapshots.epochs(folder.path)
        assert kept[0] == 0 and kept[-1] == epoch and len(kept) <= 5
        assert len(set(np.diff(kept[:-1]))) <= 1
    assert kept == [0, 24, 48, 57]
    assert snapshots.read(folder.path, 57)[-1] == 57
    folder._events.close()


def test_stopping_leaves_no_file(runs, tmp_path):
    control = Control()
    control.stop()
    settings = landscape_options.complete({"run_folder": runs["softmax"], "out": tmp_path / "none"})
    with pytest.raises(Stopped):
        landscape.write(settings, control)
    assert not (tmp_path / "none").exists()


def test_of_weights_that_have_changed_meanwhile_nothing_is_kept(runs, tmp_path, monkeypatch):
    folder = shutil.copytree(runs["softmax"], tmp_path / "run")
    monkeypatch.setattr(landscape, "compute", lambda *_: (folder / "weights.pt").unlink())
    before = sorted(folder.glob("landscapes/*"))
    with pytest.raises(Failure) as error:
        computed(folder, points=3, seed=99)
    assert error.value.code == "no-weights"
    assert sorted(folder.glob("landscapes/*")) == before
