"""What a person at a terminal reads, in place of the events' JSON: one line an epoch, and a line that moves."""

import math
import sys

from explorer.training.report import Progress, Report

DATASETS = {"cifar10": "CIFAR-10", "folder": "image folders", "synthetic": "synthetic shapes"}
WORK = {
    "wait": "Waiting for another download",
    "download": "Downloading CIFAR-10",
    "retry": "Trying the download again",
    "check": "Checking the files",
    "extract": "Unpacking the files",
    "decode": "Decoding the images",
    "draw": "Making the shapes",
    "model": "Building the model",
    "evaluate": "Evaluating",
    "landscape": "Computing the landscape",
}
HELD_OUT = " (a fifth of each class, held out at random by the seed)"
BAR = 24  # characters


class Line:
    """The last line of the terminal, which is written over while work goes on."""

    def __init__(self, stream):
        self._stream = stream
        self._length = 0

    def move(self, text: str) -> None:
        """Write over the line."""
        self._stream.write("\r" + text.ljust(self._length) + ("" if text else "\r"))
        self._stream.flush()
        self._length = len(text)

    def keep(self, text: str) -> None:
        """Write over the line, and begin another."""
        self.move(text)
        self._stream.write("\n")
        self._stream.flush()
        self._length = 0


class TerminalReport(Report):
    """Reports events to a person; the run folder gets them as always."""

    def __init__(self, stream, control):
        super().__init__(stream, control)
        self._line = Line(stream)
        self._settings: dict = {}
        self._images = 0  # for training
        Progress.shown = staticmethod(self._show_progress)

    def _write(self, events, lines) -> None:
        moving = None
        for event in events:
            if event["event"] == "step":
                moving = event
            elif text := self._said(event):
                self._line.keep(text)
            elif event["event"] == "failed":
                self._line.move("")  # the message goes to standard error
        if moving:
            self._line.move(self._so_far(moving))

    def _show_progress(self, name: str, done: int, total: int | None) -> None:
        text = WORK.get(name, name)
        if total:
            filled = BAR * done // total
            unit = (f"{done / 1e6:.0f} of {total / 1e6:.0f} MB") if name == "download" else f"{done:,} of {total:,}"
            text = f"{text}  [{'#' * filled}{'.' * (BAR - filled)}]  {unit}"
        self._line.move(text)

    def _so_far(self, step: dict) -> str:
        """Say how far the training has come."""
        parts = [f"Epoch {step['epoch']}", f"loss {step['loss']:.3f}"]
        if step["seconds"] > 0:
            parts.append(f"{step['images'] / step['seconds']:,.0f} images/s")
            parts.append(f"{_clock(self._left(step))} left")
        return "   ".join(parts)

    def _left(self, step: dict) -> float:
        """Return the seconds that are left, by the epochs or by the time limit, whichever ends first."""
        seconds, epochs, limit = step["seconds"], self._settings.get("epochs"), self._settings.get("max_seconds")
        by_epochs = seconds * (epochs * self._images / step["images"] - 1) if epochs else math.inf
        return max(0.0, min(by_epochs, limit - seconds if limit else math.inf))

    def _said(self, event: dict) -> str:
        """Return what is said of an event other than a step, "" for nothing."""
        match event["event"]:
            case "started":
                self._settings, self._images = event["configuration"], event["images"]
                data = DATASETS.get(event["dataset"], event["dataset"])
                parts = [
                    f"Training {self._settings['model']} ({event['parameters']:,} parameters)",
                    f"on {event['images']:,} images ({data}),",
                    f"testing on {event['test_images']:,}{HELD_OUT if event.get('held_out') else ''};",
                    f"{event['device']}, {event['precision']}, {event['threads']} threads. Ctrl-C ends it.",
                ]
                return " ".join(parts) + _notice(**event.get("notice", {}))
            case "epoch":
                parts = [f"Epoch {event['epoch']}", f"{_clock(event['seconds'])}"]
                if event["train_loss"] is not None:
                    parts.append(f"training loss {event['train_loss']:.3f}")
                parts += [f"test loss {event['test_loss']:.3f}", f"test accuracy {_percent(event['test_accuracy'])}"]
                return "   ".join(parts)
            case "diverged":
                return f"At step {event['step']} the loss is no longer a finite number."
            case "paused" | "resumed" as what:
                return f"{what.capitalize()} at step {event['step']}."
            case "finished":
                return self._end(event)
        return ""

    def _end(self, event: dict) -> str:
        """Say what has come of the run, and where it is, or of what else was asked for."""
        if event["reason"] == "computed":
            return f"Computed: {event['file']}"
        if event["reason"] == "fetched":
            test = f"{event['test_images']:,}" if event["test_images"] else "a fifth of them"
            return f"The images are ready: {event['images']:,} to train on, and {test} to test on."
        if "test_accuracy" not in event:
            return "Stopped."
        if event["test_accuracy"] is None:
            return "Stopped before the training began."
        said = (
            f"{'Stopped' if event['reason'] == 'stopped' else 'Done'}: test accuracy {_percent(event['test_accuracy'])}"
        )
        if event.get("augmented_accuracy") is not None:
            said += f", {_percent(event['augmented_accuracy'])} over six views of each image"
        said += f", after {_clock(event['seconds'])}"
        if self.folder is None:
            return f"{said}.\nNothing is kept of this run; --run-dir FOLDER would keep it."
        folder = self.folder.path.resolve()
        return "\n".join(
            [
                f"{said}.",
                f"The run is in {folder}. To look at it, start the app with",
                f"    EXPLORER_RUNS_DIR={folder.parent} streamlit run app.py",
                f"and open /train?run={folder.name} (a name of 8 to 64 letters, digits, - and _).",
            ]
        )


def _notice(code: str = "", message: str = "", count: int = 0, first: str = "", **_) -> str:
    """Return a line about what is otherwise than was asked, "" for nothing."""
    if code == "left-out":
        return f"\n{count:,} files in the folders are left out, such as {first}."
    return f"\nSynthetic shapes are used instead: {message}." if code else ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _clock(seconds: float) -> str:
    """Return minutes and seconds, as 3:07."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}" if math.isfinite(seconds) else "?"


def wanted(as_json: bool) -> bool:
    """Return whether a person reads standard output, and did not ask for JSON."""
    return not as_json and sys.stdout is not None and sys.stdout.isatty()
