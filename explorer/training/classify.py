"""Classify an image with a run's trained model: the image on standard input, JSON on standard output.

    python -m explorer.training classify RUN_FOLDER < cat.jpg

The answer is {"logits": [K], "picture", "preview", "size", "crop", "notes"} (see `conversion.Converted`) with exit
status 0, or {"failed": code, "message": …} with 1. The logits are computed on the CPU in float32. No file is written.
With --inside the answer also has "inside": what the image becomes in the model, layer by layer (`inside.py`).

    python -m explorer.training classify-each

Writes {"ready": true}, and then one answer a line until its input ends. A question is a line
{"run_folder": …, "bytes": n, "inside": whether} and then n bytes. {"loading": true} comes before the first answer that
needs PyTorch.
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
    parser.add_argument("--inside", action="store_true", help="also write what it becomes in the model, layer by layer")
    given = parser.parse_args(arguments)
    data = sys.stdin.buffer.read(conversion.MOST_BYTES + 1)
    return 1 if "failed" in _answer(given.run_folder, data, given.inside, stream) else 0


def each(stream) -> int:
    """Answer questions on `stream` until the input ends; return the exit status."""
    _write({"ready": True}, stream)
    source = sys.stdin.buffer
    while line := source.readline():
        question = json.loads(line)
        folder, data = Path(question["run_folder"]), source.read(question["bytes"])
        _answer(folder, data, question["inside"], stream, lambda: _write(LOADING, stream))
    return 0


def _answer(
    folder: Path, data: bytes, inside: bool, stream, loading: Callable[[], None] = lambda: None
) -> dict[str, object]:
    """Write the answer for the image in `data` to `stream`, and return it; call `loading()` before PyTorch loads."""
    try:
        answer = answer_to(folder, data, inside, loading)
    except Failure as failure:
        answer = {"failed": failure.code, "message": without_paths(str(failure), folder)}
    _write(answer, stream)
    return answer


def _write(answer: dict[str, object], stream) -> None:
    stream.write(dumps(answer) + "\n")
    stream.flush()


def answer_to(folder: Path, data: bytes, inside: bool, loading: Callable[[], None]) -> dict[str, object]:
    """Return the answer for the image in `data`; raise Failure if it is no image, or the run has no weights.

    inside: whether it tells what the image becomes in the model.
    """
    given = conversion.read(data)
    # After the image has been checked, since torch takes seconds to import.
    if "torch" not in sys.modules:
        loading()
    import torch

    from explorer.training import devices, evaluation, models, trained
    from explorer.training.inside import look

    torch.set_num_threads(1)
    run = trained.load(folder)
    placement = devices.choose("cpu", "float32", run.settings["model"] in models.CONVOLUTIONAL)
    pixels = torch.from_numpy(given.pixels.copy())[None]
    answer = {"logits": evaluation.logits_of(run.model, pixels, placement)[0].tolist(), **given.to_json()}
    return answer | {"inside": look(run, folder, pixels[0])} if inside else answer
