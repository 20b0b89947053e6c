"""What every page shares: language, settings in the URL, heading, sections, presets, questions, and the way on.

with open_page(SETTINGS) as page:
    board(page.now.z, page.words)
"""

import collections
import contextlib
import urllib.parse
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import streamlit as st

from explorer.shell import texts
from explorer.shell.settings import LOCATION, Settings
from explorer.shell.visit import is_reconnection, language, presenting
from explorer.stage import lecture, link, prediction, section

# The essay's order: home, then the lesson; each with its URL path.
PAGES = {
    "home": "",
    "logistic_regression": "logistic-regression",
    "softmax": "softmax",
    "softmax_or_sigmoid": "softmax-or-sigmoid",
    "cross_entropy": "cross-entropy",
    "train": "train",
    "results": "results",
    "guess": "guess",
}
# Pages of text beside the lesson: no part of its order, and reached from where they are needed.
BESIDE = {"teach": "teach", "essay": "essay", "glossary": "glossary"}


def page_path(page: str) -> str:
    """Return the page's file, as `st.Page`, `st.page_link` and AppTest want it, whatever the main script is."""
    return str(Path(__file__).parents[1] / "pages" / page / "page.py")


def neighbour(page: str, step: int) -> str | None:
    """Return the page before (−1) or after (1) this one in the lesson's order: none at its ends, none beside it."""
    order = list(PAGES)
    at = order.index(page) + step if page in PAGES else -1
    return order[at] if 0 <= at < len(order) else None


class Page:
    """An open page: its `words`, its settings' values as `now.<name>`, and the parts that every page has.

    What opens on demand is filled only when it is opened: otherwise it would delay every rerun, and the highlighter of
    code alone is half a megabyte for the browser.

    A page whose settings have `show` (a `MultiChoice` of its parts' names) can be reduced to some of its parts by a
    link; `parts` in its words says what they are.
    """

    def __init__(self, settings: Settings, words: texts.Words):
        self.settings = settings
        self.words = words
        self.now = SimpleNamespace(**settings.values())
        self._parts = set()  # what there is to be shown or left out
        self._on_demand_count = collections.Counter()
        self._claimed = set()

    def shows(self, part: str) -> bool:
        """Return whether `part` is to be seen: all are, unless the link names some, or the stage is presented alone."""
        self._parts.add(part)
        if presenting() and part in ("text", "questions", "code"):
            return False
        shown = getattr(self.now, "show", ())
        return not shown or part in shown

    @property
    def missing_parts(self) -> tuple[list[str], list[str]] | None:
        """(The parts that the link names, the parts that the page has) if they have none in common, else None."""
        asked = getattr(self.now, "show", ())
        if not asked or self._parts & set(asked):
            return None
        return list(asked), [part for part in self.settings.specs["show"].options if part in self._parts]

    def heading(self) -> None:
        """Show the title, with room beside it for the choice of sections; below it a line says what is to be seen."""
        if not self.shows("text"):
            return
        self._head = st.container(key="head", horizontal=True, vertical_alignment="center", wrap=False, gap="medium")
        self._head.title(self.words("title"), anchor=False, width="content")
        self._line = st.container(key="line")

    def section_control(self) -> str:
        """Show the choice of the page's sections, the setting `part`, and return the chosen one."""
        if self.shows("text"):
            self._head.segmented_control(
                self.words("sections"),
                self.settings.specs["part"].options,
                format_func=lambda part: self.words(f"part.{part}"),
                required=True,
                label_visibility="collapsed",
                wrap=False,
                **self.settings.widget("part"),
            )
        return self.now.part

    def stage(self, sections: dict[str, Callable[["Page"], section.Section]]) -> None:
        """Show the chosen section, or those that the link names, each on a stage of its own."""
        chosen = self.visible_sections(sections)
        prediction.leave_unless_in(self, chosen)
        self.say_what_is_seen(chosen[0])

        @self.fragment
        def draw():
            for name in chosen:
                section.draw(self, name, sections[name](self), titled=len(chosen) > 1)

        if self.shows("text"):
            with st.container(key="text-lead"):
                st.markdown(self.words("lead"))
                st.page_link(page_path("glossary"), label=self.words("pages.glossary"), icon=":material/menu_book:")

    def say_what_is_seen(self, part: str) -> None:
        """Say below the title what is to be seen in the section `part`."""
        if self.shows("text"):
            self._line.markdown(self.words(f"see.{part}"))

    def visible_sections(self, sections) -> list[str]:
        """Return which of the page's sections are to be seen: those that the link names, else the chosen one."""
        if len(sections) == 1:
            return list(sections)
        named = [part for part in sections if part in self.now.show]
        self._parts.update(named)
        return named or [self.section_control()]

    def preset_pills(self, part: str, presets: Mapping[str, dict | Callable]) -> None:
        """Show the presets of a section as pills; the one that is set now is marked.

        What a preset makes of the settings that are there when it is pressed is a function of them.
        """
        key = f"{self.settings.page}.{part}.preset"
        if not presets or not self.shows("presets"):
            self.settings.offer(key, [])
            return

        def values(name: str) -> dict:
            found = presets[name]
            wanted = found(SimpleNamespace(**self.settings.values())) if callable(found) else found
            return {setting: self.settings.specs[setting].check(value) for setting, value in wanted.items()}

        def choose() -> None:
            if st.session_state[key] and not is_reconnection():
                self.settings.set(**values(st.session_state[key]))

        asked = {name: values(name) for name in presets}
        self.settings.offer(key, [None if callable(presets[name]) else asked[name] for name in presets])
        st.session_state[key] = next((name for name in presets if asked[name].items() <= vars(self.now).items()), None)
        st.pills(
            self.words("try"),
            list(presets),
            format_func=lambda name: self.words(f"presets.{name}"),
            key=key,
            on_change=choose,
        )

    def claim(self, name: str) -> bool:
        """Return True for the first section that asks: sections shown together share one control `name`, or notice."""
        first = name not in self._claimed
        self._claimed.add(name)
        return first

    def _on_demand(self, container, label: str, icon: str, **options):
        """Return a closed container, whose `open` says whether the visitor has opened it."""
        self._on_demand_count[label] += 1  # several sections on one page have each their own
        key = f"{self.settings.page}.open.{label}.{self._on_demand_count[label]}"
        return container(self.words(label), icon=icon, key=key, on_change="rerun", **options)

    def fragment(self, draw) -> None:
        """Call `draw()`, and when something moves in what it draws, call only that again, not the whole page.

        What is drawn outside must not depend on what is set inside, but for the section, with which all is drawn anew.
        """
        part = getattr(self.now, "part", None)

        @st.fragment
        def drawn():
            self.now = SimpleNamespace(**self.settings.values())
            if getattr(self.now, "part", None) != part:
                st.rerun()
            self._on_demand_count.clear()
            self._claimed.clear()
            lecture.show(self.settings)
            draw()
            link.write(self.settings)

        drawn()

    def code(self, source: str) -> None:
        """Show the few lines of Python that compute what is on the page."""
        if place := self.code_expander():
            place.code(source, language="python")

    def code_expander(self):
        """Return where the code goes, None while the visitor has not opened it or the link leaves it out."""
        if not self.shows("code"):
            return None
        expander = self._on_demand(st.expander, "the_code", ":material/code:")
        return expander if expander.open else None

    def share(self) -> None:
        """Offer the link that gives this view, with its copy button, and the parts that it can be reduced to."""
        popover = self._on_demand(st.popover, "share", ":material/link:", type="tertiary")
        if not popover.open:
            return
        query = link.query(self.settings)
        address = urllib.parse.urlsplit(st.context.url or "")._replace(query=urllib.parse.urlencode(query, safe=","))
        with popover, st.container(key="shared"):
            st.markdown(self.words("share_link"))
            st.code(address.geturl(), language=None, wrap_lines=True)
            if "show" in self.settings.specs:
                st.markdown(self.words("share_show"))
                parts = self.words.table("parts")
                st.markdown("\n".join(f"- `{name}`: {parts[name]}" for name in self.settings.specs["show"].options))
            lecture.offer(self.words)

    def footer(self) -> None:
        """Show the way to the pages before and after this one in the essay's order, the link, and reset.

        A page beside the lesson, in a frame of another site, or reduced to some of its parts, stands alone.
        """
        if presenting():
            return
        alone = st.context.is_embedded or bool(getattr(self.now, "show", ()))
        before, after = (None if alone else neighbour(self.settings.page, step) for step in (-1, 1))
        st.space("medium")
        with st.container(
            key="footer", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            if before:
                st.page_link(page_path(before), label=self.words(f"pages.{before}"), icon=":material/arrow_back:")
            if self.settings.specs.keys() - set(LOCATION):
                self.share()
                st.button(
                    self.words("reset"),
                    icon=":material/restart_alt:",
                    type="tertiary",
                    key=f"{self.settings.page}.reset",
                    on_click=self.settings.reset,
                )
            if after:
                label = self.words(f"pages.{after}")
                st.page_link(page_path(after), label=label, icon=":material/arrow_forward:", icon_position="right")


@contextlib.contextmanager
def open_page(settings: Settings, titled: bool = True):
    """Open a page and yield it; afterwards write the URL that gives the same view.

    titled: whether its title stands in the head, as on all pages but the first.
    """
    words = texts.load(language(), settings.page)
    refused = link.read(settings)
    lecture.take_over(settings)
    lecture.show(settings)
    _follow_presenter(settings)
    opened = Page(settings, words)
    if titled:
        opened.heading()
    link.tell_refused(words, refused)
    if lacked := st.session_state.pop("url.lacked", None):
        asked, there = (words.names(words(f"parts.{part}") for part in parts) for parts in lacked)
        st.warning(words("missing_parts", asked=asked, there=there), icon=":material/link_off:")
    yield opened
    if opened.missing_parts:
        # What a page has is known once it has been drawn; instead of next to nothing, all of it is shown.
        st.session_state["url.lacked"] = opened.missing_parts
        settings.set(show=())
        link.write(settings)
        st.rerun()
    opened.footer()
    link.write(settings)


def _follow_presenter(settings: Settings) -> None:
    """Go to the next or previous section as the presenter's keys ask; past the last or first, to another page."""
    step = st.session_state.pop("present.move", 0)
    arrives = st.session_state.pop("present.arrives", 0)
    parts = settings.specs["part"].options if "part" in settings.specs else ("",)
    if arrives and len(parts) > 1:
        settings.set(part=parts[0 if arrives > 0 else -1])
    if not step:
        return
    at = step + (parts.index(settings.values()["part"]) if len(parts) > 1 else 0)
    if 0 <= at < len(parts):
        settings.set(part=parts[at])
    elif page := neighbour(settings.page, step):
        st.session_state["present.arrives"] = step
        st.switch_page(page_path(page))
