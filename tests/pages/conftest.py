"""Fixtures of several pages."""

import pytest

from explorer import runs
from explorer.runs import classification
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from tests.runs.conftest import FAKE


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server with the real program; the visitor's patience is not what is tested."""
    monkeypatch.setattr(classification, "LOADING", 150.0)
    made = Runs(Limits(folder=tmp_path / "runs", spare=60.0, picture_seconds=150.0))
    monkeypatch.setattr(runs, "of_this_server", lambda: made)
    yield made
    made.close()


@pytest.fixture
def fake_runs(tmp_path, monkeypatch):
    """The server's runs, one at a time, in a folder of their own: they go on until they are stopped."""
    monkeypatch.setenv("FAKE_TRAINER", "endless")
    made = Runs(Limits(folder=tmp_path / "runs", runs=1, seconds=None, threads=1), FAKE)
    monkeypatch.setattr(runs, "of_this_server", lambda: made)
    yield made
    made.close()
