"""Stands in for a cluster's launcher: python launcher.py [--until FILE] COMMAND…

As srun does, it waits in a queue, says so on both outputs, passes its input on, forwards signals to what it started
and gives up its place when it is sent SIGTERM meanwhile. What it prints on its output looks like events. --until: it
waits until this file is there.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path


def main(words):
    print("launcher: job 7 queued and waiting for resources", file=sys.stderr, flush=True)
    print(json.dumps({"event": "finished", "reason": "epochs", "test_accuracy": 1.0}), flush=True)
    if words[0] == "--until":
        _, file, *words = words
        while not Path(file).exists():
            time.sleep(0.01)
    process = subprocess.Popen(words)
    signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    status = process.wait()
    print(json.dumps({"event": "failed", "code": "error", "message": "from the launcher"}), flush=True)
    print(f"launcher: task 0 exited with {status}", file=sys.stderr, flush=True)
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
