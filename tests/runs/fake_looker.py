"""Stands in for the training program's `landscape` and `classify-each`, without torch or data.

A landscape of 3 points a side is computed at once, one of 4 fails, any other goes on until it is told to stop; with 9
it rests once on the way, until it is told something; with 12 it does not heed what it is told.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from explorer.protocol import landscape_options

FACTS = {"schema": 1, "x": [-1, 0, 1], "y": [-1, 0, 1], "loss": [[3, 2, 3], [2, 1, 2], [3, 2, "inf"]], "trained": 1.0}
FACTS |= {"path": {"epochs": [0, 1], "x": [-0.5, 0], "y": [0.5, 0]}, "seen": 0.5, "pictures": 9, "weights": 30}


def main():
    if sys.argv[1:] == ["classify-each"]:
        return classify()
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("folder", type=Path)
    known, rest = parser.parse_known_args()
    settings = landscape_options.parse([str(known.folder), *rest])

    def tell(**event):
        settings["events"].write_text(json.dumps(event) + "\n")

    if settings["points"] == 3:
        settings["out"].mkdir(parents=True, exist_ok=True)
        facts = FACTS | {name: settings[name] for name in ("seed", "samples")}
        (settings["out"] / landscape_options.file_name(settings)).write_text(json.dumps(facts))
        tell(event="finished", reason="computed")
        return 0
    if settings["points"] == 4:
        tell(event="failed", code="other-data", message="not these")
        return 1
    for done in (5, 6):
        print(json.dumps({"progress": "landscape", "done": done, "total": 25}), file=sys.stderr, flush=True)
        if settings["points"] == 9 and done == 5:
            sys.stdin.readline()
    sys.stdin.readline()
    if settings["points"] == 12:
        time.sleep(600)
    tell(event="finished", reason="stopped")
    return 0


def classify():
    print(json.dumps({"ready": True}), flush=True)
    asked, turn = sys.stdin.buffer, 0
    while line := asked.readline():
        turn += 1
        if turn == 1:
            print(json.dumps({"loading": True}), flush=True)
        data = asked.read(json.loads(line)["bytes"])
        if data == b"die":
            return 3
        if data == b"sleep":
            time.sleep(600)
        answer = {"logits": [float(len(data))] * 10, "pid": os.getpid(), "turn": turn}
        print(json.dumps(answer if data else {"failed": "empty", "message": ""}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
