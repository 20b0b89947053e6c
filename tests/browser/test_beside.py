"""The pages beside the lesson in a browser: found where they are needed, read at every size, and in one's language."""

import pytest
from playwright.sync_api import expect

from explorer.stage.page import BESIDE
from tests.browser.conftest import drawn

SIZES = [(1920, 1080), (1366, 768), (1280, 720), (390, 844)]
# Texts that end beyond the screen, or over one another.
CUT = """() => [...document.querySelectorAll('.stMain :is(p, h1, h2, h3, li, a, .katex)')]
    .filter((node) => node.checkVisibility() && !node.closest('.st-key-pages, .st-key-head, .katex .katex'))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1
        || (node.closest("a") && node.scrollWidth > node.clientWidth + 1 && node.clientWidth))
    .map((node) => node.innerText)"""
OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll('.stMain :is(.stMarkdown, .stHeading, .stPageLink, .stCaption)')]
        .filter((node) => node.checkVisibility() && !node.closest('.st-key-pages, .st-key-head'))
        .map((node) => [node.innerText, [...node.querySelectorAll('p, h1, h2, h3, ul, a')].at(-1)])
        .filter(([, text]) => text)
        .map(([text, node]) => [text, node.getBoundingClientRect()]);
    return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
        .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => [one, other]));
}"""


@pytest.mark.parametrize("path", ["teach", "teach?part=90&lang=zh", "essay", "essay?lang=zh", "glossary"])
def test_nothing_is_cut_or_printed_over_something_else(visit, tab, path):
    visit(f"/{path}")
    for width, height in SIZES:
        tab.set_viewport_size({"width": width, "height": height})
        drawn(tab)
        assert tab.evaluate(CUT) == []
        assert tab.evaluate(OVERLAPPING) == []


def test_home_leads_to_each_of_them_and_the_row_of_navigation_to_none(visit, tab):
    visit("/")
    for name, path in BESIDE.items():
        assert not tab.locator(f".st-key-page-{name}").count()
        tab.locator(f".st-key-beside a[href*='{path}']").click()
        tab.wait_for_url(f"**/{path}*")
        expect(tab.locator("h1")).to_be_visible()
        tab.go_back()


def test_a_plan_opens_its_views_in_the_visitors_language_and_back_leads_to_it_again(visit, tab):
    visit("/teach?part=90")
    tab.get_by_text("中文").click()
    tab.locator(".st-key-plan-step-price").get_by_test_id("stPageLink-NavLink").click()
    tab.wait_for_url("**/logistic-regression?*z=-3*")
    assert "lang=zh" in tab.url
    expect(tab.locator("h1")).to_have_text("逻辑回归")
    tab.go_back()
    tab.wait_for_url("**/teach?*part=90*")
    expect(tab.locator(".st-key-plan-step-round")).to_be_visible()


def test_a_word_leads_to_its_place_in_the_glossary_in_a_tab_of_its_own_and_in_ones_language(visit, tab):
    visit("/logistic-regression?part=descent")
    tab.get_by_text("中文").click()
    link = tab.locator("a[href*='glossary'][href*='hessian']")
    expect(link).to_contain_text("矩阵")
    with tab.expect_popup() as opened:
        link.click()
    glossary = opened.value
    heading = glossary.locator("#hessian")
    heading.wait_for(timeout=60_000)
    expect(glossary.locator("h1")).to_have_text("术语表")
    expect(heading).to_be_in_viewport(ratio=1)


def test_an_answer_is_behind_a_click(visit, tab):
    visit("/teach?part=answers")
    answer = tab.get_by_text("any two logits that are 2 apart")
    expect(answer).to_have_count(0)
    tab.locator(".stExpander", has_text="Softmax or sigmoid").locator("summary").click()
    expect(answer).to_be_visible()
