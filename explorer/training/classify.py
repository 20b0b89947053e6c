"""What a run's trained model says of a picture from elsewhere: the picture on standard input, JSON on standard output.

    python -m explorer.training classify RUN_FOLDER < cat.jpg

Answers {"logits": [10], "picture", "preview", "size", "crop", "notes"}, see `picture.Picture`, and exit status 0; or
{"failed": code, "message": …} and 1. The logits are computed on the CPU in float32. Nothing is written anywhere.

    python -m explorer.training classify-each

Says {"ready": true}, then answers one question after another until its input ends, each on a line. A question is a
line {"run_folder": …, "bytes": n}, then n bytes. Before the first answer that needs PyTorch comes {"loading": true}.
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
        description="Give a run's logits of the picture on standard input.",
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN_FOLDER")
    folder = parser.parse_args(arguments).run_folder
    return 1 if "failed" in _answer(folder, sys.stdin.buffer.read(conversion.MOST_BYTES + 1), stream) else 0


def each(stream) -> int:
    """Answer on `stream` whatever is asked, until nothing is; return the exit status."""
    _say({"ready": True}, stream)
    asked = sys.stdin.buffer
    while line := asked.readline():
        question = json.loads(line)
        _answer(Path(question["run_folder"]), asked.read(question["bytes"]), stream, lambda: _say(LOADING, stream))
    return 0


def _answer(folder: Path, data: bytes, stream, loading: Callable[[], None] = lambda: None) -> dict[str, object]:
    """Answer to the picture in `data` on `stream`, and return the answer; call `loading()` before PyTorch loads."""
    try:
        answer = answer_to(folder, data, loading)
    except Failure as failure:
        answer = {"failed": failure.code, "message": without_paths(str(failure), folder)}
    _say(answer, stream)
    return answer


def _say(answer: dict[str, object], stream) -> None:
    stream.write(dumps(answer) + "\n")
    stream.flush()


def answer_to(folder: Path, data: bytes, loading: Callable[[], None]) -> dict[str, object]:
    """Return the answer to the picture in `data`; raise Failure if it is none, or the run has no weights."""
    given = conversion.read(data)
    # Not before the picture is known to be one: torch takes seconds to import.
    if "torch" not in sys.modules:
        loading()
    import torch

    from explorer.training import devices, evaluation, models, trained

    torch.set_num_threads(1)
    run = trained.load(folder)
    placement = devices.place("cpu", "float32", run.settings["model"] in models.CONVOLUTIONAL)
    pixels = torch.from_numpy(given.pixels.copy())[None]
    return {"logits": evaluation.logits_of(run.model, pixels, placement)[0].tolist(), **given.to_json()}
