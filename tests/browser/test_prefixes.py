"""The app below a prefix: of its own (`server.baseUrlPath`), or one that a proxy puts before it and takes off again."""

import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from explorer.runs import archive, recorded

pytestmark = pytest.mark.slow

PREFIX = "course/x"
PROXY = Path(__file__).with_name("proxy.py")


@pytest.fixture(scope="module")
def below(serve_below, app_url):
    """Return what gives the app's address below a prefix that the app knows ("kept"), or does not ("stripped")."""
    addresses, proxies = {}, []

    def below(kind: str) -> str:
        if kind not in addresses:
            app = app_url if kind == "stripped" else serve_below(PREFIX)
            command = [sys.executable, str(PROXY), str(urllib.parse.urlsplit(app).port)]
            command.append(f"/{PREFIX}" if kind == "stripped" else "")
            proxies.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            addresses[kind] = f"http://127.0.0.1:{int(proxies[-1].stdout.readline())}/{PREFIX}"
        return addresses[kind]

    yield below
    for proxy in proxies:
        proxy.terminate()
        proxy.communicate(timeout=20)


@pytest.fixture
def failed(tab):
    """What the tab asked for and was not given."""
    failed = []
    tab.on("response", lambda answer: answer.status < 400 or failed.append((answer.status, answer.url)))
    return failed


ZIP = """async (link) => (await (await fetch(link.href)).blob()).slice(0, 2).text()"""


@pytest.mark.parametrize("kind", ["kept", "stripped"])
def test_boards_figures_runs_rounds_and_archives_are_found_below_a_prefix(visit, tab, below, failed, kind):
    url = below(kind)
    visit("/softmax?part=surface", url)
    assert tab.locator(".xf[data-drawn]").count()
    tab.locator("a[href$='results']").first.click()
    tab.wait_for_url(f"{url}/results*")
    tab.wait_for_selector(".xf[data-drawn], .xg")
    home = tab.locator(".st-key-page-home a")
    home.hover()
    assert home.evaluate("(link) => link.href") == f"{url}/", "opened in another tab"
    home.click()
    tab.wait_for_url(lambda address: address.partition("?")[0] == f"{url}/")
    tab.wait_for_selector(".xf[data-drawn]")
    for way in ("card-cross_entropy", "hero-ways"):
        tab.locator(f".st-key-{way} [data-testid=stPageLink-NavLink]").first.click()
        tab.wait_for_url(f"{url}/{'cross-entropy' if 'card' in way else 'logistic-regression'}*")
        tab.go_back()
        tab.wait_for_selector(".st-key-hero .xf[data-drawn]")
    visit("/train?run=synthetic", url)
    link = tab.locator(".xrm-download a")
    link.wait_for()
    assert link.get_attribute("href").startswith(f"{url}/explorer-runs/synthetic/")
    assert link.evaluate(ZIP) == "PK"
    tab.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")
    visit("/guess", url)
    tab.get_by_text("Play with a class").click()
    tab.get_by_role("button", name="Start a round").press("Enter")  # it moves while it opens
    tab.wait_for_selector(".xrw[data-answered='0']")
    shown = tab.locator("[data-testid=stCode]", has_text="round=").first.inner_text().strip()
    assert urllib.parse.urlsplit(shown).path == f"{urllib.parse.urlsplit(url).path}/guess"
    assert not failed
    tab.get_by_role("button", name="End the round").click()
    tab.get_by_role("button", name="End it").click()
    tab.wait_for_url(lambda address: "round=" not in address)
    ended = shown.partition("round=")[2]
    assert not [one for one in failed if ended not in one[1]]  # its page may ask for it once more


@pytest.mark.parametrize("kind", ["kept", "stripped"])
def test_a_run_is_opened_below_a_prefix(visit, tab, below, failed, kind, tmp_path):
    with archive.pack(recorded.FOLDER / "synthetic") as packed:
        (tmp_path / "run.zip").write_bytes(packed.read())
    visit("/results", below(kind))
    tab.locator(".st-key-results-open_run button").first.click()
    tab.locator(".xru input[type=file]").set_input_files(tmp_path / "run.zip")
    tab.wait_for_url(f"{below(kind)}/results?*run=*")
    assert not failed


# What lies above a prefix that is taken off is the proxy's own affair.
@pytest.mark.parametrize(
    "kind, path, led_to",
    [
        ("kept", "/softmax/?T=2", "/softmax?T=2"),
        ("stripped", "/softmax/?T=2", "/softmax?T=2"),
        ("kept", "?a=1", "/?a=1"),
    ],
)
def test_a_slash_too_many_or_too_few_is_put_right(tab, below, kind, path, led_to):
    answer = tab.goto(f"{below(kind)}{path}")  # the page itself may write its address anew soon afterwards
    assert answer.url == f"{below(kind)}{led_to}"


def test_where_app_py_is_run_as_a_script_below_a_base_path_files_and_answers_come_through_the_page(tab, serve_below):
    url = serve_below(PREFIX, as_a_script=True)
    tab.goto(f"{url}/softmax?part=surface")
    tab.wait_for_selector(".xf[data-drawn]", timeout=60_000)
    tab.goto(f"{url}/train?run=synthetic")
    link = tab.locator(".xrm-download a[href^=blob]")
    link.wait_for(timeout=60_000)
    assert link.evaluate(ZIP) == "PK"
