"""A real Chromium and a real server. Where no browser is found the tests skip, but not where CI asks for them."""

import contextlib
import os
import shutil

import pytest

from explorer.components.assets import FOLDER
from tests.serving import AS_THE_README_SAYS, ROOT, served

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def chromium():
    """A running browser."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        message = "no Chromium or Chrome was found on the PATH"
        if os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=30_000)
    quiet = ("background-networking", "component-update", "sync")
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def modules(chromium):
    """An empty page that can import the browser's files, from http://explorer.test/shared/wire.js for instance."""
    origin = "http://explorer.test/"
    page = chromium.new_page()

    def serve(route):
        if name := route.request.url.removeprefix(origin):
            route.fulfill(path=FOLDER / name, content_type="text/javascript")
        else:
            route.fulfill(body="<html></html>", content_type="text/html")

    page.route(f"{origin}**", serve)
    page.goto(origin)
    yield page
    page.close()


# What `streamlit run` does with a script in which it finds no st.App; a host may do the same with any script.
SCRIPT = """
import sys
from streamlit.web import bootstrap
script, flags = sys.argv[1], {"server_headless": True}
for name, value in zip(sys.argv[2::2], sys.argv[3::2]):
    flags[name.removeprefix("--").replace(".", "_")] = int(value) if value.isdigit() else value
bootstrap.load_config_options(flags)
bootstrap.run(script, False, [], flags)
"""
AS_A_SCRIPT = ("-c", SCRIPT, str(ROOT / "app.py"))


@pytest.fixture(scope="session")
def app_home(tmp_path_factory):
    """The folder in which the app of `app_url` has its data, its runs and its log."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def app_url(app_home):
    """The address of the app, started as the README says, with folders of its own for data and runs."""
    with _serving(AS_THE_README_SAYS, app_home) as url:
        yield url


@pytest.fixture(scope="session")
def other_app_url(tmp_path_factory):
    """The address of another server of the app, which knows nobody of the first."""
    with _serving(AS_THE_README_SAYS, tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture(scope="session")
def script_home(tmp_path_factory):
    """The folder in which the app of `script_url` has its data, its runs and its log."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def script_url(script_home):
    """The address of the app on a host that runs app.py as a script, and knows no st.App."""
    with _serving(AS_A_SCRIPT, script_home) as url:
        yield url


@pytest.fixture
def serve(tmp_path):
    """Return what serves a command of Python, with folders of its own for data and runs, and gives its address."""
    return lambda command: _serving(command, tmp_path)


@pytest.fixture(scope="module")
def serve_below(tmp_path_factory):
    """Return what starts the app below a base path, as the README says or as a script, and gives its address."""
    with contextlib.ExitStack() as servers:

        def serve_below(base: str, as_a_script: bool = False) -> str:
            command = AS_A_SCRIPT if as_a_script else AS_THE_README_SAYS
            return servers.enter_context(_serving(command, tmp_path_factory.mktemp("home"), base))

        yield serve_below


@contextlib.contextmanager
def _serving(command, home, base=""):
    with served(home, command, base) as (url, _):
        yield url


@contextlib.contextmanager
def fresh_tab(chromium, **context):
    """Open a tab with a context of its own; an error on the page's own account fails the test."""
    context = chromium.new_context(**context)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def tab(chromium):
    """A fresh tab in English."""
    with fresh_tab(chromium, viewport={"width": 1280, "height": 900}, locale="en-US") as page:
        yield page


@pytest.fixture
def visit(tab, app_url):
    """Return a function that opens a path of the app and waits until its boards and figures are drawn."""

    def visit(path: str, url: str = app_url):
        tab.goto(f"{url}{path}")
        drawn(tab)
        return tab

    return visit


@pytest.fixture
def phone(chromium, app_url):
    """Return a function that opens a path on a phone, and waits until it is drawn."""
    with fresh_tab(chromium, **PHONE, locale="en-US") as page:

        def phone(path: str):
            page.goto(f"{app_url}{path}")
            drawn(page)
            return page

        yield phone


UNFINISHED = ", ".join(
    (
        "#opening",  # what is read until the app is there
        "[data-testid=stApp][data-test-script-state=running]",
        "[data-testid=stSkeleton]",  # a formula, of another height
        "[data-testid=stBidiComponentRegular]:not(:has(.xb, .xf))",
        ".xf:not([data-drawn])",
    )
)


def drawn(tab) -> None:
    """Wait until the boards and figures of the page are there and drawn, and nothing else is to come."""
    tab.wait_for_selector("h1, .xb:not(.xpr), .xf", timeout=60_000)
    tab.wait_for_function(
        f"() => !document.querySelector('{UNFINISHED}') && document.fonts.status === 'loaded'", timeout=60_000
    )


def move(tab) -> None:
    """Move the first slider of the boards by a step, and wait until the address says so."""
    before = tab.url
    tab.locator(".xb input[type=range]").first.press("ArrowRight")
    tab.wait_for_url(lambda url: url != before)


HAS_KEYBOARD = """() => {
    const node = document.activeElement;
    const { outlineStyle, boxShadow } = getComputedStyle(node);
    return [
        node.getAttribute("aria-label") || node.title || node.closest("label")?.innerText || node.innerText,
        !node.closest(".xb, .xf") || outlineStyle !== "none" || boxShadow !== "none",
    ];
}"""


@pytest.fixture
def reach(tab):
    """Return a function that presses Tab until a control of this name has the keyboard, as is seen of a board's."""

    def reach(name: str, most: int = 80):
        for _ in range(most):
            tab.keyboard.press("Tab")
            called, seen = tab.evaluate(HAS_KEYBOARD)
            assert seen, f"nothing shows that {called!r} has the keyboard"
            if (called or "").strip().startswith(name):
                return
        pytest.fail(f"{name!r} is not reached by Tab")

    return reach
