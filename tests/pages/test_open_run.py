"""What the page says of runs that are brought as a file: where they go, for how long, and where none are taken."""

import pytest

from explorer import runs
from explorer.components import assets
from explorer.pages.results import own_picture
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs
from explorer.shell import texts


@pytest.fixture
def opened(open_page, monkeypatch, tmp_path, shown):
    """Return a function that gives what the page shows where a run is opened, on a server with the given limits."""

    def opened(language, **limits):
        server = Runs(Limits(folder=tmp_path / "runs", spare=0, **limits), ("/no/such/program",))
        monkeypatch.setattr(runs, "of_this_server", lambda: server)
        app = open_page("results", language)
        app.session_state["results.open_run"] = True
        app.run()
        assert not app.exception, app.exception
        areas = [element for element in app.get("bidi_component") if "run_upload" in element.proto.component_name]
        assert len(areas) == len(server.uploads._tickets)
        return shown(app), len(areas)

    return opened


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_it_is_said_where_a_run_goes_who_sees_it_and_when_it_is_removed(opened, language):
    words = texts.load(language, "results")
    said, areas = opened(language)
    assert areas == 1 and words("run_upload.where") in said and words("run_upload.removed") in said
    said, _ = opened(language, keep_hours=36.0)
    assert words("run_upload.removed_after", hours="36") in said and words("run_upload.removed") not in said


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_host_that_takes_no_runs_says_so(opened, language, monkeypatch):
    words = texts.load(language, "results")
    assert opened(language, upload=0)[1] == 0
    assert words("run_upload.refused.off") in opened(language, upload=0)[0]
    monkeypatch.setattr(assets, "by_route", lambda: False)
    said, areas = opened(language)
    assert areas == 0 and words("run_upload.no_route") in said


@pytest.mark.parametrize("value, size", [("", 64_000_000), ("0", 0), ("1.5", 1_500_000)])
def test_the_host_sets_how_large_a_file_may_be(monkeypatch, value, size):
    monkeypatch.setenv("EXPLORER_UPLOAD_MB", value)
    assert Limits().upload == size


@pytest.mark.parametrize("value", ["-1", "much", "inf"])
def test_a_size_that_is_none_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("EXPLORER_UPLOAD_MB", value)
    with pytest.raises(ValueError, match="EXPLORER_UPLOAD_MB must be a number above 0, or 0"):
        Limits()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_it_is_said_where_a_picture_goes_and_forgetting_it_does_so(open_page, shown, language):
    app = open_page("results", language, part="own_picture")
    assert texts.load(language, "results")("own_picture.where") in shown(app)
    app.session_state[own_picture.ANSWER] = {"model": None, "answer": {"failed": "empty"}}
    app.run()
    app.button(key="results.forget").click().run()
    assert own_picture.ANSWER not in app.session_state
