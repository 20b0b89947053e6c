"""Classify an image with a run's trained model: the image on standard input, JSON on standard output.

    python -m explorer.training classify RUN_FOLDER < cat.jpg

The answer is {"logits": [10], "picture", "preview", "size", "crop", "notes"} (see `conversion.Converted`) with exit
status 0, or {"failed": code, "message": …} with 1. The logits are computed on the CPU in float32. No file is written.

    python -m explorer.training classify-each

Writes {"ready": true}, and then one answer a line until its input ends. A question is a line
{"run_folder": …, "bytes": n} and then n bytes. {"loading": true} comes before the first answer that needs PyTorch.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from explorer.images import conversion
from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import dumps
from explorer.protocol.options import Parser
from explorer.protocol.redact import without_paths

LOADING = {"loading": True}


def main(arguments: list[str], stream) -> int:
    """Answer on `stream`; return the exit status."""
    parser = Parser(
        prog="python -m explorer.training classify",
        description="Classify the image on standard input with a run's model.",
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN_FOLDER")
    folder = parser.parse_args(arguments).run_folder
    return 1 if "failed" in _answer(folder, sys.stdin.buffer.read(conversion.MOST_BYTES + 1), stream) else 0


def each(stream) -> int:
    """Answer questions on `stream` until the input ends; return the exit status."""
    _write({"ready": True}, stream)
    source = sys.stdin.buffer
    while line := source.readline():
        question = json.loads(line)
        _answer(Path(question["run_folder"]), source.read(question["bytes"]), stream, lambda: _write(LOADING, stream))
    return 0


def _answer(folder: Path, data: bytes, stream, loading: Callable[[], None] = lambda: None) -> dict[str, object]:
    """Write the answer for the image in `data` to `stream`, and return it; call `loading()` before PyTorch loads."""
    try:
        answer = answer_to(folder, data, loading)
    except Failure as failure:
        answer = {"failed": failure.code, "message": without_paths(str(failure), folder)}
    _write(answer, stream)
    return answer


def _write(answer: dict[str, object], stream) -> None:
    stream.write(dumps(answer) + "\n")
    stream.flush()


def answer_to(folder: Path, data: bytes, loading: Callable[[], None]) -> dict[str, object]:
    """Return the answer for the image in `data`; raise Failure if it is no image, or the run has no weights."""
    given = conversion.read(data)
    # After the image has been checked, since torch takes seconds to import.
    if "torch" not in sys.modules:
        loading()
    import torch

    from explorer.training import devices, evaluation, models, trained

    torch.set_num_threads(1)
    run = trained.load(folder)
    placement = devices.choose("cpu", "float32", run.settings["model"] in models.CONVOLUTIONAL)
    pixels = torch.from_numpy(given.pixels.copy())[None]
    return {"logits": evaluation.logits_of(run.model, pixels, placement)[0].tolist(), **given.to_json()}
