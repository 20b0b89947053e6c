"""What a run's trained model says of a picture: asked of the training program, a process for each answer."""

import json
import subprocess
import threading
from pathlib import Path

from explorer.protocol.json_numbers import from_wire
from explorer.protocol.redact import without_places
from explorer.runs import launcher
from explorer.runs.registry import Runs

SECONDS = 60.0  # for an answer, and for the one before it to be ready
_turn = threading.BoundedSemaphore(1)  # such a process takes some 400 MB: one at a time


def classify(runs: Runs, folder: Path, data: bytes) -> dict:
    """Return the program's answer to the picture in `data`: {"logits": …} or {"failed": code, "message": …}.

    explorer/training/classify.py says what is in it. Beside its codes there are "busy" (others were before it for too
    long), "slow" (it took too long), "start" (it could not be started) and "died".
    """
    if not _turn.acquire(timeout=SECONDS):
        return {"failed": "busy", "message": ""}
    try:
        process = runs.process(["classify", str(folder)])
        try:
            answer, _ = process.communicate(data, timeout=SECONDS)
            found = from_wire(json.loads(answer))
            return found if isinstance(found, dict) else {"failed": "died", "message": ""}
        finally:
            launcher.end(process)
    except subprocess.TimeoutExpired:
        return {"failed": "slow", "message": ""}
    except OSError as error:
        return {"failed": "start", "message": without_places(str(error), folder)}
    except ValueError:
        return {"failed": "died", "message": ""}
    finally:
        _turn.release()
