"""The training program through launchers for real: torchrun with two processes, and Slurm on this machine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.runs.landscape_job import Computation
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from tests.runs import slurm

pytestmark = pytest.mark.slow

SETTINGS = {"dataset": "synthetic", "model": "softmax", "train_size": 500, "batch_size": 50, "device": "cpu"}
ENDLESS = SETTINGS | {"epochs": 100_000, "checkpoint_seconds": 0}
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--no-python", "--standalone", "--nproc-per-node=2")
SRUN = ("srun", "--cpus-per-task=1", "--job-name=explorer")


def here():
    return True


def program_of(run):
    """Return the process that trains, which is not a child of the launcher's."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if words[0] == sys.executable.encode() and str(run.folder.path).encode() in words:
                return int(process.name)
    raise LookupError(run.id)


def told(run):
    return json.loads(run.answer(""))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A function that asks one of Slurm's commands."""
    if lacking := slurm.lacking():
        pytest.skip(lacking)
    with slurm.cluster(tmp_path_factory.mktemp("slurm")) as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)

        def cluster(*command):
            return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True).stdout.split()

        yield cluster


@pytest.fixture
def make_runs(tmp_path):
    """Return a function that makes a registry of runs of the real program, which a launcher starts."""
    made = []

    def make(launch):
        made.append(Runs(Limits(folder=tmp_path, runs=2, launch=launch, threads=None, seconds=None)))
        return made[-1]

    yield make
    for runs in made:
        runs.close()


@pytest.mark.parametrize("launch", [TORCHRUN, SRUN], ids=["torchrun", "srun"])
def test_a_run_is_paused_stepped_changed_stopped_resumed_and_looked_around(make_runs, launch, request, wait):
    if launch is SRUN:
        request.getfixturevalue("cluster")
    runs = make_runs(launch)
    run, secret = runs.start(ENDLESS, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step > 10)
    assert run.folder.started["processes"] == (2 if launch is TORCHRUN else 1)
    runs.command(run, secret, "pause")
    wait(lambda: told(run)["paused"])
    step = run.folder.step
    runs.command(run, secret, "step", steps=2)
    wait(lambda: told(run)["paused"] and run.folder.step == step + 2)
    runs.command(run, secret, "set", learning_rate=0.01)
    runs.command(run, secret, "resume")
    wait(lambda: told(run)["state"] and run.changed == {"learning_rate": 0.01} and run.folder.step > step + 3)
    runs.command(run, secret, "stop")
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped"
    wait(lambda: run.trainer.exit_status == 0)
    folder = run.folder.path
    asked = {"points": 3, "samples": 20, "max_seconds": 60, "device": "cpu"}
    computation = runs.compute(Computation(run.id, folder, folder / "landscapes", asked), "me", here)
    wait(computation.over)
    assert computation.ended()["reason"] == "computed" and computation.file.exists()
    runs.resume(run, secret, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step > step)


def test_slurms_queue_its_killed_jobs_and_a_server_that_ends(make_runs, cluster, wait):
    runs = make_runs(SRUN)
    first, secret = runs.start(ENDLESS, "me", here)
    wait(lambda: first.state() == "running")
    second, its = runs.start(ENDLESS, "another", here)
    wait(lambda: cluster("squeue", "--noheader", "--format=%T") == ["PENDING", "RUNNING"])
    assert told(second)["awaited"] and second.state() == "starting"
    runs.command(second, its, "stop")
    wait(second.over)
    assert second.folder.ended["reason"] == "stopped"
    wait(lambda: cluster("squeue", "--noheader", "--format=%T") == ["RUNNING"])
    os.kill(program_of(first), signal.SIGKILL)
    wait(first.over)
    assert (first.state(), told(first)["cause"]) == ("interrupted", "killed")
    runs.resume(first, secret, "me", here)
    wait(lambda: first.state() == "running")
    runs.close()
    wait(lambda: cluster("squeue", "--noheader", "--format=%T") == [])
    wait(first.over)
    assert first.folder.ended["reason"] == "stopped"
