"""The texts that visitors read: `text/<language>/<page>.toml`, with the same keys in every language.

A value may hold Markdown, LaTeX and placeholders such as `@{loss}`.
"""

import functools
import re
import string
import tomllib
from numbers import Integral
from pathlib import Path

FOLDER = Path(__file__).parent / "text"
LANGUAGES = {"en": "English", "zh": "中文"}
LONGEST_REASON = 300  # letters of what a program says of its failure


# A line break within Chinese text stands for no space.
_BROKEN_LINE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")


# Spaces at which no line may break, as in "b = −0.2", "ln 10", "0.3 nats", "0.3 奈特" and "第 3 步"; formulas and code
# are skipped. A number may be a placeholder, "@{loss}" or a component's "@loss".
_KEPT = re.compile(
    r"(\$[^$]*\$|`[^`]*`)| (?=[=≈])|(?<=[=≈]) |(?<=\bln) (?=\d)"
    r"|(?<=[\d}*]) (?=(?:nats|bits|MB|GB|min|s)\b)|(?<=[\w}*%]) (?=nats\b|[\u4e00-\u9fff])|(?<=第) (?=[\d@])"
)


@functools.cache
def _in_lines(text: str) -> str:
    """Return `text` with non-breaking spaces. Cached, since a page asks for the same texts in every rerun."""
    return _KEPT.sub(lambda kept: kept[1] or "\u00a0", _BROKEN_LINE.sub("", text))


def _table_in_lines(table: dict) -> dict:
    kept = {dict: _table_in_lines, str: _in_lines}
    return {name: kept.get(type(value), lambda value: value)(value) for name, value in table.items()}


# A link from one of our pages to another, as "[nat](glossary#nat)"; formulas and code are skipped. It opens in a new
# tab, that is, in a new visit.
_LINK = re.compile(r"(\$\$[^$]*\$\$|\$[^$]*\$|`[^`]*`)|\]\(([a-z-]+)(#[\w-]+)?\)")


@functools.cache
def _in_language(text: str, language: str) -> str:
    """Return `text` with links that keep the language."""
    return _LINK.sub(lambda found: found[1] or f"]({found[2]}?lang={language}{found[3] or ''})", text)


class _Template(string.Template):
    delimiter = "@"  # "$" begins a formula


class Words:
    """The texts of one page in one language, and those that all pages share."""

    def __init__(self, language: str, table: dict):
        self.language = language
        self._table = table

    def __call__(self, key: str, **values) -> str:
        """Return the text at the dotted `key` with its placeholders filled in; integers get thousands separators."""
        text = _in_language(_in_lines(self._find(key)), self.language)
        written = {name: f"{value:,}" if isinstance(value, Integral) else value for name, value in values.items()}
        return _Template(text).substitute(written) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is anything at the dotted `key`."""
        try:
            self._find(key)
        except KeyError:
            return False
        return True

    def why(self, table: str, code: str, message, **values) -> str:
        """Return what `table` says of a failure with this code, or else its text for "other".

        message: what the program said that failed; its beginning is the placeholder `reason`.
        """
        known = code if code in self.table(table) else "other"
        return self(f"{table}.{known}", reason=plain(str(message)[:LONGEST_REASON]), **values)

    def sentences(self, *texts: str) -> str:
        """Join sentences as the language does."""
        return self("between.sentences").join(texts)

    def names(self, names) -> str:
        """Join names to a list within a sentence."""
        return self("between.names").join(names)

    def duration(self, seconds: float) -> str:
        """Return a time in words and one number: seconds below a minute and a half, else minutes."""
        if seconds < 90:
            return self("duration.seconds", n=max(1, round(seconds)))
        return self("duration.minutes", n=round(seconds / 60))

    def table(self, key: str) -> dict:
        """Return the table of texts at the dotted `key`, with their placeholders."""
        return _table_in_lines(self._find(key))

    def list(self, key: str) -> list:
        """Return the list of texts at the dotted `key`."""
        return self._find(key)

    def _find(self, key: str):
        found = self._table
        for part in key.split("."):
            found = found[part]
        return found


def pages() -> list[str]:
    """Return the pages that have texts."""
    return sorted(file.stem for file in (FOLDER / "en").glob("*.toml") if file.stem != "common")


@functools.cache
def load(language: str, page: str) -> Words:
    """Return the texts of `page` (a file's stem) in `language` ("en" or "zh")."""
    tables = [tomllib.loads((FOLDER / language / f"{name}.toml").read_text("utf-8")) for name in ("common", page)]
    return Words(language, tables[0] | tables[1])


def language_of(tag: str) -> str | None:
    """Return the language of a tag such as "zh-CN" or "en-GB", or None if there are no texts in it."""
    first = re.split("[-_]", tag.lower())[0]
    return first if first in LANGUAGES else None


def preferred(locale: str | None) -> str:
    """Return the language for a browser's locale: its own if there are texts in it, else English."""
    return language_of(locale or "") or "en"


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
