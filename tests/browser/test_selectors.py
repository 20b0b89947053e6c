"""Each name of Streamlit's own that the style sheets lean on is still the name of something on a page."""

import re
from pathlib import Path

from explorer.stage import page as stage

SHEETS = [Path(stage.__file__).with_name(name) for name in ("main.css", "beside.css", "presentation.css", "print.css")]
NAMES = re.compile(r'\[data-testid\*?="?(\w+)"?\]|\.(st[A-Z]\w+)')
PATHS = (
    "/softmax?part=surface",
    "/softmax?lang=xx",
    "/softmax?z=0,0,0,10,0,0,0,0,0,0",  # which answers a question
    "/softmax-or-sigmoid?part=plane",
    "/train?run=synthetic",
    "/train",
    "/guess",
    "/results",
    "/results?part=landscape",
    "/essay",
)
COMPUTING = {"stProgress"}  # only while a landscape is computed
FOUND = """(names) => names.filter((name) =>
    document.querySelector(`.${name}, [data-testid*="${name}"]`))"""


def test_each_name_of_streamlits_that_a_style_sheet_leans_on_is_found_on_a_page(visit, tab):
    names = {one or other for sheet in SHEETS for one, other in NAMES.findall(sheet.read_text("utf-8"))}
    names -= COMPUTING
    assert len(names) > 20
    for path in PATHS:
        visit(path)
        if path == PATHS[0]:
            for what in (".stExpander summary", ".stPopover button"):
                tab.locator(what).last.click()
                tab.wait_for_selector("[data-testid=stCode]")
        if path == "/train":
            tab.get_by_text("More settings").click()
            tab.wait_for_selector("[data-testid=stColumn]")
        names -= set(tab.evaluate(FOUND, sorted(names)))
    assert names == set()
