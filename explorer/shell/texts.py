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


# A line break within Chinese text stands for no space.
_BROKEN_LINE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")


# Spaces at which no line may break, as in "b = −0.2", "47.5 %", "ln 10" and "0.3 nats"; formulas and code are skipped.
_KEPT = re.compile(r"(\$[^$]*\$|`[^`]*`)| (?=[=≈%])|(?<=[=≈]) |(?<=\bln) (?=\d)|(?<=[\d}*]) (?=nats\b|奈特)")


@functools.cache
def _in_lines(text: str) -> str:
    """Return `text` with non-breaking spaces. Cached, since a page asks for the same texts in every rerun."""
    return _KEPT.sub(lambda kept: kept[1] or "\u00a0", _BROKEN_LINE.sub("", text))


class _Template(string.Template):
    delimiter = "@"  # "$" begins a formula


class Words:
    """The texts of one page in one language, and those that all pages share."""

    def __init__(self, language: str, table: dict):
        self.language = language
        self._table = table

    def __call__(self, key: str, **values) -> str:
        """Return the text at the dotted `key` with its placeholders filled in; integers get thousands separators."""
        text = _in_lines(self._find(key))
        written = {name: f"{value:,}" if isinstance(value, Integral) else value for name, value in values.items()}
        return _Template(text).substitute(written) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is anything at the dotted `key`."""
        try:
            self._find(key)
        except KeyError:
            return False
        return True

    def sentences(self, *texts: str) -> str:
        """Join sentences as the language does."""
        return self("between.sentences").join(texts)

    def names(self, names) -> str:
        """Join names to a list within a sentence."""
        return self("between.names").join(names)

    def table(self, key: str) -> dict:
        """Return the table of texts at the dotted `key`."""
        return self._find(key)

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
