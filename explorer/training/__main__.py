"""The command line: python -m explorer.training --help"""

import os
import sys
from pathlib import Path

from explorer.training import options, recipes
from explorer.training.control import Control
from explorer.training.failures import Failure, Stopped
from explorer.training.report import Report, RunFolder
from explorer.training.resume import settings_of


def main(arguments: list[str] | None = None) -> int:
    """Train as the arguments say; return the exit status: 0 finished, 1 failed."""
    given = options.parse(arguments)
    leads = os.environ.get("RANK", "0") == "0"  # of the processes that torchrun starts, one speaks and listens
    control = Control()
    control.listen_to_signals()
    if given["commands"] and leads:
        control.listen_to_input()
    report = Report(_only_events() if leads else Path(os.devnull).open("w"), control)  # noqa: SIM115
    try:
        if given["resume"]:
            given |= settings_of(given["resume"]) | {name: v for name, v in given.items() if v is not None}
        settings = recipes.complete(given)
        folder = settings["resume"] or settings["run_dir"]
        if folder is not None and leads:
            report.folder = RunFolder(folder, resume=settings["resume"] is not None)
        # Not before the arguments are known to be right: torch takes seconds to import.
        from explorer.training import run

        run.train(settings, control, report)
    except Stopped:
        report.emit(
            {
                "event": "finished",
                "reason": "stopped",
                "test_accuracy": None,
                "images_per_second": None,
                "seconds": 0.0,
                "diverged": None,
            }
        )
    except Failure as failure:
        report.emit({"event": "failed", "code": failure.code, "message": str(failure)})
        print(failure, file=sys.stderr)
        return 1
    except Exception as error:
        # Whoever reads the events learns of it; the traceback follows on standard error.
        report.emit({"event": "failed", "code": "error", "message": f"{type(error).__name__}: {error}"})
        raise
    return 0


def _only_events():
    """Return standard output for the events alone; from here on all else goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


if __name__ == "__main__":
    sys.exit(main())
