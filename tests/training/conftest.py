"""Small data sets of ten drawn classes, and the training program as a process."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.images.shapes import SHAPES, draw
from explorer.protocol import options, recipes
from explorer.training.control import Control
from explorer.training.report import Progress, Report

ROOT = Path(__file__).parents[2]


@pytest.fixture
def control():
    return Control()


@pytest.fixture(scope="module")
def data():
    """1,200 drawn pictures to train on, 300 to test on, 20 samples of them, as tensors."""
    import torch

    images, labels = map(torch.from_numpy, draw(1_500, np.random.default_rng(3)))
    return {
        "train_images": images[:1_200],
        "train_labels": labels[:1_200],
        "test_images": images[1_200:],
        "test_labels": labels[1_200:],
        "sample_images": images[1_200:1_220],
    }


@pytest.fixture(scope="module")
def settings():
    """Return a function that completes settings as a command line says."""
    return lambda *arguments: recipes.complete(options.parse(["--device", "cpu", *map(str, arguments)]))


@pytest.fixture
def training(data, control, settings):
    """Return a function that makes a training, its events to go to `stream`, on one thread."""
    import torch

    from explorer.training import devices, loop, models
    from explorer.training.distributed import Team

    def training(*arguments, data=data, stream=None, folder=None):
        complete = settings(*arguments)
        torch.manual_seed(complete["seed"])
        placement = devices.choose("cpu", complete["precision"], complete["model"] in models.CONVOLUTIONAL)
        report = Report(stream or io.StringIO(), control)
        report.folder = folder
        model = models.build(complete, data["train_images"], 10)
        return loop.Training(model, data, complete, placement, report, control, Team())

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield training
    torch.set_num_threads(threads)


@pytest.fixture
def train(training):
    """Return a function that trains as a command line says and returns the events."""

    def train(*arguments, **more):
        stream = io.StringIO()
        finished = training(*arguments, stream=stream, **more).run()
        return [*map(json.loads, stream.getvalue().splitlines()), finished]

    return train


@pytest.fixture
def train_whole(settings, control):
    """Return a function that does what the command line does with these arguments; exit status and events come back."""
    import torch

    from explorer.training import __main__ as program
    from explorer.training import run

    def train_whole(*arguments, folder=None):
        stream = io.StringIO()
        report = Report(stream, control)
        report.folder = folder
        given = settings("--threads", 1, *arguments)
        status = program._reported(lambda: run.train(given, control, report), report, {}, given["data_dir"])
        return status, [json.loads(line) for line in stream.getvalue().splitlines()]

    threads = torch.get_num_threads()
    yield train_whole
    torch.set_num_threads(threads)


@pytest.fixture
def progress(control):
    return Progress(control)


def write_folder(folder, train=4, test=2):
    """Write image folders of ten classes, so many pictures of each, every other one as PNG."""
    images, labels = draw(10 * (train + test), np.random.default_rng(0))
    for label, name in enumerate(SHAPES):
        for number, image in enumerate(images[labels == label]):
            place = folder / ("train" if number < train else "test") / name
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(place / f"{number:03d}.{'png' if number % 2 else 'jpg'}")
    return folder


@pytest.fixture(scope="session")
def make_folder():
    return write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "pictures")


class Program:
    """One process of the training program, its events read as they come."""

    def __init__(self, *arguments, launcher=(), **environment):
        self.process = subprocess.Popen(
            [sys.executable, *launcher, "-m", "explorer.training", "--threads", "1", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, name):
        """Read events up to the first of this name, and return it."""
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == name:
                return event
        raise AssertionError(f"no {name}: {self.process.stderr.read()}")

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def close_input(self):
        self.process.stdin.close()
        self.process.stdin = None  # communicate would flush it

    def end(self):
        """Let the process end; return its exit status, the events not yet read, and its standard error."""
        out, err = self.process.communicate(timeout=600)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err


@pytest.fixture(scope="module")
def program():
    """Return a function that starts the program; what has not ended by the end of the module is ended."""
    started = []

    def start(*arguments, **environment):
        started.append(Program(*arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()  # torchrun, if killed, leaves its processes behind
        try:
            one.process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.communicate()
