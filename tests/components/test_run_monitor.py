"""What the training program can say has its words in both languages, and what the monitor asks for is there."""

import re

import pytest

from explorer.components.assets import FOLDER
from explorer.images.shapes import SHAPES
from explorer.protocol import errors, options
from explorer.shell import texts


@pytest.fixture(params=sorted(texts.LANGUAGES))
def monitor(request):
    return texts.load(request.param, "train").table("monitor")


def test_every_code_has_its_sentence_and_no_other_has_one(monitor):
    assert monitor["failures"].keys() == errors.OF_A_TRAINING | {"other"}
    assert monitor["notices"].keys() == errors.NOTICES
    assert monitor["progress"].keys() == errors.PREPARATION
    assert {f"finished_{reason}" for reason in errors.REASONS if reason} <= monitor["state"].keys()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_failure_of_a_landscape_or_an_image_has_its_sentence(language):
    words = texts.load(language, "results")
    assert words.table("landscape.failed").keys() == errors.OF_A_LANDSCAPE | errors.OF_THE_WEIGHTS | {"other"}
    assert words.table("own_picture.failed").keys() == errors.OF_AN_IMAGE | errors.OF_THE_WEIGHTS | {"other"}


def test_every_choice_of_the_program_has_its_name(monitor):
    choices = {option.name: set(option.choices) for option in options.OPTIONS}
    assert choices["model"] == monitor["models"].keys()
    assert choices["dataset"] - {"auto"} == monitor["datasets"].keys()
    assert choices["device"] - {"auto"} == monitor["devices"].keys()


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
