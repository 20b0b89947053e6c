"""The Dockerfile: no engine is needed here. It is linted, and what it runs is held to the README and to the files."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "hosting" / "Dockerfile"
LINES = re.sub(r"\\\n\s*", " ", FILE.read_text("utf-8")).splitlines()
STEPS = [line.split(maxsplit=1) for line in LINES if line and not line.startswith("#")]


def of_kind(kind):
    return [value for name, value in STEPS if name == kind]


def test_the_linter_finds_nothing():
    beside = Path(sys.executable).with_name("hadolint")
    linter = beside if beside.exists() else shutil.which("hadolint")
    assert linter, "tests/requirements.txt installs it"
    done = subprocess.run([linter, FILE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_it_runs_the_readmes_own_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    made, installed, started = re.search(r"```bash\n(.*?)\n", readme)[1].split(" && ")
    run = next(step for step in of_kind("RUN") if "venv" in step)
    assert run.startswith(made) and installed.split(" install ")[0] in run
    (command,) = of_kind("CMD")
    assert " ".join(json.loads(command)).startswith(started)


@pytest.mark.parametrize("requirements", ["docs/hosting/community_cloud/requirements.txt", "requirements.txt"])
def test_the_requirements_of_both_builds_are_copied_before_they_are_installed(requirements):
    assert (ROOT / requirements).is_file()
    kinds = [name for name, _ in STEPS]
    before = STEPS[: next(at for at, (name, value) in enumerate(STEPS) if name == "RUN" and "pip" in value)]
    copied = [value.split()[0] for name, value in before if name == "COPY"]
    assert any(requirements == source or requirements.startswith(f"{source}/") for source in copied)
    assert kinds.count("FROM") == 1


def test_what_is_copied_is_there_and_all_that_the_app_needs():
    copied = {value.split()[0] for value in of_kind("COPY")}
    assert all((ROOT / source).exists() for source in copied)
    assert {"app.py", "explorer", ".streamlit", "requirements.txt"} <= copied


def test_it_runs_as_nobody_special_and_keeps_its_data_in_the_volume():
    kinds = [name for name, _ in STEPS]
    (user,), (volume,) = of_kind("USER"), of_kind("VOLUME")
    assert user not in ("root", "0") and kinds.index("USER") < kinds.index("CMD")
    (variables,) = of_kind("ENV")
    places = dict(pair.split("=") for pair in variables.split())
    assert {"EXPLORER_RUNS_DIR", "EXPLORER_DATA_DIR"} <= places.keys()
    assert all(place.startswith(f"{volume}/") for place in places.values())
    assert "/_stcore/health" in of_kind("HEALTHCHECK")[0]
