"""The command line as a process: events, run folder, exit statuses, and every way to stop it."""

import json
import math
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.images.shapes import SHAPES
from explorer.maths import losses
from explorer.protocol import machine, recipes
from explorer.protocol.json_numbers import from_wire
from explorer.protocol.options import TABLE
from explorer.training.__main__ import _warn_of_memory

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(program, make_folder, tmp_path_factory):
    """A CNN trained for three epochs on a folder of forty pictures."""
    data, run = make_folder(tmp_path_factory.mktemp("data")), tmp_path_factory.mktemp("runs") / "run"
    arguments = ("--dataset", "folder", "--data-dir", data, "--model", "cnn")
    arguments += ("--epochs", 3, "--batch-size", 16, "--seed", 5, "--run-dir", run)
    status, events, err = program(*arguments).end()
    assert status == 0, err
    return SimpleNamespace(events=events, err=err, run=run, data=data)


def named(finished, name):
    return [event for event in finished.events if event["event"] == name]


def test_events_come_in_order(finished):
    names = [event["event"] for event in finished.events if event["event"] != "samples"]
    assert names[:3] == ["started", "step", "epoch"], "the untrained model is evaluated after the first step"
    assert names[3:] == ["step", "step", "epoch"] + ["step", "step", "step", "epoch"] * 2 + ["finished"]


def test_started_reports_all_about_the_run(finished):
    (started,) = named(finished, "started")
    assert started["classes"] == sorted(SHAPES)
    assert (started["dataset"], started["images"], started["test_images"]) == ("folder", 40, 20)
    assert started["device"] in {"cpu", "cuda", "mps"}
    assert started["precision"] in {"float32", "bfloat16"}
    assert started["parameters"] > 30_730
    configuration = started["configuration"]
    assert (configuration["model"], configuration["epochs"], configuration["seed"]) == ("cnn", 3, 5)
    assert configuration["learning_rate"] > 0
    assert not configuration.keys() & {"data_dir", "run_dir", "resume", "commands"}


def test_what_anybody_may_see_of_a_run_names_no_folder_of_this_machine(finished):
    for name in ("config.json", "events.jsonl"):
        assert str(finished.run.parent) not in (finished.run / name).read_text("utf-8")
        assert str(finished.data) not in (finished.run / name).read_text("utf-8")


def test_started_reports_the_layers_and_their_parameters(finished):
    (started,) = named(finished, "started")
    assert sum(parameters for _, _, parameters in started["layers"]) == started["parameters"]


def test_steps_are_counted_and_timed(finished):
    steps = named(finished, "step")
    assert [step["step"] for step in steps] == list(range(1, 10))
    assert [step["epoch"] for step in steps] == [1] * 3 + [2] * 3 + [3] * 3
    assert [step["images"] for step in steps] == [16, 32, 40, 56, 72, 80, 96, 112, 120]
    seconds = [step["seconds"] for step in steps]
    assert seconds == sorted(seconds) and seconds[0] > 0
    assert all(0 <= step["learning_rate"] <= 1 for step in steps)


def test_the_first_loss_is_ln_10(finished):
    assert named(finished, "step")[0]["loss"] == pytest.approx(math.log(10), abs=0.1)
    assert named(finished, "epoch")[0]["test_loss"] == pytest.approx(math.log(10), abs=0.1)


def test_train_loss_is_the_mean_over_the_images_of_its_epoch(finished):
    assert named(finished, "epoch")[0]["train_loss"] is None
    for epoch in named(finished, "epoch")[1:]:
        steps = [step["loss"] for step in named(finished, "step") if step["epoch"] == epoch["epoch"]]
        assert epoch["train_loss"] == pytest.approx(np.average(steps, weights=[16, 16, 8]))


def test_test_loss_and_accuracy_follow_from_the_saved_logits(finished):
    labels = np.load(finished.run / "test_labels.npy", allow_pickle=False)
    assert labels.tolist() == [label for label in range(10) for _ in range(2)]
    for epoch in named(finished, "epoch"):
        logits = np.load(finished.run / "test_logits" / f"{epoch['epoch']:04d}.npy", allow_pickle=False)
        assert (logits.shape, logits.dtype) == ((20, 10), np.float32)
        assert epoch["test_accuracy"] == np.mean(logits.argmax(1) == labels)
        assert epoch["test_loss"] == pytest.approx(np.mean(losses.softmax_loss(logits.astype(float), labels)))


def test_finished_repeats_the_last_evaluation(finished):
    last = finished.events[-1]
    assert (last["event"], last["reason"]) == ("finished", "epochs")
    assert last["test_accuracy"] == named(finished, "epoch")[-1]["test_accuracy"]
    assert last["images_per_second"] == pytest.approx(120 / last["seconds"])


def test_the_run_folder_holds_the_same_events_and_nothing_half_written(finished):
    lines = (finished.run / "events.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == finished.events
    assert {path.name for path in finished.run.rglob("*") if path.is_file()} == {
        *("config.json", "events.jsonl", "weights.pt", "checkpoint.pt", "filters.npy"),
        *("test_images.npy", "test_labels.npy", "sample_images.npy", "sample_index.npy", "fingerprints.npy"),
        *(f"{epoch:04d}.npy" for epoch in range(4)),
    }
    config = from_wire(json.loads((finished.run / "config.json").read_text("utf-8")))
    assert config == {name: value for name, value in finished.events[0].items() if name != "event"}


def test_sample_images_are_the_first_two_of_each_class(finished):
    index = np.load(finished.run / "sample_index.npy", allow_pickle=False)
    images = np.load(finished.run / "sample_images.npy", allow_pickle=False)
    assert index.tolist() == list(range(20))
    assert (images.shape, images.dtype) == ((20, 32, 32, 3), np.uint8)
    assert len(np.unique(images.reshape(20, -1), axis=0)) == 20


def test_the_weights_give_the_last_logits_again(finished):
    import torch

    from explorer.protocol import recipes
    from explorer.training import devices, evaluation, models

    images = torch.from_numpy(np.load(finished.run / "sample_images.npy"))
    model = models.build(recipes.complete({"model": "cnn"}), images, 10)
    model.load_state_dict(torch.load(finished.run / "weights.pt", weights_only=True))
    logits = evaluation.logits_of(model, images, devices.choose("cpu", "auto", convolutional=True))
    saved = np.load(finished.run / "test_logits" / "0003.npy")
    assert np.allclose(logits.numpy(), saved, atol=0.02 * np.abs(saved).max())


def test_progress_goes_to_standard_error_as_json(finished):
    shown = [json.loads(line) for line in finished.err.splitlines()]
    assert {"decode"} <= {line["progress"] for line in shown}
    assert all(line["total"] is None or line["done"] <= line["total"] for line in shown)


@pytest.fixture(scope="module")
def endless(make_folder, tmp_path_factory):
    """The arguments of a run that ends only when it is told to."""
    data = make_folder(tmp_path_factory.mktemp("endless"))
    return "--dataset", "folder", "--data-dir", data, "--model", "softmax", "--epochs", 100_000


def test_a_command_stops_it_and_other_input_does_not(program, endless, tmp_path):
    run = program(*endless, "--commands", "--run-dir", tmp_path / "run")
    run.wait_for("step")
    run.process.stdin.write('nonsense\n["stop"]\n')
    run.tell(command="dance")
    run.tell(command="pause")
    run.wait_for("paused")
    run.tell(command="step", steps=10)
    run.wait_for("paused")
    run.tell(command="stop")
    last = run.wait_for("finished")
    # Standard input is still open: the program must not wait for its end.
    assert run.process.wait(180) == 0
    assert last["reason"] == "stopped" and last["test_accuracy"] > 0
    assert run.process.stderr.read().count("command not understood") == 3
    assert (tmp_path / "run" / "weights.pt").exists()
    templates = np.load(tmp_path / "run" / "templates.npy", allow_pickle=False)
    assert (templates.shape, templates.dtype) == ((10, 32, 32, 3), np.float16)


def test_the_end_of_the_input_stops_it_and_a_taken_run_folder_fails(program, endless, tmp_path):
    (tmp_path / "events.jsonl").touch()
    run = program(*endless, "--commands")
    refused = program(*endless, "--run-dir", tmp_path)
    run.wait_for("step")
    run.close_input()
    assert run.wait_for("finished")["reason"] == "stopped"
    assert run.process.wait(180) == 0
    status, events, _ = refused.end()
    assert (status, [event["code"] for event in events]) == (1, ["run-dir-taken"])


@pytest.mark.parametrize("moment", ["epoch", None])
def test_sigterm_stops_it_at_any_time_and_without_commands_it_reads_no_input(program, endless, moment):
    run = program(*endless)
    run.close_input()
    if moment:
        run.wait_for(moment)
        run.process.send_signal(signal.SIGTERM)
        assert run.wait_for("finished")["test_accuracy"] is not None
    else:
        run.process.stderr.readline()  # the first sign that it handles signals: torch is not imported yet
        run.process.send_signal(signal.SIGTERM)
    assert run.end()[0] == 0


def test_wrong_arguments_answer_at_once_with_status_2_and_what_is_allowed(program):
    status, events, err = program("--model", "transformer").end()
    assert (status, events) == (2, [])
    assert "'transformer'" in err and "softmax, mlp, cnn, resnet" in err


def test_no_time_goes_into_taking_python_and_torch_down(tmp_path):
    script = """
import atexit, runpy, sys
atexit.register(print, "taken down", file=sys.stderr)
sys.argv[1:] = ["classify", sys.argv[1]]
runpy.run_module("explorer.training", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], input=b"", capture_output=True, cwd=ROOT)
    assert (done.returncode, json.loads(done.stdout)["failed"]) == (1, "empty")
    assert b"taken down" not in done.stderr


def test_a_training_that_takes_more_memory_than_there_is_warns_first(monkeypatch, capsys):
    monkeypatch.setattr(machine, "available", lambda: 1_000_000_000)
    monkeypatch.setattr(machine, "beside_files", lambda _: 100_000_000)
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    settings = recipes.complete(dict.fromkeys(TABLE) | {"model": "resnet", "precision": "bfloat16"})
    _warn_of_memory(settings | {"batch_size": 2048})
    assert capsys.readouterr().err == (
        "this training takes about 2.3 GB of memory, and there are 1.1 GB; --batch-size 512 would fit\n"
    )
    _warn_of_memory(settings | {"batch_size": 512})
    monkeypatch.setattr(machine, "available", lambda: None)
    _warn_of_memory(settings | {"batch_size": 2048})
    assert not capsys.readouterr().err
