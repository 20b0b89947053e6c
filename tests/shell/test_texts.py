"""The words of both languages say the same things under the same keys."""

import re
import tomllib

import numpy as np
import pytest

from explorer.shell import texts

FILES = sorted(path.name for path in (texts.FOLDER / "en").glob("*.toml"))


def flat(table, prefix=""):
    """Return all texts of a table by their dotted keys."""
    found = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def flat_texts(language, name):
    return flat(tomllib.loads((texts.FOLDER / language / name).read_text("utf-8")))


def placeholders(text):
    return sorted(texts._Template(text).get_identifiers()) if isinstance(text, str) else []


def test_every_language_has_the_same_files():
    for language in texts.LANGUAGES:
        assert sorted(path.name for path in (texts.FOLDER / language).glob("*.toml")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_language_has_the_same_keys_and_placeholders(name):
    english = flat_texts("en", name)
    for language in texts.LANGUAGES:
        other = flat_texts(language, name)
        assert other.keys() == english.keys()
        for key, text in english.items():
            assert placeholders(other[key]) == placeholders(text), key


@pytest.mark.parametrize("name", FILES)
def test_the_chinese_is_chinese(name):
    for key, text in flat_texts("zh", name).items():
        english = flat_texts("en", name)[key]
        has_sentence = isinstance(english, str) and len(english.split()) > 4
        if has_sentence:
            assert any("\u4e00" <= character <= "\u9fff" for character in text), key


# Tables whose texts the browser's modules show as they are.
PLAIN = re.compile(r"(^|\.)(\w+_board|(run|images)_upload\.refused|monitor|figure|component|command)\.")
MARKDOWN = re.compile(r"`|\*\*|\]\(|\$[^$]+\$|:material/")


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_what_is_shown_as_plain_text_has_no_markdown(language, name):
    shown = {key: text for key, text in flat_texts(language, name).items() if PLAIN.search(key)}
    assert {key: text for key, text in shown.items() if MARKDOWN.search(str(text))} == {}


def test_a_placeholder_is_filled_in_and_a_formula_left_alone():
    template = texts.Words("en", {"loss": "$e^{f}$ is @{value}"})
    assert template("loss", value="2") == "$e^{f}$ is 2"


def test_the_thousands_of_a_count_are_set_apart_but_not_those_of_a_name():
    template = texts.Words("en", {"found": "@{n} of @{all}, @{name}"})
    assert template("found", n=np.int64(1_000), all=10_000, name="1788") == "1,000 of 10,000, 1788"


def test_a_failure_is_told_by_its_code_and_one_that_is_unknown_by_its_reason():
    template = texts.Words("en", {"failed": {"memory": "No memory.", "other": "It failed: @{reason}"}})
    assert template.why("failed", "memory", "killed") == "No memory."
    assert template.why("failed", "new", "*killed*") == r"It failed: \*killed\*"


@pytest.mark.parametrize("language, sentences, names", [("en", "One. Two.", "a, b"), ("zh", "一。二。", "a、b")])
def test_sentences_and_names_are_joined_as_the_language_does(language, sentences, names):
    template = texts.load(language, "home")
    first, second = {"en": ("One.", "Two."), "zh": ("一。", "二。")}[language]
    assert template.sentences(first, second) == sentences
    assert template.names(["a", "b"]) == names


def test_no_line_ends_between_a_name_and_its_value_nor_before_a_unit():
    template = texts.Words("en", {"said": "b = @{b}, @{n}% of ln 10, $a = b$ `c = d`"})
    assert template("said", b="−1", n=3) == "b\u00a0=\u00a0−1, 3% of ln\u00a010, $a = b$ `c = d`"
