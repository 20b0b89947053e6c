"""The command line: python -m explorer.training --help"""

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from explorer.protocol import landscape_options, machine, memory, options, recipes
from explorer.protocol.errors import UNRECORDED, Failure, Stopped, memory_for, memory_ran_out
from explorer.protocol.redact import without_paths
from explorer.training import classify, standby, terminal
from explorer.training.control import Control
from explorer.training.report import Progress, Report, RunFolder
from explorer.training.resume import settings_of


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status: 0 finished, 1 failed, 3 failed and could not record it."""
    if arguments == ["wait"]:
        arguments = standby.wait()
        if arguments is None:
            return 0
    match arguments:
        case ["classify", *rest]:
            return classify.main(rest, _only_events())
        case ["classify-each"]:
            return classify.each(_only_events())
        case ["fetch", *rest]:
            return fetch(rest)
        case ["landscape", *rest]:
            return landscape(rest)
    return train(arguments)


def train(arguments: list[str]) -> int:
    """Train with these arguments."""
    given = options.parse(arguments)
    leads = _leads()
    control = _control(given["commands"] and leads)
    report = _report(control, given["json"]) if leads else Report(Path(os.devnull).open("w"), control)  # noqa: SIM115

    def work() -> None:
        nonlocal given
        if given["resume"]:
            given |= settings_of(given["resume"]) | {name: v for name, v in given.items() if v is not None}
        settings = recipes.complete(given)
        folder = settings["resume"] or settings["run_dir"]
        if folder is not None and leads:
            report.folder = RunFolder(folder, resume=settings["resume"] is not None)
        if leads:
            _warn_of_memory(settings)
        # After the arguments have been checked, since torch takes seconds to import.
        with memory_for("memory-torch", "PyTorch itself"):
            from explorer.training import run

        run.train(settings, control, report)

    stopped = {"test_accuracy": None, "images_per_second": None, "seconds": 0.0, "diverged": None}
    return _reported(work, report, stopped, given["data_dir"], given["run_dir"], given["resume"])


def _warn_of_memory(settings: dict[str, object]) -> None:
    """Report on standard error if a training takes more memory than there is; it is tried all the same."""
    free = machine.available()
    if short := memory.shortage(settings, free and free + machine.beside_files(os.getpid())):
        fits = f"; --batch-size {short.batch} would fit" if short.batch else ""
        needed, free = (f"{size / 1e9:.1f} GB" for size in (short.needed, short.free))
        print(f"this training takes about {needed} of memory, and there are {free}{fits}", file=sys.stderr, flush=True)


def landscape(arguments: list[str]) -> int:
    """Compute the loss around a run's trained weights with these arguments."""
    settings = landscape_options.parse(arguments)
    if not _leads():
        return 0  # one process computes it
    control = _control(settings.get("commands", False))
    if file := settings.get("events"):
        report = Report(file.open("a", encoding="utf-8"), control)
    else:
        report = _report(control, settings.get("json"))

    def work() -> None:
        with memory_for("memory-torch", "PyTorch itself"):
            from explorer.training import landscape

        report.emit({"event": "finished", "reason": "computed", "file": str(landscape.write(settings, control))})

    return _reported(work, report, {}, settings["run_folder"], settings.get("out"), settings.get("data_dir"))


def fetch(arguments: list[str]) -> int:
    """Get the photographs with these arguments."""
    settings = options.parse_fetch(arguments)
    control = _control(settings["commands"])
    report = _report(control, settings["json"])

    def work() -> None:
        from explorer.training import datasets

        choice = settings["dataset"] or "auto"
        found = datasets.photographs(choice, options.data_folder(settings), Progress(control))
        counts = {"images": len(found.train_labels), "test_images": len(found.test_labels)}
        notice = {"notice": found.notice} if found.notice else {}
        report.emit({"event": "finished", "reason": "fetched", "dataset": found.kind, **counts, **notice})

    return _reported(work, report, {}, options.data_folder(settings))


def _leads() -> bool:
    """Return whether this is the one of torchrun's processes that reports and reads commands."""
    return os.environ.get("RANK", "0") == "0"


def _report(control: Control, as_json: bool | None) -> Report:
    """Return what reports the events: as JSON, or to a person at a terminal."""
    if terminal.wanted(as_json):
        return terminal.TerminalReport(_only_events(), control)
    return Report(_only_events(), control)


def _control(commands: bool) -> Control:
    control = Control()
    control.listen_to_signals()
    if commands:
        control.listen_to_input()
    return control


def _reported(work: Callable[[], None], report: Report, stopped: dict, *folders: Path | None) -> int:
    """Run `work`, and report how it ended if it did not finish; messages name the `folders` without their paths."""
    try:
        try:
            work()
        except Stopped:
            report.emit({"event": "finished", "reason": "stopped", **stopped})
    except Failure as failure:
        with suppress(Failure):  # the exit status tells of a full disk
            message = without_paths(str(failure), *folders)
            report.emit({"event": "failed", "code": failure.code, "message": message, **failure.values})
        try:
            print(failure, file=sys.stderr, flush=True)
        except OSError:
            sys.stderr = None  # the log is on the same full disk; Python would try to write the rest at exit
        return UNRECORDED if report.full else 1
    except Exception as error:
        # For those who read the events; the traceback goes to standard error.
        message = without_paths(f"{type(error).__name__}: {error}", *folders)
        with suppress(Failure):
            code = "memory" if memory_ran_out(error) else "error"
            report.emit({"event": "failed", "code": code, "message": message})
        traceback.print_exception(error)
        return 1
    return 0


def _only_events():
    """Reserve standard output for the events; everything else goes to standard error from here on."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


def leave(status: int) -> None:
    """End the process at once: unloading PyTorch takes a second or more, and the next run would have to wait."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
