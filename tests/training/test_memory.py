"""What a training takes of memory, held to by the system: whoever takes more fails."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests import official_files

ROOT = Path(__file__).parents[2]
MARGIN = 140 << 20  # bytes beside the libraries: a batch while it is decoded, or a small network as it trains
IMPORTED = "import torchvision.datasets; print(open('/proc/self/status').read())"
WITHOUT_COMPILER = """
import sys
import torch
from explorer.protocol import options, recipes
from explorer.training import models
from explorer.training.optimisation import Descent

for optimizer in ("sgd", "adamw", "muon"):
    settings = recipes.complete(options.parse(["--model", "cnn", "--optimizer", optimizer]))
    images = torch.zeros(20, 32, 32, 3, dtype=torch.uint8)
    model = models.build(settings, images, 10)
    descent = Descent(model, settings, torch.device("cpu"))
    descent.zero_grad()
    model(images).sum().backward()
    descent.step(0.1, 0.9, 0.1)
    descent.load_state_dict(descent.state_dict())
print([name for name in sys.modules if name.startswith("torch._dynamo")])
"""
limited = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on private memory")


def run(*command, limit=None, **places):
    def hold():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=os.environ | places,
        preexec_fn=hold,
        capture_output=True,
        text=True,
        timeout=600,
    )


@limited
def test_the_official_files_are_decoded_and_trained_on_without_a_copy_of_them_in_memory(tmp_path):
    """A copy of these 24,000 images takes 74 MB, as a mapping does that could be written to."""
    files = official_files.drawn(20_000, 4_000)
    official_files.write(tmp_path, files)
    program = official_files.program(tmp_path, files, official_files.packed({}), "http://127.0.0.1:1/")
    libraries = int(re.search(r"VmData:\s+(\d+)", run("-c", IMPORTED).stdout)[1]) << 10
    arguments = ("--dataset", "cifar10", "--data-dir", tmp_path, "--model", "cnn", "--max-seconds", 0.1)
    done = run(*program, *arguments, "--threads", 1, "--device", "cpu", limit=libraries + MARGIN)
    last = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, last["event"]) == (0, "finished"), done.stdout + done.stderr


def test_no_optimizer_loads_torch_s_compiler():
    done = run("-c", WITHOUT_COMPILER)
    assert done.stdout == "[]\n", done.stdout + done.stderr
