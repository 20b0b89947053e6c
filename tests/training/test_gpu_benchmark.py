"""The script that measures a graphics card prints its rows, in reduced form, where there is none."""

import os
import subprocess
import sys

import pytest

from tests.training.conftest import ROOT


@pytest.mark.slow
def test_every_row_is_printed_in_reduced_form_on_a_cpu(folder, tmp_path):
    done = subprocess.run(
        [sys.executable, "tests/benchmarks/run.py", "gpu", "--data-dir", str(folder)],
        cwd=ROOT,
        env=os.environ
        | {"CUDA_VISIBLE_DEVICES": "", "HOME": str(tmp_path), "EXPLORER_RUNS_DIR": str(tmp_path / "runs")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 12
    measured = {what: told for what, told, *_ in rows}
    for what in ("gpu-94 on a CPU, reduced, one view, 2 seeds", "gpu-94 on a CPU, reduced, six views, 2 seeds"):
        assert 0 <= float(measured[what].partition(" ±")[0]) <= 100
    assert float(measured["gpu-94, images/s against a DataLoader"].partition(" /")[0]) > 0
