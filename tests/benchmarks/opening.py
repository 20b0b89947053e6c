"""Opening a page with nothing kept in the browser, against an empty page of Streamlit's in the same run.

Both are opened by turns, so that what slows the machine down slows down both; what counts is the ratio.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import chromium, open_once

from app import server, wait_until
from tests.serving import ended, free_ports, healthy

TIMES = 7
PAGE = "/softmax?part=surface"


@contextlib.contextmanager
def empty_page():
    """Serve a page of Streamlit's with nothing but a title, as `streamlit run` does; yield its address."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text('import streamlit as st\nst.title("Empty")\n')
        options = ("--server.headless", "true", "--server.port", str(port), "--browser.gatherUsageStats", "false")
        command = [sys.executable, "-m", "streamlit", "run", "empty.py", *options]
        environment = os.environ | {"HOME": folder}
        url = f"http://127.0.0.1:{port}"

        with ended(subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)):
            wait_until(lambda: healthy(url))
            yield url


def rows():
    """Yield (what, measured, target)."""
    with chromium() as browser, empty_page() as empty, server() as (url, _, _):
        open_once(browser, empty, "title"), open_once(browser, url + PAGE, "figures")
        pairs = [
            (open_once(browser, empty, "title")["title"], open_once(browser, url + PAGE, "figures"))
            for _ in range(TIMES)
        ]
    for name, target in (("title", "≤ 0.35"), ("board", "≤ 0.9"), ("figures", "≤ 1.4")):
        ratio = statistics.median(noted[name] / reference for reference, noted in pairs)
        seconds = statistics.median(noted[name] for _, noted in pairs) / 1000
        yield f"opening {PAGE} against an empty page: {name}", f"{ratio:.2f} × ({seconds:.2f} s)", target
    yield "an empty page of Streamlit's", f"{statistics.median(first for first, _ in pairs) / 1000:.2f} s", ""
