"""The notebook for a GPU elsewhere: its cells clone the project, train, and hand over a ZIP file that is a run."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from explorer.runs import archive
from explorer.runs.results import Results
from tests.training.conftest import ROOT

NOTEBOOK = json.loads((ROOT / "docs" / "colab.ipynb").read_text("utf-8"))
CODE = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
SHORT = ["--model", "softmax", "--dataset", "synthetic", "--threads", "1", "--device", "cpu"]

# What a kernel does: the cells one after the other, with the same names. The website's libraries are not there.
KERNEL = """import json, signal, sys
sys.modules["streamlit"] = sys.modules["plotly"] = None
signal.signal(signal.SIGINT, signal.default_int_handler)
names = {"__name__": "__main__"}
for cell in json.loads(sys.stdin.readline()):
    exec(cell, names)
"""


def test_it_is_stored_as_a_notebook_without_outputs():
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    for cell in NOTEBOOK["cells"]:
        assert "".join(cell["source"]).strip() and cell["metadata"] == {}
    for cell in CODE:
        assert cell["outputs"] == [] and cell["execution_count"] is None


def set_to(**values):
    """Return the sources of the cells, these constants of the first one set to other values."""
    first, *rest = ("".join(cell["source"]) for cell in CODE)
    for name, value in values.items():
        first, found = re.subn(rf"(?m)^{name} = .*$", lambda _, line=f"{name} = {value!r}": line, first)
        assert found == 1, f"{name} is set in one place"
    return [first, *rest]


@pytest.fixture
def start(tmp_path):
    """Return a function that starts the cells in an empty folder, as a process."""
    (tmp_path / "notebook").mkdir()
    (tmp_path / "gitconfig").write_text("[safe]\n\tdirectory = *\n")  # whoever owns the checkout
    started = []

    def start(sources):
        # What the cells install is here already; other tests need it as it is, whatever pip would rather have.
        environment = os.environ | {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"), "PIP_DRY_RUN": "1"}
        kernel = subprocess.Popen(
            [sys.executable, "-I", "-c", KERNEL],
            cwd=tmp_path / "notebook",
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(kernel)
        kernel.stdin.write(json.dumps(sources).encode() + b"\n")
        kernel.stdin.flush()
        return kernel

    yield start
    for kernel in started:
        kernel.kill()
        kernel.communicate()


def test_without_the_address_of_the_project_it_says_what_is_missing(start):
    _, err = start(set_to()).communicate(timeout=600)
    assert b"Write the address of the project into REPOSITORY, in the cell above." in err


def test_an_address_that_cannot_be_cloned_is_named(start, tmp_path):
    if not shutil.which("git"):
        pytest.skip("there is no git")
    _, err = start(set_to(REPOSITORY=str(tmp_path / "nowhere"))).communicate(timeout=600)
    assert f"{tmp_path / 'nowhere'} cannot be cloned: ".encode() in err


@pytest.fixture(params=["to its end", "interrupted"])
def done(request, start, tmp_path):
    """The run that the cells hand over, unpacked, and what they print."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("the notebook clones this project: there is no git, or this is no checkout of it")
    early = request.param == "interrupted"
    training = [*SHORT, "--max-seconds", "1000"] if early else [*SHORT, "--epochs", "1"]
    kernel = start(set_to(REPOSITORY=str(ROOT), TRAINING=training))
    printed = b""
    while early and b"images/s" not in printed:
        printed += (part := os.read(kernel.stdout.fileno(), 4096))
        assert part, kernel.stderr.read().decode()
    if early:
        kernel.send_signal(signal.SIGINT)
    rest, err = kernel.communicate(timeout=600)
    assert kernel.returncode == 0, err.decode()
    (file,) = (tmp_path / "notebook").glob("*.zip")
    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "unpacked")
    folder, printed = tmp_path / "unpacked" / file.stem, (printed + rest).decode()
    return SimpleNamespace(file=file, names=names, folder=folder, printed=printed, early=early)


@pytest.mark.slow
def test_its_cells_hand_over_a_run_that_can_be_opened(done):
    assert f"The run is in {done.file}" in done.printed
    inside = [name.removeprefix(f"{done.file.stem}/") for name in done.names]
    assert all(archive.NAMES.fullmatch(name) for name in inside)
    assert {"config.json", "events.jsonl", "weights.pt", "sample_images.npy", "test_labels.npy"} <= set(inside)
    results = Results(done.folder)
    assert len(results.labels) == results.images.found.sum() == 2_000
    assert results.logits(results.evaluations()[-1]).shape == (2_000, 10)
    last = json.loads((done.folder / "events.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "stopped" if done.early else "epochs")
    assert "Epoch 0" in done.printed and ("Stopped: test" if done.early else "Done: test") in done.printed
