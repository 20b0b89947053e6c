"""One click brings the photographs to every page, from a local server of files in the official format."""

import pytest
from playwright.sync_api import expect

from explorer.protocol.data_sources import ARCHIVE, PART
from tests import official_files
from tests.browser.conftest import fresh_tab

pytestmark = pytest.mark.slow

# The app as the README starts it, but for the training program, which believes in these official files.
APP = """
import sys
from explorer.runs.registry import Runs
Runs.__init__.__defaults__ = (None, (sys.executable, sys.argv[1], sys.argv[2]))
from streamlit.web import cli
sys.argv = ["streamlit", "run", "app.py", "--server.headless", "true", *sys.argv[3:]]
cli.main()
"""


@pytest.fixture(scope="module")
def files():
    return official_files.like_recorded()


@pytest.fixture
def server(files):
    with official_files.served(official_files.packed(files)) as server:
        yield server


@pytest.fixture
def app_url(files, server, serve, tmp_path, monkeypatch):
    """The address of an app whose data folder is empty."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(("-c", APP, *official_files.program(tmp_path, files, server.content, server.url))) as url:
        yield url


def test_one_click_and_every_page_shows_photographs_also_to_others(chromium, app_url, server, tmp_path):
    server.spoil.append(official_files.trickle)
    with fresh_tab(chromium) as page, fresh_tab(chromium) as other:
        page.goto(app_url)
        page.get_by_role("button", name="Get the photographs").click(trial=True)  # nothing of the card lies over it
        page.goto(f"{app_url}/guess")
        other.goto(f"{app_url}/train")
        expect(page.locator(".xgb-image").first).to_be_visible()
        expect(page.get_by_text("disc", exact=True).first).to_be_visible()
        expect(other.get_by_text("Ten synthetic shapes")).to_be_visible()

        page.get_by_role("button", name="Get the photographs").click()
        expect(page.get_by_text("MB/s")).to_be_visible(timeout=120_000)
        page.get_by_role("button", name="Stop", exact=True).click()
        again = page.get_by_role("button", name="Resume getting the photographs")
        expect(again).to_be_visible(timeout=120_000)
        kept = (tmp_path / "data" / (ARCHIVE + PART)).stat().st_size
        again.click()
        page.wait_for_url("**/guess?*run=cifar10*", timeout=120_000)
        expect(page.get_by_text("airplane", exact=True).first).to_be_visible()
        expect(page.get_by_role("button", name="Get the photographs")).to_have_count(0)
        assert server.ranges == [None, f"bytes={kept}-"]

        other.reload()
        expect(other.get_by_text("Ten photographs of CIFAR-10")).to_be_visible()
        other.goto(f"{app_url}/results")
        expect(other.locator(".xg-image").first).to_be_visible()
        expect(other.get_by_role("radio", name="CNN", exact=True)).to_be_checked()
        other.goto(f"{app_url}/train?run=cifar10-softmax")
        expect(other.get_by_text("Softmax regression").first).to_be_visible()
        other.goto(app_url)
        expect(other.get_by_text("Get the photographs")).to_have_count(0)


def test_a_recorded_run_shows_its_photographs_as_soon_as_they_have_come(chromium, app_url, files, tmp_path):
    official_files.write(tmp_path / "data", files)
    with fresh_tab(chromium) as page:
        page.goto(f"{app_url}/train?run=cifar10")
        expect(page.locator(".xrm-charts")).to_be_visible()
        expect(page.locator(".xrm-image")).to_have_count(0)
        page.get_by_role("button", name="Get the photographs").click()  # they are only decoded
        expect(page.locator(".xrm-image").first).to_be_visible(timeout=120_000)
        expect(page.get_by_role("button", name="Get the photographs")).to_have_count(0)


def test_the_way_from_results_into_the_game_takes_the_run_along(chromium, app_url, files, tmp_path):
    official_files.write(tmp_path / "data", files)
    with fresh_tab(chromium) as page:
        page.goto(f"{app_url}/results")
        page.get_by_role("button", name="Get the photographs").click()  # they are only decoded
        page.wait_for_url("**/results?*run=cifar10*", timeout=120_000)
        page.get_by_role("radio", name="Softmax", exact=True).click()
        page.wait_for_url("**/results?*run=cifar10-softmax*")
        page.get_by_role("link", name="Beat this network").click()
        page.wait_for_url("**/guess?*run=cifar10-softmax*")
        expect(page.locator(".xgb-image").first).to_be_visible()
