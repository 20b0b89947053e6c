"""The glossary: every term in both languages, with a link that opens a view, and numbers that are right."""

import math
import re

import pytest

from explorer.pages.glossary import TERMS
from explorer.shell import texts

ALL = {term: view for terms in TERMS.values() for term, view in terms.items()}
# The views of all terms, each once.
VIEWS = list({(view.page, *sorted(view.settings.items())): view for view in ALL.values()}.values())
NUMBERS = {"nat": [1 / math.e, 1 / math.log(2)], "bit": [math.log(2)], "jensen-shannon": [math.log(2)]}


def test_every_term_has_its_texts_and_every_text_its_term():
    words = texts.load("en", "glossary")
    assert list(words.table("terms")) == list(ALL)
    assert list(words.table("subjects")) == list(TERMS)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_term_is_explained_under_its_anchor_and_is_in_the_index(open_page, shown, language):
    app, words = open_page("glossary", language), texts.load(language, "glossary")
    text, anchors = shown(app), {heading.proto.anchor: heading.value for heading in app.subheader}
    for term in ALL:
        name = words(f"terms.{term}.name")
        assert anchors[term] == name
        assert f"[{name}](#{term})" in text
        assert words(f"terms.{term}.text") in text
    assert len(app.get("page_link")) >= len(ALL)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_term_takes_a_sentence_or_two(language):
    words = texts.load(language, "glossary")
    for term in ALL:
        text = re.sub(r"\$[^$]*\$|\d\.\d+", "", words(f"terms.{term}.text"))
        assert 1 <= len(re.findall(r"[.。]", text)) <= 2, term


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("term", NUMBERS)
def test_the_numbers_are_right(language, term):
    said = re.findall(r"approx (\d\.\d+)", texts.load(language, "glossary")(f"terms.{term}.text"))
    assert said == [f"{value:.2f}" for value in NUMBERS[term]]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.page}-{'-'.join(view.settings)}")
def test_the_link_of_a_term_opens_its_view(opens, view):
    opens(view)


def test_one_nat_is_what_its_view_shows():
    z = float(ALL["nat"].settings["z"])
    assert math.log1p(math.exp(-z)) == pytest.approx(1, abs=1e-4)


# Where a first reader meets a word that is explained here.
MET = {
    "wilson-interval": ("results", "whole.wilson"),
    "bfloat16": ("train", "help.precision"),
    "silu": ("train", "help.activation"),
    "whitening": ("results", "inside.meaning_kernels"),
}


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("term", MET)
def test_a_word_is_linked_where_a_first_reader_meets_it(language, term):
    page, place = MET[term]
    assert f"](glossary?lang={language}#{term})" in texts.load(language, page)(place)
