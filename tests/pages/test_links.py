"""Links that nobody would write: ten thousand through the code that reads them, the nastiest through whole pages."""

import math
import random
import re
import time
import urllib.parse
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.shell import visit
from explorer.stage import link as stage_link
from explorer.stage import page as shell_page

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cookies")]

SEED = 20261123
READ, FOLLOWED = 10_000, 300
# What the links bring along, as Markdown or HTML would take it: a backslash before it makes it plain text.
MARKUP = re.compile(r"(?<!\\)(<script|\[x]\(|\$\\frac|`evil`|:material/home:|\n# x)")
MAIN = str(Path(shell_page.__file__).with_name("main.py"))
SLOW = 15  # seconds of a core; the slowest page takes one
ENDLESS = 180  # seconds, on however busy a machine

NUMBERS = ("nan", "inf", "-inf", "1e999", "-1", "-0", "1e-300", "0x10", "1_0", "٣", "9" * 5000, ",".join("1" * 1000))
TEXTS = ("", " ", "abc", ",", ",,,", "1_2,3", "null", "[]", "{}", "%zz", "a=b&c", "\x00", "\u202e", "💥", "a" * 20_000)
HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "$\\frac{1}{0}$",
    "`evil`",
    ":material/home:",
    "\n# x",
)
NAMES = ("../../etc/passwd", "..\\..\\x", "synthetic", "cifar10", "last", "None", "true")
JUNK = (*NUMBERS, *TEXTS, *HOSTILE, *NAMES)
EXTREMES = ("0", "-0.0001", "1", "1000", "-1000", "20", "-10", "1e-9", "0.0001", "1e6", "nan", "5e-324")


def a_query(settings, chance: random.Random) -> list[tuple[str, str]]:
    """Return one to six parameters: junk, values at the limits, and allowed ones with something changed.

    Some of them stand there twice.
    """
    names = [*settings.specs, "lang", "unknown", ""]
    chosen = chance.sample(names, min(len(names), chance.choice((1, 1, 2, 3, 6))))
    chosen += chance.sample(chosen, chance.choice((0, 0, 0, 1)))
    return [(name, a_value(settings.specs.get(name), chance)) for name in chosen]


def a_value(setting, chance: random.Random) -> str:
    """Return a text for one setting."""
    kind = chance.random()
    if setting is None or kind < 0.3:
        return chance.choice(JUNK)
    if kind < 0.6:
        return _at_a_limit(setting, chance)
    return _changed(setting.format(setting.default) or "0", chance)


def _at_a_limit(setting, chance: random.Random) -> str:
    if options := getattr(setting, "options", ()):
        return ",".join(str(option) for option in chance.sample(options, chance.choice((1, 1, len(options)))))
    low, high = str(getattr(setting, "low", 0)), str(getattr(setting, "high", 1))
    if isinstance(setting.default, tuple):
        length = len(setting.default) + chance.choice((0, 0, 0, 1, -1))
        return ",".join(chance.choice((low, high, "0", "-0", "1e-9")) for _ in range(length))
    return chance.choice((low, high, f"{high}0", f"-{high}"))


def _changed(text: str, chance: random.Random) -> str:
    parts = text.split(",")
    for _ in range(chance.choice((1, 1, 2, 5))):
        parts[chance.randrange(len(parts))] = chance.choice((*EXTREMES, chance.choice(JUNK)[:100]))
    if chance.random() < 0.2:
        parts *= 2
    return ",".join(parts)


def as_streamlit_gives(text: str) -> dict[str, list[str]]:
    """Return the parameters of a query string as Streamlit gives them to a page."""
    return urllib.parse.parse_qs(text, keep_blank_values=True)


def finite(value) -> bool:
    """Return whether all numbers in a setting's value are finite."""
    if isinstance(value, tuple):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.fixture(scope="module")
def links(settings_of_pages):
    """(settings, [query strings]) of each page that has settings; together READ strings."""
    chance = random.Random(SEED)
    having = {page: settings for page, settings in settings_of_pages.items() if settings.specs}
    each = -(-READ // len(having))
    return {
        page: (settings, [urllib.parse.urlencode(a_query(settings, chance)) for _ in range(each)])
        for page, settings in having.items()
    }


def test_every_link_is_read_as_allowed_values(links):
    assert sum(len(texts) for _, texts in links.values()) >= READ
    refused_in_all = 0
    for settings, texts in links.values():
        for text in texts:
            asked = as_streamlit_gives(text)
            values, refused = settings.parse(asked)
            assert values.keys() == settings.specs.keys()
            for name, value in values.items():
                assert settings.specs[name].check(value) == value, (text, name)
                assert finite(value), (text, name)
            for bad in refused:
                if bad.why == "repeated":
                    assert settings.specs[bad.name].parse(asked[bad.name][-1]) == values[bad.name]
                else:
                    assert bad.text.endswith(asked[bad.name][-1])
                    assert values[bad.name] == settings.specs[bad.name].default
            refused_in_all += len(refused)
    assert refused_in_all > READ / 2


@pytest.mark.parametrize("page", shell_page.PAGES)
def test_the_nastiest_links_show_the_page_with_its_picture(links, page, monkeypatch):
    for module in (visit, stage_link):  # an open page reads its URL then
        monkeypatch.setattr(module, "is_history_navigation", lambda: True)
    settings, texts = links[page]

    def nastiness(text: str):
        values, refused = settings.parse(as_streamlit_gives(text))
        unusual = sum(values[name] != setting.default for name, setting in settings.specs.items())
        return unusual, len(refused), len(text)

    chosen = sorted(texts, key=nastiness, reverse=True)[: -(-FOLLOWED // len(links))]
    app = AppTest.from_file(MAIN, default_timeout=ENDLESS).run()
    app.switch_page(shell_page.page_path(page)).run()
    for text in chosen:
        app.query_params.clear()
        for name, values in as_streamlit_gives(text).items():
            app.query_params[name] = values
        begun = time.process_time()
        app.run()
        assert time.process_time() - begun < SLOW, text
        assert not app.exception, (text, app.exception)
        # A link may ask for some of the page's parts alone, maybe without a picture.
        reduced = "show" in settings.specs and app.session_state[settings.key("show")]
        assert app.get("bidi_component") or reduced, text
        kinds = ("markdown", "warning", "info", "error", "caption")
        told = "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
        assert not MARKUP.search(told), (text, told)
