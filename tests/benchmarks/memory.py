"""How much memory it takes: trainings on CIFAR-10's official files, each held to 1 GB, what waits, and what serves."""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from load import PAGES

from app import Visitor, server
from tests import official_files
from tests.serving import ROOT

LIMIT = 1 << 30  # bytes of private, writable memory (RLIMIT_DATA), as `prlimit --data` sets them
IMAGES, TEST_IMAGES = 50_000, 10_000
QUIET = 3.0  # seconds without any work, after which a process waits


def official(data_dir: Path | None) -> dict[str, bytes]:
    """Return files like the official ones, as many and as large, of the pictures in `data_dir` or of noise."""
    if data_dir is None:
        return official_files.drawn(IMAGES, TEST_IMAGES)
    from explorer.training import image_folders
    from explorer.training.control import Control
    from explorer.training.report import Progress

    _, *splits = image_folders.load(data_dir, Progress(Control(), silent=True))[:5]
    random = np.random.default_rng(0)
    train, test = (np.resize(random.permutation(len(splits[k])), n) for k, n in ((1, IMAGES), (3, TEST_IMAGES)))
    return official_files.made(splits[0][train], splits[1][train], splits[2][test], splits[3][test])


def megabytes(pid: int) -> dict[str, float]:
    """Return what a process holds: its own memory (resident), what counts for the limit, and all that is resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    names = {"private": "RssAnon", "data": "VmData", "resident": "VmRSS"}
    return {what: int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for what, name in names.items()}


def watched(command: list[str], **places: str) -> tuple[dict[str, float], dict]:
    """Run a training, held to the limit; return the most that it ever held, and its last event."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | places,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT)),
    )
    told: list[bytes] = []
    reader = threading.Thread(target=lambda: told.extend(process.stdout))
    reader.start()
    most: dict[str, float] = {}
    while process.poll() is None:
        try:
            for what, size in megabytes(process.pid).items():
                most[what] = max(most.get(what, 0.0), size)
        except (OSError, TypeError):
            pass  # it is just ending
        time.sleep(0.01)
    reader.join()
    return most, json.loads(told[-1])


def waiting(data_dir: Path) -> dict[str, float]:
    """Return what the process holds that waits for a run on the data at hand in `data_dir`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.training", "wait"],
        cwd=ROOT,
        env=os.environ | {"EXPLORER_DATA_DIR": str(data_dir)},
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    def worked() -> int:
        return sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))

    with process.stdin:
        before, since = -1, time.monotonic()
        while time.monotonic() - since < QUIET or before < 100:
            time.sleep(0.2)
            if worked() != before:
                before, since = worked(), time.monotonic()
        found = megabytes(process.pid)
    process.wait()
    return found


def serving() -> dict[str, float]:
    """Return what a server holds after one visit to each page."""
    with server() as (url, process, _):
        visitor = Visitor(url, PAGES[0])
        for page in (*PAGES[1:], "results", "guess"):
            visitor.open(page)
        found = megabytes(process.pid)
        visitor.leave()
        return found


def rows(data_dir: Path | None, long: bool):
    """Yield (what, measured, target) for every row of the table."""
    import torch

    build = f"torch {torch.__version__}, one thread"

    def told(most: dict[str, float]) -> str:
        return f"{most['private']:.0f} / {most['data']:.0f} / {most['resident']:.0f} MB"

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        files = official(data_dir)
        archive = official_files.packed(files)
        with official_files.served(archive) as files_server:
            program = [sys.executable, *official_files.program(Path(folder), files, archive, files_server.url)]
            del files
            later = [sys.executable, "-m", "explorer.training"]
            lasting = ["--epochs", "1"] if long else ["--max-seconds", "20"]
            for what, start, model in (
                ("the first run fetches and decodes, cnn", program, "cnn"),
                ("softmax", later, "softmax"),
                ("cnn", later, "cnn"),
            ):
                settings = ["--dataset", "cifar10", "--model", model, "--threads", "1", "--device", "cpu", *lasting]
                most, last = watched([*start, *settings], EXPLORER_DATA_DIR=str(data), no_proxy="127.0.0.1")
                end = f"{100 * last['test_accuracy']:.0f}%" if last["event"] == "finished" else last["code"]
                yield (
                    f"training, {what} ({build}): own / limited / resident, at most",
                    f"{told(most)} ({end})",
                    "≤ 1024",
                )
        yield f"process that waits, with CIFAR-10 ({build})", told(waiting(data)), "own ≤ 350"
    yield "server after one visit to each page", told(serving()), "own ≤ 200"
