"""The app as a server of its own, as tests and benchmarks start it, and the end of what they have started."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
AS_THE_README_SAYS = ("-m", "streamlit", "run", "app.py", "--server.headless", "true")
STARTING, ENDING = 60.0, 20.0  # seconds


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens, all different."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def served(home: Path, command=AS_THE_README_SAYS, base: str = "", port: int = 0, data: Path | None = None):
    """Start the app below `base`; yield its address and its process. Its runs, its data and its log are in `home`.

    command: what Python is given. port: else a free one. data: else a folder in `home`. Raises OSError with what it
    has said if it does not come up.
    """
    port = port or free_ports(1)[0]
    where = ["--server.port", str(port), *(["--server.baseUrlPath", base] if base else [])]
    folders = {"HOME": home, "EXPLORER_DATA_DIR": data or home / "data", "EXPLORER_RUNS_DIR": home / "runs"}
    url = "/".join(filter(None, (f"http://127.0.0.1:{port}", base)))
    with (
        (home / "server.log").open("a") as log,
        ended(
            subprocess.Popen(
                [sys.executable, *command, *where],
                cwd=ROOT,
                env=os.environ | {name: str(folder) for name, folder in folders.items()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        ) as process,
    ):
        until = time.monotonic() + STARTING
        while not healthy(url):
            if process.poll() is not None or time.monotonic() > until:
                raise OSError(f"the app did not start: {(home / 'server.log').read_text()}")
            time.sleep(0.05)
        yield url, process


def healthy(url: str) -> bool:
    """Return whether an app of Streamlit's answers at an address."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def ended(process: subprocess.Popen):
    """Yield a process and end it afterwards; one that does not end when it is asked to is killed, and that fails."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
