"""Stands in for the training program: the same arguments, events and commands, without torch or data.

How it behaves is in $FAKE_TRAINER, words of these: "endless" (its epochs never end), "fail", "die", "unrecorded",
"deaf" (it does not heed "stop"), "loads" (without end), "lingers" (it does not exit by itself) and "quit" (as a spare
it ends at once).
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from explorer.protocol.errors import UNRECORDED
from explorer.training import standby


class Control:
    """What was commanded: to stop, to rest after so many more steps, to change something."""

    def __init__(self, deaf):
        self.deaf = deaf
        self.stop = threading.Event()
        self.steps = None  # until it rests; None: it does not
        self.changes = []

    def listen(self):
        for line in sys.stdin:
            command = json.loads(line)
            name = command.pop("command")
            if name == "stop" and not self.deaf:
                self.stop.set()
            elif name == "set":
                self.changes.append(command)
            elif name != "stop":
                self.steps = {"pause": 0, "resume": None, "step": command.get("steps", 1), "epoch": 2}[name]
        self.stop.set()

    def before_step(self, emit):
        while self.changes:
            emit("changed", **self.changes.pop(0))
        if self.steps == 0:
            emit("paused")
            while self.steps == 0 and not self.stop.wait(0.01):
                pass
            emit("resumed")
        if self.steps is not None:
            self.steps -= 1


def wait():
    """Do as the program does when it is started before it is known what for."""
    if os.environ.get("FAKE_TRAINER") == "quit":
        sys.exit(3)
    arguments = standby.read_order(rehearse=lambda arguments: None)
    if arguments is None:
        sys.exit(0)
    return arguments


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--run-dir", type=Path)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--epochs", type=int, default=100_000)
    arguments, _ = parser.parse_known_args(wait() if sys.argv[1:] == ["wait"] else None)
    behaviour = os.environ.get("FAKE_TRAINER", "").split()
    control = Control(deaf="deaf" in behaviour)
    threading.Thread(target=control.listen, daemon=True).start()
    print(json.dumps({"progress": "draw", "done": 3, "total": 10}), file=sys.stderr, flush=True)
    folder = arguments.resume or arguments.run_dir
    if "loads" in behaviour:
        threading.Event().wait()
    if arguments.resume:
        requeue(folder / "events.jsonl")
    else:
        (folder / "checkpoint.pt").touch()
    with (folder / "events.jsonl").open("a" if arguments.resume else "x") as file:

        def emit(kind, **event):
            file.write(json.dumps({"event": kind} | event) + "\n")
            file.flush()

        if "fail" in behaviour:
            emit("failed", code="folder-missing", message="there is no such folder")
            return 1
        emit("started", **facts(arguments.epochs))
        emit("epoch", epoch=0, train_loss=None, test_loss=2.3026, test_accuracy=0.1, seconds=0.0)
        if "die" in behaviour:
            print("out of memory", file=sys.stderr, flush=True)
            return 77
        if "unrecorded" in behaviour:
            print(f"no space in {folder.parent}", file=sys.stderr, flush=True)
            return UNRECORDED
        reason = train(sys.maxsize if "endless" in behaviour else arguments.epochs, emit, control)
        emit("finished", reason=reason, test_accuracy=0.5, images_per_second=1000.0, seconds=1.0)
    if "lingers" in behaviour:
        threading.Event().wait()
    return 0


def requeue(file):
    """Forget what is told after the first evaluation, where the checkpoint is."""
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:2]))


def facts(epochs):
    return {
        "device": "cpu",
        "dataset": "synthetic",
        "classes": list("abcdefghij"),
        "images": 20,
        "parameters": 30730,
        "test_images": 10,
        "precision": "float32",
        "configuration": {"model": "softmax", "epochs": epochs, "max_seconds": None, "batch_size": 10},
    }


def train(epochs, emit, control):
    step = 0
    for epoch in range(1, epochs + 1):
        for _ in range(2):
            control.before_step(emit)
            if control.stop.is_set():
                return "stopped"
            step += 1
            emit(
                "step",
                step=step,
                epoch=epoch,
                loss=2.3 / step,
                learning_rate=0.1,
                images=10 * step,
                seconds=step / 100,
            )
        emit(
            "epoch",
            epoch=epoch,
            train_loss=2.3 / step,
            test_loss=1.0,
            test_accuracy=0.5,
            seconds=step / 100,
        )
        control.stop.wait(0.02)
    return "epochs"


if __name__ == "__main__":
    sys.exit(main())
