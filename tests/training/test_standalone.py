"""The short program that the training page shows beside a run does what the training program does."""

import io
import json
import sys
import types

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.pages.train.pytorch_program import program
from explorer.training import datasets, image_folders, synthetic

pytestmark = pytest.mark.slow

COUNT, BATCH = 60, 20


@pytest.fixture
def few(data):
    """Sixty pictures to train on and forty to test on, as tensors."""
    sizes = {"train": COUNT, "test": 40, "sample": 20}
    return {name: some[: sizes[name.split("_")[0]]] for name, some in data.items()}


@pytest.fixture
def cifar(few, monkeypatch):
    """What the program takes for torchvision: the same pictures."""

    def dataset(root, train, download):
        part = "train" if train else "test"
        return types.SimpleNamespace(data=few[f"{part}_images"].numpy(), targets=few[f"{part}_labels"].tolist())

    module = types.ModuleType("torchvision.datasets")
    module.CIFAR10 = dataset
    monkeypatch.setitem(sys.modules, "torchvision.datasets", module)


CASES = [
    *(f"--model {m} --optimizer {o}" for m in ("softmax", "mlp", "cnn", "resnet") for o in ("sgd", "adamw", "muon")),
    *(
        f"--model mlp --loss {loss} --label-smoothing {share}"
        for loss in ("cross-entropy", "kl", "sigmoids", "squared", "hinge", "double-softmax")
        for share in (0, 0.1)
    ),
    *(f"--model mlp --schedule {schedule}" for schedule in ("constant", "linear", "cosine")),
    "--model mlp --augment none --momentum 0",
    "--model mlp --augment flip --flip alternate",
    "--model mlp --augment flip-crop --crop 3 --flip random --weight-decay 1",
    "--model mlp --width 16 --seed 3",
    "--model mlp --zero-weights",
    "--model mlp --no-normalise --learning-rate 0.0001",
    "--model mlp --shuffle-labels",
    "--model cnn --precision bfloat16",
    "--model cnn --precision float16",
    "--model cnn --small-images 0.5 --optimizer sgd --filters 8",
    "--model cnn --activation silu --optimizer sgd",
    "--model mlp --small-images 0.5",
    "--model resnet --optimizer muon --epochs 5",  # the whitening's bias is trained in three
    "--model mlp --skip-easy 0.5 --augment flip-crop",
]


@pytest.mark.parametrize("case", CASES)
def test_the_program_on_the_page_trains_as_the_training_program_does(case, training, few, cifar, capsys):
    precision = case.partition("--precision ")[2] or "float32"
    epochs = int(case.partition("--epochs ")[2] or (2 if "mlp" in case else 1))
    arguments = [*case.split(), "--epochs", epochs, "--batch-size", BATCH]
    arguments += ["--precision", precision] if "precision" not in case else []
    if "shuffle" in case:
        shuffled = np.random.default_rng(0).permutation(few["train_labels"].numpy())
        given = few | {"train_labels": torch.from_numpy(shuffled)}  # as datasets.load does
    else:
        given = few
    stream = io.StringIO()
    trained = training(*arguments, data=given, stream=stream)
    trained.run()
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    measured, steps = ([event for event in events if event["event"] == kind] for kind in ("epoch", "step"))
    capsys.readouterr()
    names = {}
    exec(program(trained.settings, device="cpu", precision=precision), names)
    printed = [list(map(float, line.split())) for line in capsys.readouterr().out.splitlines()]
    assert [step for step, *_ in printed] == [3 * epoch for epoch in range(epochs + 1)] and len(steps) == 3 * epochs
    # Muon computes in bfloat16, where the order of a sum shows.
    tolerance = 2e-2 if precision != "float32" or "muon" in case else 2e-4
    assert names["loss"].item() == pytest.approx(steps[-1]["loss"], rel=tolerance, abs=1e-5)
    for (_, loss, accuracy), event in zip(printed, measured, strict=True):
        assert loss == pytest.approx(event["test_loss"], rel=tolerance)
        assert accuracy == pytest.approx(event["test_accuracy"], abs=0.11 if tolerance > 1e-3 else 1e-6)
    names["model"].load_state_dict(trained.model.state_dict(), strict=True)


def data_of(settings, dataset, *arguments):
    """Run the lines of a program that get the pictures; return their names."""
    names = {}
    exec(program(settings(*arguments, "--model", "softmax"), dataset).split("class Pixels")[0], names)
    return names


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Return what puts a folder where the program looks for it."""

    def beside(folder):
        (tmp_path / "my-images").symlink_to(folder)
        monkeypatch.chdir(tmp_path)

    return beside


def test_the_program_reads_the_folders_that_the_training_program_reads(settings, folder, progress, beside):
    beside(folder)
    random = np.random.default_rng(0)
    train, test = (folder / split / "ring" for split in ("train", "test"))
    Image.fromarray(random.integers(1 << 16, size=(32, 32)).astype(np.uint16)).save(train / "sixteen bits.png")
    Image.fromarray(random.integers(256, size=(32, 32, 4)).astype(np.uint8)).save(test / "transparent.webp")
    (folder / "train" / "@eaDir").mkdir()
    names = data_of(settings, "folder")
    _, *arrays, _ = image_folders.load(folder, progress)
    for name, expected in zip(("images", "labels", "test_images", "test_labels"), arrays, strict=True):
        assert np.array_equal(names[name].numpy(), expected)


def test_the_program_holds_out_the_images_that_the_training_program_holds_out(
    settings, make_folder, tmp_path, progress, beside
):
    place = make_folder(tmp_path / "pictures", train=11, test=0) / "train"
    beside(place)
    names = {}
    lines = program(settings("--model", "softmax", "--seed", 3), "folder", classes=10, held_out=True)
    exec(lines.split("class Pixels")[0], names)
    found = datasets.load(settings("--dataset", "folder", "--data-dir", place, "--seed", 3), progress)
    for name in ("images", "labels", "test_images", "test_labels"):
        expected = getattr(found, name if name.startswith("test") else f"train_{name}")
        assert np.array_equal(names[name].numpy(), expected)
    assert len(found.test_labels) == 20


def test_the_program_draws_the_shapes_that_the_training_program_draws(settings, progress, monkeypatch):
    def quick(count, random, progress=None):
        return random.integers(0, 256, (count, 1, 1, 3), np.uint8), random.integers(0, 10, count)

    monkeypatch.setattr("explorer.images.shapes.draw", quick)
    names = data_of(settings, "synthetic", "--seed", "4")
    _, *arrays = synthetic.load(4, progress)
    for name, expected in zip(("images", "labels", "test_images", "test_labels"), arrays, strict=True):
        assert np.array_equal(names[name], expected)


@pytest.mark.parametrize("size", [20, 25])
def test_the_program_keeps_as_many_images_of_each_class(settings, cifar, size):
    names = data_of(settings, "cifar10", "--train-size", size)
    counts = torch.bincount(names["labels"], minlength=10)
    assert counts.sum() == len(names["images"]) == size
    assert counts.max() - counts.min() <= 1


def test_the_program_keeps_few_images_of_a_class_that_has_few(settings, make_folder, tmp_path, beside):
    place = make_folder(tmp_path / "pictures", train=8, test=0) / "train"
    few = sorted(place.glob("*/"))[0]
    for file in sorted(few.iterdir())[5:]:
        file.unlink()
    beside(place)
    counts = torch.bincount(data_of(settings, "folder", "--train-size", 68)["labels"])
    assert counts.tolist() == [5, *[7] * 9]
