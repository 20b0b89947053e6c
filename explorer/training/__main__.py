"""The command line: python -m explorer.training --help"""

import os
import sys

from explorer.training import options, recipes
from explorer.training.control import Control
from explorer.training.failures import Failure, Stopped
from explorer.training.report import Progress, Report, RunFolder


def main(arguments: list[str] | None = None) -> int:
    """Train as the arguments say; return the exit status: 0 finished, 1 failed."""
    settings = recipes.complete(options.parse(arguments))
    control = Control()
    control.listen_to_signals()
    if settings["commands"]:
        control.listen_to_input()
    report = Report(_only_events(), control)
    try:
        if settings["run_dir"] is not None:
            report.folder = RunFolder(settings["run_dir"])
        # Not before the arguments are known to be right: torch takes seconds to import.
        from explorer.training import run

        report.emit(run.train(settings, control, report, Progress(control)))
    except Stopped:
        report.emit(
            {
                "event": "finished",
                "reason": "stopped",
                "test_accuracy": None,
                "images_per_second": None,
                "seconds": 0.0,
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
