"""The short program that a finished run's page shows gives the run's logits from what is in its ZIP file."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.pages.train.pytorch_weights import program
from explorer.runs import archive, recorded
from explorer.training import classify, trained
from explorer.training.report import RunFolder
from explorer.training.resume import settings_of

pytestmark = pytest.mark.slow

ALONE = """import runpy, sys
import numpy as np
sys.modules["explorer"] = None  # not even where it is installed
np.save("found.npy", runpy.run_path("program.py")["logits"])
"""


def unpacked(folder: Path, place: Path) -> Path:
    """Unpack the ZIP file of the run in `folder` into `place`; return where its files are."""
    with archive.pack(folder) as packed, zipfile.ZipFile(packed) as files:
        files.extractall(place)
    return place / folder.name


def run(source: str, place: Path) -> tuple[np.ndarray, str]:
    """Run a program alone in the folder `place`; return its logits and what it printed."""
    (place / "program.py").write_text(source, "utf-8")
    command = [sys.executable, "-I", "-W", "error", "-c", ALONE]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return np.load(place / "found.npy"), done.stdout


def of_the_run(folder: Path) -> np.ndarray:
    """Return the logits of a run's sample images after its last evaluation."""
    last = max((folder / "test_logits").glob("*.npy"))
    return np.load(last)[np.load(folder / "sample_index.npy")].astype(np.float32)


CASES = [
    "--model softmax",
    "--model mlp --width 16 --no-normalise --optimizer adamw",
    "--model mlp --zero-weights --augment none",
    "--model cnn --optimizer muon --small-images 0.5 --skip-easy 0.5",
    "--model cnn --optimizer sgd --filters 8 --activation silu",
    "--model resnet --optimizer muon --epochs 5",
    "--model resnet --optimizer adamw",
]


@pytest.mark.parametrize("case", CASES)
def test_the_program_gives_the_runs_logits_without_the_explorer(case, train_whole, folder, settings, tmp_path):
    arguments = ["--dataset", "folder", "--data-dir", folder, "--batch-size", 16, "--precision", "float32"]
    arguments += [*case.split(), *([] if "epochs" in case else ["--epochs", 2])]
    status, events = train_whole(*arguments, folder=RunFolder(tmp_path / "run"))
    assert status == 0, events[-1]
    taken = unpacked(tmp_path / "run", tmp_path / "taken")
    logits, printed = run(program(settings(*arguments), True), taken)
    expected = of_the_run(tmp_path / "run")
    assert np.ptp(expected) > 0 or "zero" in case
    assert logits == pytest.approx(expected, rel=1e-4, abs=1e-4)
    assert float(printed.split()[-1]) < 1e-3


def test_an_image_of_ones_own_gets_the_logits_that_the_results_page_shows(train_whole, folder, settings, tmp_path):
    arguments = ["--model", "softmax", "--dataset", "folder", "--data-dir", folder, "--epochs", 1]
    train_whole(*arguments, folder=RunFolder(tmp_path / "run"))
    taken = unpacked(tmp_path / "run", tmp_path / "taken")
    noise = np.random.default_rng(0).integers(256, size=(67, 90, 3)).astype(np.uint8)
    turned = Image.Exif()
    turned[274] = 6
    Image.fromarray(noise).save(taken / "cat.jpg", exif=turned)
    source = program(settings(*arguments), True)
    assert source.count("# show(") == 1
    _, printed = run(source.replace("# show(", "show("), taken)
    shown = [float(line.split()[1]) for line in printed.splitlines()[1:11]]
    threads = torch.get_num_threads()
    answer = classify.answer_to(tmp_path / "run", (taken / "cat.jpg").read_bytes(), False, lambda: None)
    torch.set_num_threads(threads)
    assert shown == pytest.approx(answer["logits"], abs=1e-4)


def test_a_recorded_runs_weights_are_kept_in_sixteen_bits_and_fit_too(tmp_path):
    folder = recorded.FOLDER / recorded.SHAPES
    taken = unpacked(folder, tmp_path)
    logits, _ = run(program(settings_of(folder), True), taken)
    with torch.no_grad():
        read = trained.load(folder).model(torch.from_numpy(np.load(folder / "sample_images.npy")))
    assert logits == pytest.approx(read.numpy(), rel=1e-4, abs=1e-4)
    assert np.array_equal(logits.argmax(1), of_the_run(folder).argmax(1))


@pytest.mark.parametrize("name", recorded.OF_MODELS.values())
def test_the_recorded_networks_for_photographs_are_taken_along_without_images(tmp_path, name):
    folder = recorded.FOLDER / name
    taken = unpacked(folder, tmp_path)
    random = np.random.default_rng(0)
    image = random.integers(256, size=(8, 8, 3)).astype(np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    Image.fromarray(image).save(taken / "cat.png")
    source = program(settings_of(folder), False)
    assert "sample_images" not in source
    logits, _ = run(
        source.replace('# show("cat.jpg")', 'logits = logits_of(np.array(Image.open("cat.png"))[None])'), taken
    )
    with torch.no_grad():
        read = trained.load(folder).model(torch.from_numpy(image[np.newaxis]))
    assert logits == pytest.approx(read.numpy(), rel=1e-4, abs=1e-4)
