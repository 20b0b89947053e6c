"""A run's folder that somebody has made to do harm: its texts are shown as texts, in a length that a page can hold."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest

from explorer.pages.shared.lookup import LONGEST
from explorer.runs import recorded
from explorer.runs.limits import Limits
from explorer.runs.registry import Runs

LONG = "a" * 10_000
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://elsewhere.example/x.png)",
    "$\\frac{1}{0}$",
    "`evil` **bold**",
    ":material/home: :red[x]",
    "\n# x\n\n| a | b |\n|---|---|",
    "\u202eevil\u2066\u200f",
    LONG,
)
# What is left of them where it would be taken for HTML, Markdown or a formula, or would turn what follows around.
HARM = re.compile(
    r"(?<!\\)(<script|<img|\[x]\(|\$\\frac|`evil|\*\*bold|:material/home|:red\[|\n# x)|[\u202e\u2066\u200f]|a{100}"
)
SECTIONS = ("microscope", "time", "whole", "calibration", "inside", "landscape", "own_picture")


class Elements(HTMLParser):
    """The elements in a text, and what their attributes say."""

    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= dict(attrs)


@pytest.fixture(autouse=True)
def foreign(tmp_path, monkeypatch, cookies):
    """A run with hostile texts wherever its files hold a text, and with numbers like those of the recorded run."""
    server = Runs(Limits(folder=tmp_path / "runs", spare=False), ("/no/such/program",))
    monkeypatch.setattr("explorer.runs.of_this_server", lambda: server)
    place = shutil.copytree(recorded.FOLDER / "synthetic", tmp_path / "runs" / "foreign-run")
    config = json.loads((place / "config.json").read_text("utf-8"))
    config |= dict.fromkeys(("device", "precision", "memory_format", "torch"), HOSTILE[0])
    config |= {"classes": HOSTILE, "notice": {"code": HOSTILE[2], "reason": HOSTILE[1], "message": HOSTILE[4]}}
    config["layers"] = [[text[:50], [text[:50]], 1] for text in HOSTILE]
    hostile = {name: HOSTILE[k % 9] for k, name in enumerate(config["configuration"]) if name != "seed"}
    config["configuration"] |= hostile
    (place / "config.json").write_text(json.dumps(config))
    events = [json.loads(line) for line in (place / "events.jsonl").read_text("utf-8").splitlines()]
    events[0] |= config | {"classes": [name[:99] for name in HOSTILE]}  # of a longer line nothing would be read
    events[-1]["reason"] = HOSTILE[0]
    (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    for file in (place / "landscapes").glob("*.json"):
        facts = json.loads(file.read_text("utf-8"))
        file.write_text(json.dumps(facts | dict.fromkeys(("device", "precision", "torch", "directions"), HOSTILE[2])))
    assert server.find("foreign-run").folder.path == place
    return server.find("foreign-run")


def told(app) -> str:
    """All Markdown of a page, and what its controls are called."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error")
    texts = [str(element.value) for kind in kinds for element in app.get(kind)]
    controls = ("button", "selectbox", "segmented_control", "button_group", "slider", "select_slider", "multiselect")
    labels = [element for kind in controls for element in app.get(kind)]
    texts += [str(element.proto) for element in labels]
    return "\n".join(texts)


def check(app) -> None:
    assert not app.exception, app.exception
    assert not (harm := HARM.search(told(app))), harm
    for element in app.main.get("html"):
        elements = Elements(element.proto.body)
        assert elements.names <= {"div", "span", "b", "img"}
        assert elements.attributes.keys() <= {"style", "aria-hidden", "src", "alt", "width", "height", "class"}
        assert elements.attributes.get("src", "data:").startswith("data:")


@pytest.mark.parametrize("part", SECTIONS)
def test_results_show_hostile_texts_as_texts(open_page, part):
    app = open_page("results", run="foreign-run", part=part)
    check(app)
    # A picture that is opened is spoken of by the names of its classes.
    app.session_state["results.sample"] = 0
    app.run()
    check(app)
    assert part in ("calibration", "landscape", "own_picture") or "alert 1" in json.dumps([*data_of(app), told(app)])


def data_of(app) -> list[str]:
    """What the browser is given to draw: JSON, whose texts become text nodes."""
    return [str(element.proto) for element in app.get("bidi_component")]


def test_names_keep_their_letters_and_a_length_that_a_page_can_hold(open_page):
    app = open_page("results", run="foreign-run", part="whole")
    given = "".join(data_of(app))
    assert "a" * LONGEST in given and "a" * (LONGEST + 1) not in given
    assert "<script" not in given and "\\u202e" not in given and "\u202e" not in given


def test_the_guessing_game_shows_hostile_texts_as_texts(open_page):
    app = open_page("guess", run="foreign-run")
    assert app.session_state["guess.run"] == "foreign-run"
    for _ in range(3):
        app.button(key="guess.answer").click().run()
        check(app)
        app.button(key="guess.next").click().run()
    check(app)


@pytest.mark.parametrize(
    "query", [{"run": "foreign-run"}, {"compare": "foreign-run,synthetic"}, {"run": "foreign-run", "view": "classes"}]
)
def test_a_run_that_is_watched_or_compared_shows_hostile_texts_as_texts(open_page, foreign, query):
    foreign.state()
    assert foreign.folder.started["device"] == HOSTILE[0]
    app = open_page("train", **query)
    check(app)
    for code in app.code:
        assert not HARM.search(code.value)


def test_training_once_more_takes_no_folder_and_no_right_from_a_run(open_page, foreign, monkeypatch, tmp_path):
    events = (foreign.folder.path / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    started = json.loads(events[0])
    paths = dict.fromkeys(("data_dir", "run_dir", "resume", "out"), str(tmp_path))
    started["configuration"] = paths | {"threads": 64, "commands": False, "checkpoint_seconds": 0, "model": "mlp"}
    (foreign.folder.path / "events.jsonl").write_text("".join([json.dumps(started) + "\n", *events[1:]]))
    foreign.folder._begin()
    given = []
    monkeypatch.setattr(Runs, "start", lambda _, settings, *visitor: given.append(settings) or (foreign, ""))
    app = open_page("train", run="foreign-run")
    app.button(key="train.again").click().run()
    assert given == [{"model": "mlp"}]
    assert not [key for key in (button.key for button in app.button) if key in ("train.go_on", "train.stop")]


def test_a_run_whose_folder_is_deleted_while_it_is_looked_at_is_said_to_be_gone(open_page, foreign):
    queries = [("results", {"run": "foreign-run", "part": "whole"}), ("train", {"run": "foreign-run"})]
    queries += [("train", {"compare": "foreign-run,synthetic"}), ("guess", {"run": "foreign-run"})]
    pages = [open_page(name, **query) for name, query in queries]
    shutil.rmtree(foreign.folder.path)
    for app in pages:
        app.run()
        assert not app.exception, app.exception
        told = [element.value for kind in ("warning", "info") for element in app.get(kind)]
        assert any(r"foreign\-run" in text for text in told)


def test_a_run_is_shown_whatever_letters_its_id_is_made_of(open_page, foreign, tmp_path):
    shutil.copytree(recorded.FOLDER / "synthetic", tmp_path / "runs" / "__two__underscores_-")
    assert not open_page("train", run="__two__underscores_-").warning
