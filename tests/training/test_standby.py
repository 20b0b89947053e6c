"""What a waiting process has got ready before it is told what to train."""

import json
import os

import numpy as np
import pytest
import torchvision.datasets
from PIL import Image

from explorer.images import shapes
from explorer.training import cifar10, datasets, image_folders, standby
from explorer.training.loop import Training
from tests import official_files

AUTO = {"dataset": "auto", "data_dir": None, "seed": 0, "train_size": None, "shuffle_labels": False}


@pytest.fixture(autouse=True)
def nothing_preloaded(monkeypatch):
    monkeypatch.setattr(datasets, "_preloaded", {})
    monkeypatch.setattr(datasets, "_shapes_of_seed", {})


def test_images_that_were_decoded_are_mapped_ahead_and_only_then(folder, progress, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(folder))
    datasets.preload(progress)
    assert not datasets._preloaded and not datasets._shapes_of_seed, "the run decodes, and shows its progress"
    loaded = datasets.load(AUTO, progress)
    datasets.preload(progress)
    monkeypatch.setattr(image_folders, "load", None)
    ahead = datasets.load(AUTO, progress)
    assert ahead.classes == loaded.classes
    assert np.array_equal(ahead.train_images, loaded.train_images)
    assert np.array_equal(ahead.test_labels, loaded.test_labels)


def test_the_official_images_are_mapped_ahead_once_a_run_has_kept_them(tmp_path, progress, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path))
    files = official_files.drawn(50, 10)
    official_files.write(tmp_path, files)
    for name, value in official_files.facts(files, b"", "").items():
        monkeypatch.setattr(torchvision.datasets.CIFAR10, name, value)
    datasets.preload(progress)
    assert not datasets._preloaded and not datasets._shapes_of_seed, "no pickle is opened before a run wants it"
    loaded = datasets.load(AUTO, progress)
    datasets.preload(progress)
    monkeypatch.setattr(cifar10, "load", None)
    ahead = datasets.load(AUTO, progress)
    assert (ahead.kind, len(ahead.train_labels)) == ("cifar10", 50)
    assert np.array_equal(ahead.train_images, loaded.train_images)
    assert all(isinstance(images, np.memmap) for images in (ahead.train_images, ahead.test_images))


def test_what_was_mapped_ahead_is_not_used_once_an_image_has_come(folder, progress, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(folder))
    before = datasets.load(AUTO, progress)
    datasets.preload(progress)
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(next((folder / "train").iterdir()) / "more.png")
    assert len(datasets.load(AUTO, progress).train_labels) == len(before.train_labels) + 1


def test_where_there_are_no_photographs_shapes_are_drawn_ahead(tmp_path, progress, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(shapes, "TRAIN", 40)
    monkeypatch.setattr(shapes, "TEST", 20)
    datasets.preload(progress)
    drawn = datasets._shapes_of_seed[0]
    assert datasets.load(AUTO | {"dataset": "synthetic"}, progress) is drawn
    assert datasets.load(AUTO | {"dataset": "synthetic", "seed": 1}, progress) is not drawn


def test_it_rehearses_with_the_arguments_that_the_page_shows_and_then_waits_for_its_own(monkeypatch, tmp_path):
    rehearsed, (reading, writing) = [], os.pipe()
    monkeypatch.setattr(Training, "rehearse", lambda training: rehearsed.append(training.settings))
    told = ["--recipe", "cpu-minute"], ["--model", "mlp", "--batch-size", "20"]
    orders = [
        *({"rehearse": arguments} for arguments in told),
        {"arguments": ["--seed", "1"], "output": None, "log": None},
    ]
    os.write(writing, "".join(json.dumps(order) + "\n" for order in orders).encode())
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert standby.read_order(standby.rehearse) == ["--seed", "1"]
    finally:
        os.dup2(before, 0)
        for descriptor in (before, reading, writing):
            os.close(descriptor)
    first, second = rehearsed
    assert (first["activation"], first["optimizer"], first["batch_size"]) == ("silu", "muon", 500)
    assert (second["model"], second["batch_size"]) == ("mlp", 20)
