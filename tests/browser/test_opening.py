"""Opening a page: its head is read at once and stays in its place; what is fetched early is fetched once, and used."""

import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from explorer.server import client
from tests.browser.conftest import drawn, fresh_tab

CLIENT = re.compile(r"/static/js/index\.[^/]+\.js$")
SIZES = {"desk": (1280, 720), "large": (1920, 1080), "phone": (390, 844)}
# Of each line of text its words, and where it begins.
LINES = """(selectors) => selectors
    .flatMap((selector) => [...document.querySelectorAll(selector)])
    .filter((node) => node.checkVisibility())
    .map((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const { x, y, width } = range.getBoundingClientRect();
        return [node.textContent, x, y, width];
    })"""
COVER = ["#opening [role=heading]", "#opening span", "#opening p", "#opening a"]
HEAD = [".st-key-head h1", ".st-key-head button p", ".st-key-line p"]
HERO = [".st-key-hero-words h1", ".st-key-hero-words .stMarkdown p", ".st-key-hero-ways a p"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path, head", [("/", HERO), ("/?lang=zh", HERO), ("/softmax?part=hinge&lang=zh", HEAD), ("/essay", HEAD)]
)
def test_the_head_is_read_before_the_client_runs_and_stays_in_its_place(chromium, app_url, size, path, head):
    width, height = SIZES[size]
    with fresh_tab(chromium, viewport={"width": width, "height": height}, locale="en-US") as tab:
        tab.route(CLIENT, lambda route: route.abort())
        tab.goto(app_url + path)
        tab.evaluate("document.fonts.ready")
        first = tab.evaluate(LINES, COVER)
        tab.unroute(CLIENT)
        tab.goto(app_url + path)
        drawn(tab)
        shown = tab.evaluate(LINES, head)
        if size == "phone" and head == HERO:  # below the board
            shown = shown[:1]
        assert [line[0] for line in first] == [line[0] for line in shown]
        assert [line[1:] for line in first] == [pytest.approx(line[1:], abs=2) for line in shown]


@pytest.mark.parametrize("path", ["/", "/softmax?part=surface", "/glossary"])
def test_what_is_fetched_early_is_fetched_once_and_used(tab, visit, path):
    asked, said = Counter(), []
    tab.on("request", lambda request: asked.update([request.url]))
    tab.on("console", lambda message: said.append(message.text))
    visit(path)
    early = tab.evaluate(
        "[...document.querySelectorAll('link[rel=modulepreload], link[rel=preload]')].map((l) => l.href)"
    )
    ours = [address for address in early if "/explorer-assets/" in address]
    assert len(ours) > 10
    assert not {address for address in early if asked[address] != 1}
    styles = tab.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].map((l) => l.href)")
    assert {address for address in ours if address.endswith(".css")} <= set(styles)
    assert {address for address in asked if "/explorer-assets/" in address} == {
        *ours,
        *(a for a in styles if "/stage/" in a),
    }
    assert not [text for text in said if "preload" in text]


@pytest.mark.parametrize("path", ["/", "/softmax?part=surface", "/train?lang=zh", "/no-such-page"])
def test_a_whole_font_is_fetched_only_for_letters_that_the_one_sent_lacks(tab, visit, path):
    asked = []
    tab.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    visit(path)
    fonts = [name for name in asked if "Source" in name]
    assert fonts and not [name for name in fonts if "?" in name]
    for style in ("normal", "italic"):
        written = f"<p style='font: {style} 1rem \"Source Sans\"'>naïve Жук</p>"
        tab.evaluate("(written) => document.body.insertAdjacentHTML('beforeend', written)", written)
        tab.evaluate("document.fonts.ready")
    later = [name.partition(".")[0] for name in asked if name.endswith(f"?{client.WHOLE}")]
    assert later == ["SourceSansVF-Upright", "SourceSansVF-Italic"]
    assert tab.evaluate("document.fonts.check('1rem \"Source Sans\"', 'Жук')")


@pytest.mark.parametrize("language, head", [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_without_one_in_the_link_the_head_has_the_browsers_language(chromium, app_url, language, head):
    with fresh_tab(chromium, locale=language) as tab:
        tab.route(CLIENT, lambda route: route.abort())
        tab.goto(f"{app_url}/softmax")
        expect(tab.locator("#opening")).to_have_attribute("lang", head)


def test_what_stands_in_the_way_of_the_app_is_not_covered(tab, app_url):
    tab.goto(f"{app_url}/no-such-page")
    drawn(tab)
    assert not tab.locator("#opening").count()
    tab.route("**/_stcore/**", lambda route: route.abort())
    tab.goto(f"{app_url}/softmax")
    tab.get_by_role("dialog").or_(tab.get_by_text("Connection")).first.wait_for(timeout=60_000)
    expect(tab.locator("#opening")).to_have_count(0)
