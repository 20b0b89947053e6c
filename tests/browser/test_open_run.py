"""A run that is saved as a ZIP file and opened again on the page: what comes of it, of a wrong file, and of a host."""

import json
import re
import shutil
import zipfile

import pytest

from explorer.protocol.routes import UPLOADS
from explorer.runs import archive, recorded

AREA = ".st-key-results-open_run"


@pytest.fixture
def saved(tmp_path):
    """The recorded run as a ZIP file."""
    with archive.pack(recorded.FOLDER / "synthetic") as packed, (tmp_path / "run.zip").open("wb") as file:
        shutil.copyfileobj(packed, file)
    return tmp_path / "run.zip"


def offered(page):
    """Open the area where a file is chosen, and return its input."""
    page.locator(f"{AREA} button").first.click()
    page.wait_for_selector(".xru")
    return page.locator(".xru input[type=file]")


def test_a_run_is_saved_on_the_training_page_and_opened_on_the_results_page(visit, tmp_path):
    page = visit("/train?run=synthetic")
    with page.expect_download() as download:
        page.locator(".xrm-download a").click()
    download.value.save_as(tmp_path / "run.zip")
    page = visit("/results?part=whole&epoch=3")
    offered(page).set_input_files(tmp_path / "run.zip")
    page.wait_for_url("**run=*")
    run = page.evaluate("new URLSearchParams(location.search).get('run')")
    assert len(run) == 16 and "epoch=" not in page.url  # what was chosen of the run before is left
    page.wait_for_selector(f"{AREA} button[aria-expanded=false]")
    page.get_by_text(f"{run[:6]}…").wait_for()
    page = visit(f"/results?run={run}")  # by its link it is there for others too
    assert page.locator(".xg-image").count() > 0
    assert not page.locator("[data-testid=stAlert]").count()


def test_a_wrong_file_is_named_and_the_right_one_can_be_chosen_after_it(visit, saved):
    with zipfile.ZipFile(saved, "a") as changed:
        changed.writestr("synthetic/../../escaped.py", "x")
    page = visit("/results")
    chooser, note = offered(page), page.locator(".xru-refused")
    chooser.set_input_files(saved)
    note.get_by_text("“synthetic/../../escaped.py”").wait_for()
    large = saved.with_name("large.zip")
    with large.open("wb") as file:
        file.truncate(65_000_000)
    chooser.set_input_files(large)
    note.get_by_text("up to 64 MB").wait_for()
    with large.open("wb") as file:
        file.truncate(60_000_000)
    chooser.set_input_files(large)
    note.get_by_text("not a ZIP file").wait_for()
    assert "run=" not in page.url


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(visit, saved):
    page = visit("/results")
    page.route(f"**/{UPLOADS}", lambda route: None)  # no answer comes
    offered(page).set_input_files(saved)
    page.locator(".xru-going").get_by_text(
        re.compile(r"%\ssent: [\d.]+\sof\s[\d.]+\sMB|The server checks it")
    ).wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled: the file was not opened.").wait_for()
    assert not page.locator(".xru progress").is_visible()
    page.unroute(f"**/{UPLOADS}")
    page.locator(".xru input[type=file]").set_input_files(saved)
    page.wait_for_url("**run=*")


def test_a_proxy_that_takes_no_file_of_this_size_is_named(visit, saved):
    page = visit("/results")
    refusal = "<html><title>413 Request Entity Too Large</title></html>"
    page.route(f"**/{UPLOADS}", lambda route: route.fulfill(status=413, body=refusal, content_type="text/html"))
    offered(page).set_input_files(saved)
    page.locator(".xru-refused").get_by_text("A proxy in front of this server takes no file of this size").wait_for()


def test_no_page_of_another_site_brings_a_run(visit, app_url, tab):
    visit("/results")
    said = []
    tab.on("response", lambda answer: said.append(answer.status) if answer.url.endswith(UPLOADS) else None)
    posted = "(url) => fetch(url, {method: 'POST', mode: 'no-cors', body: 'x'}).then((it) => it.text())"
    assert json.loads(tab.evaluate(posted, f"{app_url}/{UPLOADS}")) == {"refused": "secret"}
    tab.goto(app_url.replace("127.0.0.1", "localhost"))  # another site to a browser
    assert tab.evaluate(posted, f"{app_url}/{UPLOADS}") == ""
    assert said == [403, 403]


@pytest.mark.slow
def test_a_host_without_our_routes_says_that_it_takes_no_file(tab, script_url):
    tab.goto(f"{script_url}/results")
    tab.locator(f"{AREA} button").first.click(timeout=60_000)
    tab.get_by_text("This host cannot receive files").wait_for()
    assert not tab.locator(".xru").count()
