"""What a browser gets with the page itself, before Streamlit's client has started.

The names of the files that the linked view needs: the browser fetches them while the client connects. Otherwise it
would learn of them one after the other, from the running script and from each module. And the view's head as text, to
be read until the app shows the same in the same place; it is left out where only the running page knows its own head.
"""

import functools
import gzip
import html
import re
import urllib.parse
from pathlib import Path
from typing import NamedTuple

from explorer.components import assets
from explorer.server import client
from explorer.shell import texts

# With one of these settings in its link, a view has another head, or none.
ANOTHER_HEAD = {"show", "embed", "present", "follow", "predict", "round"}
# The components of every page, and those with which each page or each of its sections opens.
EVERYWHERE = ("presenter", "progress")
FIGURE, BOARD = ("live_figure",), ("board_figure",)
COMPONENTS = {
    "home": ("logit_board", *FIGURE),
    "logistic_regression": {
        "sample": ("logistic_board", *BOARD, *FIGURE),
        "surface": ("weights_board", *FIGURE),
        "likelihood": ("weights_board", *FIGURE),
        "descent": ("weights_board", *FIGURE),
    },
    "softmax": {
        "board": ("logit_board", *BOARD),
        "surface": ("logit_board", *FIGURE),
        "samples": ("sample_table", *BOARD),
        "numerics": FIGURE,
        "descent": ("logit_board", *FIGURE),
        "hinge": ("logit_board", *FIGURE),
        "picture": ("image_board", *BOARD),
    },
    "softmax_or_sigmoid": {
        "board": ("softmax_vs_sigmoid_board", *BOARD),
        "descent": ("descent_board", *FIGURE),
        "plane": FIGURE,
        "two": FIGURE,
    },
    "cross_entropy": {
        "board": ("distribution_board", *BOARD),
        "samples": ("distribution_board", *BOARD, *FIGURE),
        "claim": ("distribution_board", *BOARD, *FIGURE),
        "derivation": ("distribution_board", *BOARD),
        "surfaces": ("distribution_board", *BOARD, *FIGURE),
        "simplex": ("distribution_board", *BOARD, *FIGURE),
        "asymmetry": FIGURE,
    },
    "train": ("run_monitor", *BOARD),
    "results": {
        "microscope": ("sample_card", "gallery"),
        "time": FIGURE,
        "whole": ("confusion_board", *FIGURE),
        "calibration": ("calibration_board", *FIGURE),
        "inside": ("inside_board", *BOARD),
        "landscape": FIGURE,
        "own_picture": ("image_upload", "sample_card"),
    },
    "guess": ("guess_board", *BOARD),
}
# The parts of Streamlit's client that every page loads later.
LATER = ("BidiComponent", "ButtonGroup", "Button", "PageLink")

# A link to the glossary in a text; until the app is there, only its words are shown.
LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")

# Every page is directly below the app's root. Without this, Streamlit's client would first take the page's address for
# the root, and ask for /softmax/_stcore/health and /softmax/_stcore/host-config in vain.
ROOT = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };</script>'


class View(NamedTuple):
    """What a link leads to.

    page: "" for none of ours. part: its section, "" where there is no choice. chosen: whether the link names the
    language. has_head: whether its head is known without running the page.
    """

    page: str
    part: str
    language: str
    chosen: bool
    has_head: bool


def linked(name: str, query: str, accepted: str) -> View:
    """Return the view at the address `name`, relative to the app's root, with a query.

    accepted: the header Accept-Language, whose first language is the one that the running page is told.
    """
    asked = urllib.parse.parse_qs(query)
    said = texts.language_of(asked.get("lang", [""])[-1])
    language = said or texts.preferred(re.split("[,;]", accepted)[0].strip())
    page = name.replace("-", "_") if name else "home"
    if name == "home" or "_" in name or page not in texts.load(language, "home").table("pages"):
        return View("", "", language, bool(said), has_head=False)
    parts = sections(page, language)
    part = asked.get("part", [""])[-1]
    part = part if part in parts else next(iter(parts), "")
    return View(page, part, language, bool(said), has_head=not asked.keys() & ANOTHER_HEAD)


def sections(page: str, language: str) -> dict[str, str]:
    """Return the sections between which a page offers the choice, and what they are called."""
    words = texts.load(language, page)
    return words.table("part") if words.has("part") else {}


@functools.cache
def page(view: View) -> bytes:
    """Return the page for a view, compressed by gzip: Streamlit's own, with what is said above.

    There are about 300 views, whatever links ask for, and all their pages take 1.2 megabytes of memory.
    """
    streamlits = (client.FOLDER / client.INDEX).read_text("utf-8")
    font = re.search(r'href="([^"]+\.woff2)"', streamlits)[1]
    first = f"<head>{ROOT}{_title(view)}"
    streamlits = re.sub(r"<title>.*?</title>", "", streamlits)
    page = streamlits.replace("<head>", first, 1).replace("</head>", f"{_links(view)}</head>", 1)
    # Before what the app shows: of two rules alike the later one counts, which in a presentation is the app's.
    return gzip.compress(page.replace("<body>", f"<body>{_body(view, font)}", 1).encode(), mtime=0)


def _title(view: View) -> str:
    words = texts.load(view.language, "home")
    titles = [words("site")] if view.page in ("", "home") else [words(f"pages.{view.page}"), words("site")]
    return f"<title>{html.escape(' · '.join(titles))}</title>"


def _links(view: View) -> str:
    # A module runs after the client's own files have come; named in the head, these would come before the client.
    kinds = {".js": "<link rel=modulepreload href=./{}>", ".css": "<link rel=preload as=style href=./{}>"}
    found = client.chunks(LATER) + [assets.route(path) for path in files(view)]
    links = [kinds[Path(path).suffix].format(path) for path in found]
    if "live_figure" in components(view):
        plotly = assets.route("plotly/plotly.min.js")
        links.append(f"<link rel=preload as=script fetchpriority=low href=./{plotly}>")
    return f"<script type=module>document.head.insertAdjacentHTML('beforeend', '{''.join(links)}')</script>"


def components(view: View) -> tuple[str, ...]:
    """Return the components with which a view opens, as far as that is known."""
    if not view.has_head:
        return ()
    found = COMPONENTS.get(view.page, ())
    return EVERYWHERE + (found[view.part] if isinstance(found, dict) else found)


def files(view: View) -> list[str]:
    """Return the modules of the view's components with all that they import, and their style sheets."""
    modules = {path: None for name in components(view) for path in assets.imported(f"{name}/{name}.js")}
    sheets = [f"{name}/{name}.css" for name in components(view)]
    return [*modules, *(["shared/shared.css", *sheets] if sheets else [])]


def _body(view: View, font: str) -> str:
    links = (f'<link rel="stylesheet" href="./{assets.route(path)}" />' for path in assets.SHEETS)
    sheets = f"<style>{client.faces()}</style>{''.join(links)}"
    if not view.has_head:
        return sheets
    style, script = (Path(__file__).with_name(f"opening.{kind}").read_text("utf-8") for kind in ("css", "js"))
    style = style.replace("FONT", font)
    by = "link" if view.chosen else "browser"
    cover = f'<div id="opening" lang="{view.language}" data-by="{by}">{_text(view)}</div>'
    script = script.replace("LANGUAGES", repr(list(texts.LANGUAGES)))
    alone = "<noscript><style>#opening { display: none; }</style></noscript>"
    return f"<style>{style}</style>{alone}{cover}<script>{script}</script>{sheets}"


def _text(view: View) -> str:
    words = texts.load(view.language, view.page)

    def say(key: str) -> str:
        return html.escape(LINK.sub(r"\1", words(key)))

    title = f'<div role="heading" aria-level="1">{say("title")}</div>'
    if view.page == "home":
        ways = {"lesson": "logistic-regression", "train": "train"}
        links = "".join(f'<a href="./{to}?lang={view.language}">{say(f"hero.{way}")}</a>' for way, to in ways.items())
        return f'<div class="hero"><div>{title}<p>{say("hero.sentence")}</p><nav>{links}</nav></div></div>'
    tabs = "".join(
        f"<span{' class=here' if part == view.part else ''}>{say(f'part.{part}')}</span>"
        for part in sections(view.page, view.language)
    )
    line = ""
    if words.has("see"):
        part = view.part or next(iter(words.table("see")))
        line = f"<p>{say(f'see.{part}')}</p>"
    return f'<div class="head">{title}{f"<div>{tabs}</div>" if tabs else ""}</div>{line}'
