"""A training on a few images of one's own in three folders, by the command line: from the split to what is kept."""

import math

import numpy as np
import pytest
from PIL import Image

from explorer.images.shapes import SHAPES, draw
from explorer.protocol import data_sources
from explorer.runs.results import Results
from explorer.training import datasets, image_folders
from explorer.training.landscape import sampled_images
from explorer.training.trained import load as trained

NAMES = ["crescent", "ring", "star"]
EACH = 10


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def own(tmp_path):
    """A folder for each of three classes, with images of several sizes, in one folder."""
    images, labels = draw(600, np.random.default_rng(5))
    for name in NAMES:
        place = tmp_path / "mine" / "shapes" / name
        place.mkdir(parents=True)
        for number, image in enumerate(images[labels == list(SHAPES).index(name)][:EACH]):
            size = [(32, 32), (64, 48), (50, 90)][number % 3]
            Image.fromarray(image).resize(size).save(place / f"{number}.png")
    return tmp_path / "mine"


@pytest.fixture
def refused(own, progress):
    """Return a function that loads the folder, and gives the code of the failure."""

    def refused():
        with pytest.raises(datasets.Failure) as failure:
            image_folders.load(own, progress)
        return failure.value.code

    return refused


def loaded(own, progress, settings, *arguments):
    return datasets.load(settings("--dataset", "folder", "--data-dir", own, *arguments), progress)


def test_a_fifth_of_each_class_is_held_out_by_the_seed(own, progress, settings):
    first, again, other = (loaded(own, progress, settings, "--seed", seed) for seed in (1, 1, 2))
    assert first.held_out and list(first.classes) == NAMES
    counts = [np.bincount(labels).tolist() for labels in (first.train_labels, first.test_labels)]
    assert counts == [[8, 8, 8], [2, 2, 2]]
    assert np.array_equal(first.test_images, again.test_images)
    assert not np.array_equal(first.test_images, other.test_images)
    both = np.concatenate([first.train_images, first.test_images])
    assert len({image.tobytes() for image in both}) == len(both) == 3 * EACH, "each image is in one part alone"


def test_folders_train_and_test_are_used_as_they_are(own, progress, settings):
    home = own / "shapes"
    for name in NAMES:
        (home / "test" / name).mkdir(parents=True)
        (home / name / "0.png").rename(home / "test" / name / "0.png")
        (home / "train").mkdir(exist_ok=True)
        (home / name).rename(home / "train" / name)
    found = loaded(own, progress, settings)
    assert not found.held_out and (len(found.train_labels), len(found.test_labels)) == (27, 3)


@pytest.mark.parametrize("names", ["train val", "Train Validation", "train valid", "train dev"])
def test_a_folder_to_validate_on_is_the_one_to_test_on(own, progress, settings, names):
    training, validation = (own / "shapes" / name for name in names.split())
    for name in NAMES:
        (validation / name).mkdir(parents=True)
        (own / "shapes" / name / "0.png").rename(validation / name / "0.png")
        training.mkdir(exist_ok=True)
        (own / "shapes" / name).rename(training / name)
    found = loaded(own, progress, settings)
    assert list(found.classes) == NAMES and not found.held_out and found.notice is None
    assert (len(found.train_labels), len(found.test_labels)) == (27, 3)


def test_beside_a_folder_to_test_on_one_to_validate_on_is_left_out_and_named(own, progress, settings):
    home = own / "shapes"
    for name in NAMES:
        for part, number in (("test", 0), ("val", 1)):
            (home / part / name).mkdir(parents=True)
            (home / name / f"{number}.png").rename(home / part / name / f"{number}.png")
        (home / "train").mkdir(exist_ok=True)
        (home / name).rename(home / "train" / name)
    found = loaded(own, progress, settings)
    assert (len(found.train_labels), len(found.test_labels)) == (24, 3)
    assert found.notice == {"code": "left-out", "count": 1, "first": "shapes/val/"}


@pytest.mark.parametrize("leave", [0, 1])
def test_two_classes_are_the_fewest(own, refused, leave):
    for name in NAMES[leave:]:
        (own / "shapes" / name).rename(own.parent / name)
    assert refused() == "class-count"
    if not leave:
        (own / "shapes").rmdir()
        assert refused() == "folder-missing"


def test_ten_classes_are_the_most(own, refused):
    for number in range(8):
        (own / "shapes" / f"more {number}").mkdir()
    assert refused() == "class-count"


def test_a_class_needs_five_images_and_its_name_must_differ_in_more_than_case(own, refused):
    for path in list((own / "shapes" / "star").iterdir())[4:]:
        path.unlink()
    assert refused() == "class-few"
    for path in (own / "shapes" / "star").iterdir():
        path.rename(path.with_suffix(".txt"))
    assert refused() == "class-empty"
    (own / "shapes" / "Star").mkdir(exist_ok=True)
    if len(list((own / "shapes").iterdir())) == 4:  # a disk that tells them apart
        assert refused() == "class-case"


def test_a_folder_of_other_things_is_no_folder_of_classes(tmp_path):
    (tmp_path / "decoded" / "0123").mkdir(parents=True)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "x.png").touch()
    assert not data_sources.has_image_folders(tmp_path) and not data_sources.has_image_folders(tmp_path / "nowhere")


@pytest.mark.parametrize("model", ["softmax", "cnn"])
def test_what_is_trained_on_three_classes_is_kept_with_its_images(own, train_whole, tmp_path, progress, model):
    from explorer.training.report import RunFolder

    run = tmp_path / "run"
    arguments = ["--model", model, "--filters", 4, "--epochs", 2, "--batch-size", 6, "--data-dir", own]
    status, (started, *rest) = train_whole(*arguments, folder=RunFolder(run))
    epochs = [event for event in rest if event["event"] == "epoch"]
    assert status == 0 and started["classes"] == NAMES and started["held_out"]
    assert started["dataset"] == "folder" and started["layers"][-1][1] == [3]
    assert epochs[0]["test_loss"] == pytest.approx(math.log(3), abs=0.05) and len(epochs[-1]["class_accuracy"]) == 3
    results = Results(run)
    assert results.logits(2).shape == (6, 3) and results.images.found.all()
    expected = datasets.load({**started["configuration"], "data_dir": own}, progress)
    assert np.array_equal(results.images[np.arange(6)], expected.test_images)
    images, labels = sampled_images(run, trained(run), {"samples": 4, "seed": 0}, progress)
    assert images.shape == (4, 32, 32, 3) and set(labels) <= {0, 1, 2}
