"""Deep links, language and navigation, on whole pages."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.shell.texts import LANGUAGES
from explorer.stage import link
from explorer.stage import page as shell_page

MAIN = str(Path(shell_page.__file__).with_name("main.py"))
ALL = shell_page.PAGES | shell_page.BESIDE
BAD = [
    {"z": "abc"},
    {"z": "1e999,nan"},
    {"z": "1,2,3"},
    {"y": "42"},
    {"y": "-1"},
    {"T": "0"},
    {"T": "nan"},
    {"z": ",".join(["1"] * 1000)},
    {"quantity": "<script>alert(1)</script>"},
    {"show": "everything"},
    {"lang": "xx"},
]


@pytest.mark.parametrize("query", BAD, ids=lambda query: "&".join(f"{k}={v[:12]}" for k, v in query.items()))
def test_a_bad_link_shows_the_default_picture_and_a_notice(open_page, shown, query):
    query = {"lang": "en"} | query
    default = shown(open_page("softmax"))
    app = open_page("softmax", query.pop("lang"), **query)
    assert len(app.warning) == 1
    warning = app.warning[0].value
    assert "<script" not in warning.replace("\\<", "")
    assert len(warning) < 250
    # Whether links name the language is another matter.
    assert shown(app).replace(warning, "").replace("?lang=en", "").split() == default.replace("?lang=en", "").split()


def test_a_notice_names_what_was_asked_what_is_allowed_and_what_is_shown(open_page):
    (warning,) = open_page("softmax", y="42").warning
    for part in ("y", "42", "0 … 9", "3"):
        assert part in warning.value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "name"), [("softmax", "show"), ("softmax", "paint"), ("softmax_or_sigmoid", "photo"), ("train", "run")]
)
def test_a_notice_has_no_empty_end_where_nothing_is_what_is_shown(open_page, page, name, language):
    (warning,) = [element.value for element in open_page(page, language, **{name: "?"}).warning]
    assert warning.endswith(shell_page.texts.load(language, page)("notice.ignored"))


def test_a_list_that_a_link_gives_in_pieces_is_joined(open_page):
    app = open_page("softmax", show=["board", "surface"])
    assert app.session_state["softmax.show"] == ("board", "surface")
    assert not app.warning
    app.run()
    assert app.query_params["show"] == "board,surface"


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_several_values_for_one_the_last_counts_and_the_page_says_so(open_page, language):
    app = open_page("softmax", language, y=["1", "7"])
    assert app.session_state["softmax.y"] == 7
    (warning,) = app.warning
    for part in ("**y**", "1, 7" if language == "en" else "1", "7"):
        assert part in warning.value.replace("\\", "")
    assert open_page("softmax", language, y=["7", "7"]).warning.len == 0


@pytest.mark.parametrize(
    ("tag", "title"),
    [("zh-CN", "Softmax 损失"), ("zh-Hans", "Softmax 损失"), ("ZH_tw", "Softmax 损失"), ("en-GB", "Softmax loss")],
)
def test_a_language_is_known_by_the_first_part_of_its_tag(open_page, tag, title):
    app = open_page("softmax", tag)
    assert app.title[0].value == title
    assert not app.warning


@pytest.mark.parametrize("page", [page for page in shell_page.PAGES if page not in ("home", "train", "guess")])
def test_the_name_of_a_section_chooses_it_as_part_and_shows_it_alone(open_page, settings_of_pages, page):
    table = settings_of_pages[page].specs
    assert set(table["part"].options) <= set(table["show"].options)


def test_the_url_holds_what_differs_from_the_default(open_page):
    app = open_page("softmax", "zh", y="3", T="2.5")
    app.run()
    assert dict(app.query_params) == {"T": "2.5", "lang": "zh"}
    app.button(key="softmax.reset").click().run()
    assert dict(app.query_params) == {"lang": "zh"}


@pytest.mark.parametrize(
    ("page", "place", "moved"),
    [
        ("softmax", {"part": "surface"}, {"T": "2.5"}),
        ("softmax", {"show": "surface"}, {"T": "2.5"}),
        ("cross_entropy", {"part": "simplex"}, {"eta": "3"}),
        ("results", {"part": "calibration", "run": "cifar10"}, {"T": "2.5"}),
        ("train", {"compare": "synthetic,cifar10"}, {"view": "gradient"}),
    ],
)
def test_back_to_the_first_view_stays_where_the_visitor_is(open_page, page, place, moved):
    app = open_page(page, **place, **moved)
    assert {**place, **moved}.items() <= app.query_params.items()
    app.button(key=f"{page}.reset").click().run()
    assert app.query_params == {"lang": "en"} | place or app.query_params == place


@pytest.mark.parametrize(
    ("asked", "switched", "named"), [(None, None, None), (None, "zh", "zh"), ("en", None, "en"), ("zh", "en", "en")]
)
def test_a_shared_link_names_a_language_only_where_one_was_asked_for(asked, switched, named):
    app = AppTest.from_file(MAIN, default_timeout=180)
    if asked:
        app.query_params["lang"] = asked
    app.run()
    app.switch_page(shell_page.page_path("results"))
    app.query_params["sample"] = "7"
    app.session_state["results.open.share.1"] = True
    if switched:
        app.session_state["language"] = switched
    app.run()
    assert not app.exception
    (address,) = (block.value for block in app.code if "sample=7" in block.value)
    carried = [link.proto.query_string for link in app.get("page_link") if "z=" in link.proto.query_string]
    assert carried
    for query in (urlsplit(address).query, *carried):
        assert parse_qs(query).get("lang") == ([named] if named else None)


def test_the_language_is_switched_to_and_fro(open_page):
    app = open_page("softmax", y="1")
    for language, title in (("zh", "Softmax 损失"), ("en", "Softmax loss"), ("zh", "Softmax 损失")):
        app.session_state["language"] = language
        app.run()
        assert not app.exception
        assert app.title[0].value == title
        assert app.session_state["softmax.y"] == 1


def test_a_visit_to_another_page_loses_nothing(open_page):
    app = open_page("softmax", T="2.5")
    app.switch_page(shell_page.page_path("home")).run()
    app.switch_page(shell_page.page_path("softmax")).run()
    assert app.session_state["softmax.T"] == 2.5


def test_a_moved_control_wins_over_a_url_that_lags_behind(open_page):
    app = open_page("softmax", T="2.5")
    app.session_state["softmax.T"] = 3.0
    for _ in range(2):
        app.query_params["T"] = "2.5"
        app.run()
        assert app.session_state["softmax.T"] == 3.0
        assert app.query_params["T"] == "3"


def test_going_back_in_the_browser_brings_the_earlier_picture(open_page, monkeypatch):
    app = open_page("softmax", T="2.5")
    app.session_state["softmax.T"] = 3.0
    app.run()
    app.query_params["T"] = "2.5"
    monkeypatch.setattr(link, "is_history_navigation", lambda: True)
    app.run()
    assert app.session_state["softmax.T"] == 2.5


def test_show_hides_all_other_parts(open_page):
    app = open_page("softmax", show="surface")
    assert not app.title
    assert not app.button(key="softmax.reset").disabled
    assert not app.subheader
    assert not [group for group in app.get("button_group") if "preset" in (group.key or "")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ALL)
def test_every_page_opens_in_every_language(open_page, page, language):
    app = open_page(page, language)
    assert app.title[0].value
    assert not app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_of_the_tab_names_the_page(open_page, monkeypatch, language):
    titles = []
    monkeypatch.setattr(st, "set_page_config", lambda page_title, **more: titles.append(page_title))
    app = open_page("home", language)
    words = shell_page.texts.load(language, "home")
    for page in ALL:
        app.switch_page(shell_page.page_path(page)).run()
        assert words("site") in titles[-1]
        assert page == "home" or titles[-1].startswith(words(f"pages.{page}"))
    assert len(set(titles)) == len(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_has_a_tab_and_a_line_and_every_part_an_entry_in_share(settings_of_pages, language):
    for page, settings in settings_of_pages.items():
        words = shell_page.texts.load(language, page)
        if "part" in settings.specs:
            sections = set(settings.specs["part"].options)
            assert sections == words.table("part").keys() == words.table("see").keys(), page
        if "show" in settings.specs:
            assert set(settings.specs["show"].options) <= words.table("parts").keys(), page


def test_a_page_whose_first_run_was_broken_off_opens_on_the_next(open_page, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(shell_page.Page, "footer", lambda page: st.stop())
        app = open_page("softmax", T="2.5")
    app.run()
    assert not app.exception
    assert app.session_state["softmax.T"] == 2.5


@pytest.mark.parametrize(
    ("page", "query", "there"),
    [
        ("guess", {"show": "code"}, ("text", "game", "class", "questions")),
        ("train", {"compare": "synthetic,cifar10", "show": "controls"}, ("text", "monitor", "questions", "code")),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_parts_that_are_not_there_says_so_and_shows_all(open_page, page, query, there, language):
    asked = query["show"]
    app = open_page(page, language, **query)
    words = shell_page.texts.load(language, page)
    (notice,) = [warning.value for warning in app.warning if words(f"parts.{asked}") in warning.value]
    for part in words.table("parts"):
        assert (words(f"parts.{part}") in notice) == (part in there or part == asked), part
    assert app.title
    assert "show" not in app.query_params
    app.run()
    assert notice not in [warning.value for warning in app.warning]
    assert app.title


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("cross_entropy", {"part": "board", "show": "board,figure"}),
        ("softmax", {"show": "surface"}),
        ("train", {"show": "controls"}),
    ],
)
def test_a_link_to_a_part_that_is_there_says_nothing_and_shows_it_alone(open_page, page, query):
    app = open_page(page, **query)
    assert not app.title
    assert app.query_params["show"] == query["show"]
    assert not [warning for warning in app.warning if "link_off" in str(warning.icon)]


@pytest.mark.parametrize("page", shell_page.BESIDE)
def test_a_page_beside_the_lesson_is_in_no_row_and_leads_nowhere_in_its_order(open_page, page):
    words = shell_page.texts.load("en", page)
    links = [link.proto.label for link in open_page(page).get("page_link")]
    row = [words(f"pages.{name}") for name in shell_page.PAGES]
    assert links[: len(row)] == row
    assert not [link for link in open_page(page).get("page_link") if link.proto.icon == ":material/arrow_back:"]
    assert shell_page.neighbour(page, 1) is shell_page.neighbour(page, -1) is None


def test_the_presenters_keys_lead_through_the_sections_of_a_page_beside_the_lesson_and_no_further(open_page):
    app = open_page("teach", part="90", present="1")
    for part in ("answers", "answers"):
        app.session_state["present.move"] = 1
        app.run()
        assert not app.exception
        assert app.session_state["teach.part"] == part


@pytest.mark.parametrize("page", [page for page in shell_page.PAGES if page != "home"])
def test_a_page_leads_to_the_glossary(open_page, page):
    assert "glossary" in {link.proto.page for link in open_page(page).get("page_link")}
