"""What the training program can say has its words in both languages, and what the monitor asks for is there."""

import re
from pathlib import Path

import pytest

from explorer.components.assets import FOLDER
from explorer.images.shapes import SHAPES
from explorer.protocol import options
from explorer.shell import texts

AFTERWARDS = {"landscape", "landscape_options", "classify", "conversion", "trained"}  # told of by the results page
EXPLORER = Path(options.__file__).parents[1]
FILES = [*EXPLORER.glob("training/*.py"), *EXPLORER.glob("protocol/*.py"), *EXPLORER.glob("images/*.py")]
TRAINING = "\n".join(path.read_text("utf-8") for path in FILES if path.stem not in AFTERWARDS)
CODES = set(re.findall(r'(?:Failure|memory_for)\(\s*"([a-z-]+)"', TRAINING)) | {"memory"}


@pytest.fixture(params=sorted(texts.LANGUAGES))
def monitor(request):
    return texts.load(request.param, "train").table("monitor")


def test_every_failure_has_its_sentence(monitor):
    assert len(CODES) >= 10
    assert CODES | {"start", "other"} <= monitor["failures"].keys()


def test_there_is_no_sentence_for_a_failure_that_cannot_be(monitor):
    assert monitor["failures"].keys() <= CODES | {"start", "other"}


def test_every_notice_has_its_sentence(monitor):
    codes = set(re.findall(r'notice = \{"code": "([a-z-]+)"', TRAINING))
    assert codes
    assert codes == monitor["notices"].keys()


def test_every_way_to_end_has_its_sentence(monitor):
    reasons = {"epochs", "seconds", "stopped"}
    assert all(f'"{reason}"' in TRAINING for reason in reasons)
    assert {f"finished_{reason}" for reason in reasons} <= monitor["state"].keys()


def test_every_choice_of_the_program_has_its_name(monitor):
    choices = {option.name: set(option.choices) for option in options.OPTIONS}
    assert choices["model"] == monitor["models"].keys()
    assert choices["dataset"] - {"auto"} == monitor["datasets"].keys()
    assert choices["device"] - {"auto"} == monitor["devices"].keys()


def test_every_progress_of_the_preparation_has_its_name(monitor):
    shown = set(re.findall(r'progress\("([a-z]+)"', TRAINING)) | {"draw"}
    assert shown == monitor["progress"].keys()


def test_the_drawn_shapes_have_names():
    for language in texts.LANGUAGES:
        assert texts.load(language, "train").table("shapes").keys() == SHAPES.keys()


@pytest.mark.parametrize(
    ("script", "section"),
    [
        ("charts", "charts"),
        ("views", "charts"),
        ("samples", "samples"),
        ("status", ""),
        ("preparation", ""),
        ("words", ""),
        ("layers", ""),
        ("weights", ""),
    ],
)
def test_every_word_that_a_script_asks_for_is_there(monitor, script, section):
    source = (FOLDER / f"run_monitor/{script}.js").read_text("utf-8")
    asked = set(re.findall(r"\bwords\.([a-z0-9_]+)\b(?!\")", source))
    table = monitor[section] if section else monitor
    assert asked
    assert asked <= table.keys()
    assert set(re.findall(r"\bsays\.([a-z_]+)\b", source)) <= monitor["state"].keys()
