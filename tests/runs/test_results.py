"""A run's results read from its folder, and its test images found again."""

import json
import shlex

import numpy as np
import pytest

from explorer.images.twins import fingerprints
from explorer.protocol import options, recipes
from explorer.runs import recorded, results
from explorer.runs.recorded import FOLDER as RECORDED
from explorer.runs.results import Results
from explorer.training import synthetic


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small run's folder: 20 test images, 2 evaluations."""
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (20, 32, 32, 3), np.uint8), np.repeat(np.arange(10), 2)
    place = tmp_path / "run"
    (place / "test_logits").mkdir(parents=True)
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "data"))
    config = {"dataset": "folder", "classes": list("abcdefghij"), "configuration": {"seed": 0}}
    (place / "config.json").write_text(json.dumps(config))
    np.save(place / "test_labels.npy", labels)
    np.save(place / "sample_index.npy", np.arange(0, 20, 2))
    np.save(place / "sample_images.npy", images[::2])
    for epoch in (0, 12):
        np.save(place / "test_logits" / f"{epoch:04d}.npy", random.normal(size=(20, 10)).astype(np.float16))
    decoded = tmp_path / "data" / ".decoded" / "0123456789abcdef"
    decoded.mkdir(parents=True)
    np.save(decoded / "test_images.npy", images)
    np.save(decoded / "test_labels.npy", labels)
    (decoded / "about.json").write_text("{}")
    return place


def test_evaluations_are_the_epochs_with_logits_and_nothing_half_written(folder):
    (folder / "test_logits" / "0013.npy.part").write_bytes(b"half")
    (folder / "test_logits" / "notes.npy").write_bytes(b"")
    assert Results(folder).evaluations() == [0, 12]


def test_logits_are_float64_and_an_image_has_its_path(folder):
    opened = Results(folder)
    assert opened.logits(12).dtype == np.float64
    assert np.array_equal(opened.path_of(3, [0, 12]), [opened.logits(0)[3], opened.logits(12)[3]])
    assert opened.path_of(3, []).shape == (0, 10)


def test_images_are_the_decoded_ones_of_the_data_folder(folder):
    images = Results(folder).images
    assert images.found.all()
    assert np.array_equal(images[np.arange(0, 20, 2)], np.load(folder / "sample_images.npy"))
    assert np.array_equal(images[4], np.load(folder / "sample_images.npy")[2])


def test_by_fingerprints_they_are_found_in_another_order_and_the_missing_are_grey(folder, tmp_path):
    place = tmp_path / "data" / ".decoded" / "0123456789abcdef"
    images, labels = np.load(place / "test_images.npy"), np.load(place / "test_labels.npy")
    random = np.random.default_rng(3)
    images = images // 4 + random.integers(0, 192, (20, 1, 1, 3), np.uint8)  # their mean colours differ
    np.save(folder / "fingerprints.npy", fingerprints(images))
    (folder / "sample_images.npy").unlink()
    order = random.permutation(20)[:18]
    np.save(place / "test_images.npy", images[order])
    np.save(place / "test_labels.npy", labels[order])
    found = Results(folder).images
    assert found.found.tolist() == [number in order for number in range(20)]
    assert np.array_equal(found[order], images[order])
    missing = int(np.flatnonzero(~found.found)[0])
    assert (found[missing] == results.UNKNOWN).all() and found[missing].shape == (32, 32, 3)


@pytest.mark.parametrize("wrong", [np.zeros((3, 12)), np.full((20, 12), np.nan), np.array([["a"] * 12] * 20)])
def test_senseless_fingerprints_mean_no_images(folder, wrong):
    np.save(folder / "fingerprints.npy", wrong)
    assert Results(folder).images is None


def test_a_folder_that_the_run_itself_names_is_not_looked_into(folder, tmp_path, monkeypatch):
    config = json.loads((folder / "config.json").read_text())
    config["configuration"]["data_dir"] = str(tmp_path / "data")
    (folder / "config.json").write_text(json.dumps(config))
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "elsewhere"))
    assert Results(folder).images is None


def test_images_of_other_data_are_not_shown(folder, tmp_path):
    place = tmp_path / "data" / ".decoded" / "0123456789abcdef"
    np.save(place / "test_images.npy", np.zeros((20, 32, 32, 3), np.uint8))
    assert Results(folder).images is None


def test_decoded_arrays_are_never_unpickled(folder, tmp_path):
    place = tmp_path / "data" / ".decoded" / "0123456789abcdef"
    np.save(place / "test_images.npy", np.array([{"a": 1}] * 20, object), allow_pickle=True)
    assert Results(folder).images is None


def test_without_sample_images_or_data_there_are_no_images(folder, tmp_path):
    (folder / "sample_images.npy").unlink()
    assert Results(folder).images is None


@pytest.mark.parametrize(
    ("images", "epoch", "reached"), [(900, 9, 9), (850, 9, 8.5), (600, 9, 9), (1000, 9, 9), (0, 0, 0), (50, 1, 0.5)]
)
def test_a_run_that_ended_within_an_epoch_reached_less_unless_its_epochs_skip_images(folder, images, epoch, reached):
    config = json.loads((folder / "config.json").read_text()) | {"images": 100}
    (folder / "config.json").write_text(json.dumps(config))
    events = [{"event": "step", "images": images}, {"event": "epoch", "epoch": epoch}]
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert Results(folder).reached(epoch) == reached


@pytest.mark.parametrize("index", [np.arange(100, 110), np.array(["a"] * 10)])
def test_a_senseless_index_of_samples_means_no_images(folder, index):
    np.save(folder / "sample_index.npy", index)
    assert Results(folder).images is None


@pytest.mark.parametrize("seed", ["1e400", "-1", "null", "[]"])
def test_a_senseless_seed_of_drawn_shapes_means_no_images(folder, seed):
    config = json.loads((folder / "config.json").read_text()) | {"dataset": "synthetic"}
    (folder / "config.json").write_text(json.dumps(config).replace('"seed": 0', f'"seed": {seed}'))
    assert Results(folder).images is None


def test_drawn_images_are_those_that_a_run_with_the_seed_tests_on():
    class Silent:
        def __call__(self, *_):
            pass

    *_, images, labels = synthetic.load(3, Silent())
    drawn = results.test_shapes(3)
    assert np.array_equal(drawn[0], images) and np.array_equal(drawn[1], labels)


def test_the_recorded_shapes_are_drawn_again_as_they_were():
    assert Results(RECORDED / "synthetic").images.found.sum() == 2000


@pytest.mark.parametrize("name", ["config.json", "test_labels.npy"])
def test_a_damaged_folder_is_refused(folder, name):
    (folder / name).write_text("[]")
    with pytest.raises(ValueError):
        Results(folder)
    (folder / name).unlink()
    with pytest.raises(OSError):
        Results(folder)


def test_labels_that_are_no_classes_are_refused(folder):
    np.save(folder / "test_labels.npy", np.full(20, 10))
    with pytest.raises(ValueError, match="no classes"):
        Results(folder)


def test_logits_that_do_not_fit_the_labels_are_refused(folder):
    np.save(folder / "test_logits" / "0000.npy", np.zeros((3, 10), np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        Results(folder).logits(0)


def test_the_recorded_runs_are_small_and_agree_with_their_events():
    places = [place for place in RECORDED.iterdir() if place.is_dir()]
    assert {place.name for place in places} == set(recorded.NAMES)
    assert sum(file.stat().st_size for place in places for file in place.rglob("*")) < 15e6
    for place in places:
        opened = Results(place)
        events = [json.loads(line) for line in (place / "events.jsonl").read_text().splitlines()]
        reported = {event["epoch"]: event["test_accuracy"] for event in events if event["event"] == "epoch"}
        assert list(reported) == opened.evaluations()
        for epoch, accuracy in reported.items():
            assert (opened.logits(epoch).argmax(axis=1) == opened.labels).mean() == pytest.approx(accuracy, abs=1e-9)


def test_no_photograph_is_recorded():
    assert [file.parent.name for file in RECORDED.glob("*/sample_images.npy")] == [recorded.SHAPES]
    assert not [file for kind in ("png", "jpg", "jpeg") for file in RECORDED.rglob(f"*.{kind}")]


@pytest.mark.parametrize(("name", "least"), [(recorded.SOFTMAX, 0.38), (recorded.CNN, 0.82), (recorded.RESNET, 0.9)])
def test_the_recorded_networks_on_photographs_are_right_as_often_as_their_kind_can_be(name, least):
    about = recorded.about(name)
    assert least < about["test_accuracy"] < 0.95
    if name == recorded.RESNET:
        assert about["augmented_accuracy"] >= 0.915


@pytest.mark.parametrize("name", recorded.NAMES)
def test_the_command_told_of_a_recorded_run_gives_its_configuration(name):
    """Every option of the command stands in the recorded configuration, and all others there are the usual ones."""
    flags = shlex.split(recorded.about(name)["command"])[3:]
    option = {f"--{option.name.replace('_', '-')}": option for option in options.OPTIONS}
    given = {option[flag].name: option[flag].read(text) for flag, text in zip(flags[::2], flags[1::2], strict=True)}
    usual = recipes.complete(dict.fromkeys(o.name for o in options.OPTIONS) | given)
    configuration = json.loads((RECORDED / name / "config.json").read_text())["configuration"]
    for key in configuration.keys() - {"checkpoint_seconds"}:
        assert configuration[key] == usual[key]
    assert not configuration.keys() & set(options.OF_THE_MACHINE)
