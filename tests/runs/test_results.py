"""A run's results read from its folder, and its test images found again."""

import json
import shlex

import numpy as np
import pytest

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
    assert images.shape == (20, 32, 32, 3)
    assert np.array_equal(images[::2], np.load(folder / "sample_images.npy"))


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
    assert (results.DRAWN, results.DRAWN_TEST) == (synthetic.TRAIN + synthetic.TEST, synthetic.TEST)
    drawn = results.test_shapes(3)
    assert np.array_equal(drawn[0], images) and np.array_equal(drawn[1], labels)


def test_the_recorded_shapes_are_drawn_again_as_they_were():
    assert Results(RECORDED / "synthetic").images.shape == (2000, 32, 32, 3)


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
    with pytest.raises(ValueError, match="ten classes"):
        Results(folder)


def test_logits_that_do_not_fit_the_labels_are_refused(folder):
    np.save(folder / "test_logits" / "0000.npy", np.zeros((3, 10), np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        Results(folder).logits(0)


def test_every_recorded_run_is_small_and_agrees_with_its_events():
    for place in RECORDED.iterdir():
        if not place.is_dir():
            continue
        opened = Results(place)
        assert sum(file.stat().st_size for file in place.rglob("*")) < 1.5e6
        events = [json.loads(line) for line in (place / "events.jsonl").read_text().splitlines()]
        reported = {event["epoch"]: event["test_accuracy"] for event in events if event["event"] == "epoch"}
        assert list(reported) == opened.evaluations()
        for epoch, accuracy in reported.items():
            assert (opened.logits(epoch).argmax(axis=1) == opened.labels).mean() == pytest.approx(accuracy, abs=1e-3)


def test_no_photograph_is_recorded():
    assert not (RECORDED / "cifar10" / "sample_images.npy").exists()
    assert not [file for kind in ("png", "jpg", "jpeg") for file in RECORDED.rglob(f"*.{kind}")]


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
