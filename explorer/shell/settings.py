"""The settings of a page: one declarative table, from which the URL is read and written.

A setting has the name that the URL shows, a default, and a rule for what is allowed. Its value lives in
`st.session_state` under `<page>.<name>`, which is also the key of the widget that changes it (except for
`Settings.select_box`), so that a preset, a link and a widget all do the same: they set that key.

The URL is written by Python alone, at the end of a run, with every value that is not the default. It is applied when a
page is opened, by a link or an edited address, and when the browser goes back or forward. At other times it may be out
of date, and is ignored.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.protocol.json_numbers import from_wire
from explorer.shell.kinds import NOT_ALLOWED

# Settings that say where a visitor is; `reset` does not change them.
LOCATION = ("part", "show", "run", "compare", "round")


@dataclass(frozen=True)
class RefusedValue:
    """A value in the URL that was not used: its setting, its text, what is allowed, and what is shown instead.

    `why` is "refused" for a value that is not allowed, "repeated" if the link gives several values.
    """

    name: str
    text: str
    allowed: str
    shown: str
    why: str = "refused"


class Settings:
    """The settings of one page, by the names that the URL shows.

    `implied`: what some values say of others that a link leaves out, such as a recipe of its model. By default nothing.
    """

    implied: Callable[[dict], dict] = staticmethod(lambda values: {})

    def __init__(self, page: str, **specs):
        self.page = page
        self.specs = specs

    def key(self, name: str) -> str:
        """Return the key in `st.session_state`, for the widget that changes this setting."""
        return f"{self.page}.{name}"

    def widget(self, name: str) -> dict:
        """Return the arguments that tie a Streamlit widget to this setting, on other pages too.

        With `persist_state`, Streamlit tells the value until the browser has drawn the widget. Without it, the value is
        told once, and a browser that draws the widget later shows its default, and sends that.
        """
        return {"key": self.key(name), "persist_state": "session"}

    def select_box(self, name: str, label: str, options, format_func: Callable = str, where=st, **more) -> None:
        """Show a select box for this setting. The labels of its options may change, for instance with the language."""
        # The browser sends the label that was chosen, so a box with other labels needs another key.
        key = f"{self.key(name)}.{hash(tuple(map(format_func, options)))}"
        if st.session_state.get(key) != st.session_state[self.key(name)]:
            st.session_state[key] = st.session_state[self.key(name)]

        def store():
            self.set(**{name: st.session_state[key]})

        tie = self.widget(name) | {"key": key, "on_change": store}
        where.selectbox(label, options, format_func=format_func, **tie, **more)

    def values(self, *names: str) -> dict:
        """Return all values, or those of `names` that there are, by name."""
        wanted = [name for name in names if name in self.specs] if names else self.specs
        return {name: st.session_state[self.key(name)] for name in wanted}

    def set(self, **values) -> None:
        """Set some values, as a preset does. To be called from a callback, before the widgets are made."""
        for name, value in values.items():
            st.session_state[self.key(name)] = self.specs[name].check(value)

    def reset(self) -> None:
        """Set all settings to their defaults, except for `LOCATION`."""
        self.set(**{name: setting.default for name, setting in self.specs.items() if name not in LOCATION})

    def offer(self, pills: str, presets: list[dict | None]) -> None:
        """Keep for a section's board the key of its `pills`, and what each sets: None if only a press can tell."""
        st.session_state[f"{self.page}.presets"] = pills, presets

    def presets_within(self, *names: str) -> dict:
        """Return the key of the section's pills, and what each sets of the settings `names`: None if it changes others.

        A board that is told shows these presets at once (`presets.js`); any other preset waits for Python.
        """
        pills, presets = st.session_state.get(f"{self.page}.presets", ("", []))

        def sets(preset: dict | None) -> dict | None:
            if preset is None:
                return None
            others = {name: value for name, value in preset.items() if name not in names}
            if any(st.session_state[self.key(name)] != value for name, value in others.items()):
                return None
            return {name: value for name, value in preset.items() if name in names}

        return {"pills": pills, "sets": [sets(preset) for preset in presets]}

    def on_state_change(self, component_key: str) -> Callable[[], None]:
        """Return the callback that stores the state of a component, a dict by the names of settings."""

        def store():
            state = st.session_state[component_key].get("state")
            # The component keeps the same limits, so other values come from elsewhere.
            for name in self.specs if isinstance(state, dict) else ():
                if name in state:
                    with contextlib.suppress(*NOT_ALLOWED):
                        self.set(**{name: from_wire(state[name])})

        return store

    def query(self) -> dict[str, str]:
        """Return the URL parameters for the present state of the page."""
        values = self.values()
        unsaid = {name: setting.default for name, setting in self.specs.items()} | self.implied(values)
        return {
            name: setting.format(values[name]) for name, setting in self.specs.items() if values[name] != unsaid[name]
        }

    def parse(self, query: dict[str, list[str]]) -> tuple[dict, list[RefusedValue]]:
        """Return the values in `query`, with defaults for the others, and the values that were refused.

        If a link gives a setting several times, lists are joined, and of single values the last one counts.
        """
        values, refused = {}, []
        says_nothing = not query.keys() & self.specs.keys() - {"part", "show"}
        for name, setting in self.specs.items():
            values[name] = setting.usual() if says_nothing and getattr(setting, "usual", None) else setting.default
            if not (texts := query.get(name)):
                continue
            separator = getattr(setting, "separator", None)
            text = texts[-1] if separator is None else separator.join(texts)
            try:
                values[name] = setting.parse(text)
            except NOT_ALLOWED:
                refused.append(RefusedValue(name, text, setting.allowed(), setting.format(setting.default)))
                continue
            if separator is None and len(set(texts)) > 1:
                shown = setting.format(values[name])
                refused.append(RefusedValue(name, ", ".join(texts), setting.allowed(), shown, "repeated"))
        implied = self.implied(values)
        return values | {name: value for name, value in implied.items() if not query.get(name)}, refused
