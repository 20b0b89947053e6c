import os
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from explorer.runs.limits import Limits
from explorer.runs.registry import Runs

FAKE = (sys.executable, str(Path(__file__).parent / "fake_trainer.py"))


@pytest.fixture(scope="session")
def in_use():
    """Return a function that counts this process's children, threads and open files beyond an earlier count."""

    def in_use(beyond=None):
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        found = Counter(threads=threading.active_count())
        if children.exists():
            found["children"] = len(children.read_text().split())
            found["files"] = sum(1 for _ in Path("/proc/self/fd").iterdir())
        return found - (beyond or Counter())

    return in_use


@pytest.fixture
def make_runs(tmp_path):
    """Make registries of runs of the fake trainer, which are closed at the end."""
    made = []

    def make(program=FAKE, **limits):
        limits = {"folder": tmp_path / "runs", "runs": 1, "seconds": None, "threads": 1, "spare": 60.0} | limits
        made.append(Runs(Limits(**limits), program))
        return made[-1]

    yield make
    for runs in made:
        runs.close()
