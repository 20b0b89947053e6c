"""What comes with the page: the head that the app will show, and the files that it will load."""

import gzip
import html
import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.components import assets
from explorer.server import client, opening
from explorer.server.opening import View, linked
from explorer.shell import texts
from explorer.stage.page import BESIDE, PAGES, page_path
from tests.conftest import MAIN

pytestmark = pytest.mark.usefixtures("cookies")

VIEWS = [(page, part) for page in PAGES | BESIDE for part in opening.sections(page, "en") or [""]]


def served(view: View) -> str:
    return gzip.decompress(opening.page(view)).decode()


def address(page: str) -> str:
    return (PAGES | BESIDE)[page]


@pytest.fixture
def run(no_photographs):
    """Return a function that runs a view's page as a first visitor has it."""

    def run(page: str, part: str, language: str) -> AppTest:
        app = AppTest.from_file(MAIN, default_timeout=180)
        app.query_params["lang"] = language
        app.run()
        if page != "home":
            app.switch_page(page_path(page))
        app.query_params["lang"] = language
        if part:
            app.query_params["part"] = part
        app.run()
        assert not app.exception
        return app

    return run


def head_of(app: AppTest, page: str) -> list[str]:
    """Return the texts of the app's head, from the title on."""
    if page == "home":
        ways = [link.proto.label for link in app.get("page_link")][len(PAGES) :][:2]
        return [app.title[0].value, app.markdown[0].value, *ways]
    tabs = [group for group in app.button_group if group.key == f"{page}.part"]
    line = [app.markdown[0].value] if page in PAGES or tabs else []
    return [app.title[0].value, *(tabs[0].options if tabs else []), *line]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("page, part", VIEWS)
def test_the_head_is_that_of_the_app_and_the_files_are_those_of_its_components(run, page, part, language):
    view = linked(address(page), f"part={part}&lang={language}", "fr")
    assert view == View(page, part, language, chosen=True, has_head=True)
    cover = re.search(r'<div id="opening".*?(?=<script>)', served(view))[0]
    app = run(page, part, language)
    head = [opening.LINK.sub(r"\1", text) for text in head_of(app, page)]
    assert [html.unescape(text) for text in re.findall(r">([^<]+)<", cover)] == head
    assert not re.search(r"[$*`\[\]\\]", "".join(head)), "text alone is shown as it stands"
    if part:
        assert f"<span class=here>{html.escape(texts.load(language, page)(f'part.{part}'))}</span>" in cover
    mounted = {element.proto.component_name.removeprefix("explorer.") for element in app.get("bidi_component")}
    assert set(opening.components(view)) == mounted


@pytest.mark.parametrize("page, part", VIEWS)
def test_every_file_that_is_named_is_there(page, part):
    page = served(linked(address(page), f"part={part}", "en"))
    names = re.findall(r"(?:href=|url\()[\"]?\./([^\" >)]+\.(?:js|css|woff2))[\" >)]", page)
    ours = [name for name in names if name.startswith(assets.PREFIX)]
    assert all(assets.read(name.removeprefix(assets.route(""))) for name in ours)
    assert set(names) - set(ours) <= client.files()
    assert len(set(ours)) == len(ours) > 10


def test_the_later_parts_of_streamlits_client_are_found():
    found = client.chunks(opening.LATER)
    for name in opening.LATER:
        assert any(file.startswith(f"static/js/{name}.") for file in found)
    page = (client.FOLDER / client.INDEX).read_text("utf-8")
    assert not any(file in page for file in found)


@pytest.mark.parametrize(
    "name, query, accepted, view",
    [
        ("", "", "", View("home", "", "en", False, True)),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", View("home", "", "zh", False, True)),
        ("essay", "lang=de", "de-DE", View("essay", "", "en", False, True)),
        ("softmax", "part=hinge&part=surface&z=1", "zh", View("softmax", "surface", "zh", False, True)),
        ("softmax", "part=none&lang=en&lang=zh", "en", View("softmax", "board", "zh", True, True)),
        ("softmax-or-sigmoid", "embed=true", "en", View("softmax_or_sigmoid", "board", "en", False, False)),
        ("softmax", "predict=x", "en", View("softmax", "board", "en", False, False)),
        ("home", "", "en", View("", "", "en", False, False)),
        ("softmax_or_sigmoid", "", "en", View("", "", "en", False, False)),
        ("predictions", "", "en", View("", "", "en", False, False)),
        ("softmax.board", "", "en", View("", "", "en", False, False)),
        ("<script>", "part=<script>&lang=<script>", "<script>", View("", "", "en", False, False)),
    ],
)
def test_a_link_leads_to_what_the_app_will_show(name, query, accepted, view):
    assert linked(name, query, accepted) == view
    assert ('id="opening"' in served(view)) == view.has_head


def test_the_colours_of_the_head_are_those_of_the_themes():
    themes = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]
    sheet = Path(opening.__file__).with_name("opening.css").read_text("utf-8")
    for option in ("primaryColor", "backgroundColor", "textColor", "borderColor"):
        assert f"light-dark({themes['light'][option]}, {themes['dark'][option]})" in sheet


def test_the_page_is_named_as_the_app_names_it():
    assert "<title>Softmax loss · " in served(linked("softmax", "", "en"))
    assert served(linked("", "", "en")).count("<title>") == 1


@pytest.mark.parametrize("query", ["", "present=1"])
def test_the_sheets_of_every_page_come_before_what_the_app_shows(query):
    """In a presentation that includes a sheet whose rules, where they are alike, are to count."""
    page = served(linked("softmax", query, "en"))
    assert 0 < page.index("stage/print.css") < page.index('<div id="root">')


def test_made_up_links_add_nothing_to_what_is_kept():
    made_up = [f"<script>{number}" for number in range(100)]
    views = {linked(name, f"part={text}&lang={text}&z={text}", text) for text in made_up for name in ("softmax", text)}
    assert views == {View("softmax", "board", "en", False, True), View("", "", "en", False, False)}
