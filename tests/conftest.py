"""Fixtures that need no more than Python; those for a real browser are in tests/browser/."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from explorer import classroom
from explorer.classroom.registry import Classroom
from explorer.protocol import machine
from explorer.shell import texts, visit
from explorer.stage import link, page

# No page that a test opens starts a process that waits for a training.
os.environ["EXPLORER_SPARE_SECONDS"] = "0"

# The same cases every time, on however busy a machine, and no file left behind.
hypothesis.settings.register_profile(
    "explorer",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("explorer")


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """A page that no browser opens has a made-up connection in every run, from this machine."""
    monkeypatch.setattr(visit, "_connection", lambda: None)
    monkeypatch.setattr(type(streamlit.context), "ip_address", property(lambda _: None))


@pytest.fixture(autouse=True)
def no_photographs(monkeypatch, tmp_path):
    """Look into no data folder of this machine's user, unless a test or what it uses has named one."""
    if "EXPLORER_DATA_DIR" not in os.environ:
        monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "no-photographs"))


MAIN = str(Path(page.__file__).with_name("main.py"))


@pytest.fixture
def open_page(monkeypatch):
    """Return a function that opens a page, and what opens on demand in it, and fails on any exception in it.

    Its texts have the spaces that they are written with; tests/shell/test_texts.py checks the non-breaking ones.
    """
    monkeypatch.setattr(machine, "available", lambda: None)  # a page warns where memory is short
    monkeypatch.setattr(texts, "_in_lines", lambda text: texts._BROKEN_LINE.sub("", text))

    def open_page(name: str, language: str = "en", **query: str) -> AppTest:
        app = AppTest.from_file(MAIN, default_timeout=180)
        app.query_params["lang"] = language
        if name != "home":  # where every visit begins
            app.run()
            app.switch_page(page.page_path(name))
        for key, value in query.items():
            app.query_params[key] = value
        app.query_params["lang"] = language
        for what in ("the_code", "share"):
            app.session_state[f"{name}.open.{what}.1"] = True
        app.run()
        assert not app.exception, app.exception
        return app

    return open_page


@pytest.fixture
def cookies(monkeypatch):
    """The cookies that the visitor's browser sends, at first none; AppTest has none of its own."""
    kept = {}
    monkeypatch.setattr(type(streamlit.context), "cookies", property(lambda _: kept))
    return kept


@pytest.fixture
def gatherings(monkeypatch, tmp_path):
    """The rounds and the lectures of a server of its own."""
    made = Classroom(tmp_path / "classroom")
    monkeypatch.setattr(classroom, "of_this_server", lambda: made)
    return made


@pytest.fixture
def opens(open_page, cookies):
    """Return a function that checks that a view's link is taken as it stands, by a visitor who comes the first time."""

    def opens(view) -> None:
        app = open_page(view.page, **view.settings)
        assert not app.warning and not app.error
        for name, value in view.settings.items():
            setting = app.session_state[f"{view.page}.{name}"]
            assert setting == value or not isinstance(setting, str), (name, setting)

    return opens


@pytest.fixture(scope="session")
def settings_of_pages():
    """The settings of each page, by its name."""
    tables = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(streamlit.context), "cookies", property(lambda _: {}))
        read = link.read
        patch.setattr(link, "read", lambda settings: tables.update({settings.page: settings}) or read(settings))
        app = AppTest.from_file(MAIN, default_timeout=180).run()
        for name in page.PAGES | page.BESIDE:
            app.switch_page(page.page_path(name)).run()
            assert not app.exception, (name, app.exception)
    assert tables.keys() == (page.PAGES | page.BESIDE).keys()
    return tables


@pytest.fixture
def shown():
    """Return a function that gives all text that a page shows."""

    def shown(app: AppTest) -> str:
        kinds = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error", "code")
        return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))

    return shown


@pytest.fixture(scope="session")
def wait():
    """Return a function that waits until a condition is true, and fails if it does not become so."""

    def wait(condition):
        until = time.monotonic() + 180  # far beyond what the slowest machine needs
        while not condition():
            assert time.monotonic() < until, "did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def aside():
    """Return a function that calls another in a thread of its own, where no open browser has a loop running."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda function, *arguments: thread.submit(function, *arguments).result()
