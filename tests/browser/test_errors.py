"""What a visitor sees of a page that fails, and what the server's log says."""

import sys

RAISING = """
import runpy
from pathlib import Path

from explorer.stage import page


def broken(self):
    raise RuntimeError("/folder/of/the/server")


page.Page.footer = broken
runpy.run_path(str(Path(page.__file__).with_name("main.py")))
"""


def test_a_page_that_fails_shows_no_detail_of_the_server(tab, serve, tmp_path):
    script = tmp_path / "raising.py"
    script.write_text(RAISING)
    with serve(["-m", "streamlit", "run", str(script), "--server.headless", "true"]) as url:
        tab.goto(f"{url}/")
        tab.wait_for_selector("[data-testid=stException]", timeout=60_000)
        seen = tab.inner_text("body")
    for detail in ("/folder", "RuntimeError", "Traceback", "raising.py", str(tmp_path), sys.prefix):
        assert detail not in seen
    assert "RuntimeError: /folder/of/the/server" in (tmp_path / "server.log").read_text()
