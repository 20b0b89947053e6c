"""Commands: what is one, and how the run obeys."""

import io
import json
import threading
import time

import pytest

from explorer.training.control import Control, Pace


@pytest.mark.parametrize(
    "command",
    [
        {"command": "dance"},
        {},
        ["stop"],
        "stop",
        None,
        {"command": "step", "steps": 0},
        {"command": "step", "steps": 1.5},
        {"command": "step", "steps": True},
        {"command": "set"},
        {"command": "set", "learning_rate": -1},
        {"command": "set", "learning_rate": "nan"},
        {"command": "set", "momentum": 1},
        {"command": "set", "epochs": 3},
        {"command": "set", "learning_rate": 0.1, "epochs": 3},
        {"command": "set", "weight_decay": None},
    ],
)
def test_what_is_no_command_is_refused_and_changes_nothing(control, command):
    with pytest.raises((ValueError, TypeError, KeyError)):
        control.obey(command)
    assert control.take(wait=False) is None and not control.stopping


@pytest.mark.parametrize(
    ("commands", "epochs", "expected"),
    [
        (["pause"], (), 0),
        (["step"], (), 1),
        ([("step", 10)], (), 10),
        (["pause", "resume"], (), 99),
        (["epoch"], (7,), 7),
        (["epoch", "resume"], (7,), 99),
        (["pause", ("step", 3)], (2,), 3),
        ([("step", 3), ("step", 3)], (), 3),
    ],
)
def test_the_pace_ends_where_the_last_command_says(commands, epochs, expected):
    pace, control, steps = Pace(), Control(), 0
    for command in commands:
        name, count = command if isinstance(command, tuple) else (command, 1)
        control.obey({"command": name, "steps": count})
        pace.obey(control.take(wait=False))
    while not pace.paused and steps < 99:
        steps += 1
        pace.step_done(epoch_done=steps in epochs)
    assert steps == expected


class Listener(io.StringIO):
    """Takes events, and says when one of a kind has come."""

    def __init__(self):
        super().__init__()
        self._news = threading.Condition()

    def write(self, text):
        with self._news:
            super().write(text)
            self._news.notify_all()

    def events(self):
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def wait_for(self, kind, count=1):
        with self._news:
            there = lambda: sum(event["event"] == kind for event in self.events()) >= count  # noqa: E731
            assert self._news.wait_for(there, timeout=180), f"no {kind}: {self.events()[-3:]}"


@pytest.fixture
def led(training, control):
    """A run of a hundred thousand epochs of ten steps, in a thread, ended with the test."""
    listener = Listener()
    run = training(
        "--model", "softmax", "--batch-size", 120, "--epochs", 100_000, "--schedule", "constant", stream=listener
    )
    thread = threading.Thread(target=lambda: listener.end.append(run.run()))
    listener.end, listener.run, listener.tell = [], run, lambda **command: control.obey(command)
    listener.thread = thread
    yield listener
    control.stop()
    if thread.ident:
        thread.join(180)
    assert not thread.is_alive()


def names(events):
    """Return the events' kinds, steps counted: what came between two pauses."""
    return [event["event"] for event in events if event["event"] not in ("samples",)]


def test_a_run_pauses_steps_and_goes_on(led):
    led.tell(command="pause")
    led.thread.start()
    led.wait_for("paused")
    led.tell(command="step", steps=10)
    led.wait_for("paused", 2)
    led.tell(command="step")
    led.wait_for("paused", 3)
    led.tell(command="epoch")
    led.wait_for("paused", 4)
    kinds = names(led.events())
    first_epoch = ["step", "epoch", *["step"] * 9, "epoch"]
    assert kinds == [
        "paused",
        *("resumed", *first_epoch, "paused"),
        *("resumed", "step", "paused"),
        *("resumed", *["step"] * 9, "epoch", "paused"),
    ]
    steps = {event["event"]: event["step"] for event in led.events() if "step" in event}
    assert steps["paused"] == 20 and steps["resumed"] == 11
    led.tell(command="resume")
    led.wait_for("epoch", 5)


def test_while_paused_the_clock_stands_still_and_no_core_spins(led):
    led.tell(command="step")
    led.thread.start()
    led.wait_for("paused")
    seconds, used = led.run.clock.seconds, time.process_time()
    time.sleep(0.5)
    assert led.run.clock.seconds == seconds
    assert time.process_time() - used < 0.2
    led.tell(command="stop")
    led.thread.join(180)
    assert (led.end[0]["reason"], led.run.step) == ("stopped", 1)
    assert led.end[0]["seconds"] == pytest.approx(seconds, abs=0.01)


def test_what_is_set_is_reported_and_holds_from_the_next_step(led):
    led.tell(command="step", steps=2)
    led.thread.start()
    led.wait_for("paused")
    led.tell(command="set", learning_rate=0.5, momentum=0.0)
    led.wait_for("changed")
    led.tell(command="set", weight_decay=0)
    led.wait_for("changed", 2)
    led.tell(command="step")
    led.wait_for("step", 3)
    changed = [event for event in led.events() if event["event"] == "changed"]
    assert changed == [
        {"event": "changed", "step": 2, "learning_rate": 0.5, "momentum": 0.0},
        {"event": "changed", "step": 2, "weight_decay": 0.0},
    ]
    rates = [event["learning_rate"] for event in led.events() if event["event"] == "step"]
    assert rates == [0.002, 0.002, 0.5]
    groups = led.run.descent.optimizers[0].param_groups
    assert {(g["lr"], g["momentum"], g["nesterov"], g["weight_decay"]) for g in groups} == {(0.5, 0.0, False, 0.0)}


def test_a_run_that_is_stopped_before_its_first_step_has_been_evaluated_once(led):
    led.tell(command="stop")
    led.thread.start()
    led.thread.join(180)
    assert names(led.events()) == ["epoch"]
    assert led.end[0]["reason"] == "stopped" and led.end[0]["test_accuracy"] > 0
