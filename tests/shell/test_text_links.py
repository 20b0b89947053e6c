"""Links within the texts: the same in both languages, to pages and glossary terms that are there, in the language."""

import re

import pytest

from explorer.pages.essay.statements import STATEMENTS
from explorer.pages.glossary import TERMS
from explorer.shell import texts
from explorer.stage.page import BESIDE, PAGES

ANCHORS = {
    "glossary": {term for terms in TERMS.values() for term in terms},
    "essay": {name for statements in STATEMENTS.values() for name in statements},
}
LINK = re.compile(r"\]\(([^)#]*)#?([^)]*)\)")


def links(text: str, language: str) -> list[tuple[str, str]]:
    """Return the (page, anchor) of each link in a text, as a visitor gets it."""
    found = LINK.findall(texts._in_language(text, language))
    assert all(page.endswith(f"?lang={language}") for page, _ in found if not page.startswith("http"))
    return [(page.partition("?")[0], anchor) for page, anchor in found]


def all_texts(page: str, language: str):
    """Yield every text of a page with its key."""

    def within(table: dict, prefix: str):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from within(value, f"{prefix}{key}.")
            elif isinstance(value, str):
                yield prefix + key, value

    yield from within(texts.load(language, page)._table, "")


@pytest.mark.parametrize("page", texts.pages())
def test_the_links_of_both_languages_lead_to_the_same_places_which_are_there(page):
    english = {key: sorted(links(text, "en")) for key, text in all_texts(page, "en")}
    for language in texts.LANGUAGES:
        for key, text in all_texts(page, language):
            assert sorted(links(text, language)) == english[key], key
    for key, found in english.items():
        for path, anchor in found:
            if path.startswith("https://"):  # a source
                continue
            assert path in (PAGES | BESIDE).values(), key
            assert not anchor or anchor in ANCHORS[path], key


@pytest.mark.parametrize("page", [*PAGES, "teach"])
def test_a_page_leads_to_several_terms_of_the_glossary_each_once(page):
    terms = [anchor for _, text in all_texts(page, "en") for path, anchor in links(text, "en") if path == "glossary"]
    assert len(terms) >= 3
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("text", ["$\\bigl[y\\bigr](x)$", "$$[y](x)$$", "`[a](x)`", "[a](https://a.b)", "[a](#nat)"])
def test_what_is_no_link_to_a_page_stays_as_it_is(text):
    assert texts._in_language(text, "zh") == text


def test_a_link_with_a_formula_keeps_the_language():
    assert texts._in_language("[curvature $H$](glossary#hessian)", "zh") == "[curvature $H$](glossary?lang=zh#hessian)"
