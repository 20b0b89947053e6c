"""The server is started anew while a class plays: the round goes on where it was, with its leader and its answers."""

import urllib.parse

import pytest

from tests.browser.conftest import fresh_tab
from tests.browser.test_connection import Line
from tests.serving import AS_THE_README_SAYS

pytestmark = pytest.mark.slow


@pytest.fixture
def people(chromium):
    """Two tabs of two browsers: whoever leads, and somebody who takes part."""
    with fresh_tab(chromium, locale="en-US") as leader, fresh_tab(chromium, locale="en-US") as student:
        yield leader, student


def test_a_round_goes_on_after_a_restart_of_the_server(serve, people):
    leader, student = people
    with serve(AS_THE_README_SAYS) as url:
        line = Line(url)
        leader.goto(f"{line.url}/guess")
        leader.get_by_text("Play with a class").click()
        leader.get_by_role("button", name="Start a round").press("Enter")
        leader.wait_for_selector(".xrw[data-answered='0']")
        id = urllib.parse.parse_qs(urllib.parse.urlsplit(leader.evaluate("location.href")).query)["round"][0]
        student.goto(f"{line.url}/guess?round={id}")
        student.get_by_role("button", name="Submit").click()
        student.get_by_text("Your answer is in").wait_for()
        leader.wait_for_selector(".xrw[data-answered='1']")
    line.cut()
    for page in people:
        page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    with serve(AS_THE_README_SAYS) as url:
        line.server = urllib.parse.urlsplit(url).port
        line.mend()
        for page in people:
            page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        leader.wait_for_selector(".xrw[data-answered='1']")
        leader.get_by_role("button", name="Close and show the answers").click()
        student.wait_for_selector(".xgb-shown")
        leader.get_by_role("button", name="Reveal the truth").click()
        student.wait_for_selector(".xgb-true")
        student.get_by_text("Answered so far: 1").wait_for()
        line.cut()
