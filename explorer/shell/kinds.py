"""The kinds of settings: what each allows, its default, and how a URL gives it.

`check` returns a value as it is kept, `parse` reads one from a URL and `format` writes it there; `allowed` says to
people what is allowed. What `check` and `parse` raise for anything else is one of `NOT_ALLOWED`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

RUN_ID = re.compile(r"[A-Za-z0-9_-]{0,64}")
NOT_ALLOWED = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Number:
    """A real number in [low, high]."""

    default: float
    low: float
    high: float
    digits: int = 4

    def check(self, value) -> float:
        value = float(value)
        if not self.low <= value <= self.high:  # nan too
            raise ValueError
        return round(value, self.digits) + 0.0  # no −0

    parse = check

    def format(self, value: float) -> str:
        text = f"{value:.{self.digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def allowed(self) -> str:
        return f"{self.low:g} … {self.high:g}"


@dataclass(frozen=True)
class Integer:
    """A whole number in [low, high]."""

    default: int
    low: int
    high: int

    def check(self, value) -> int:
        if not self.low <= value <= self.high or int(value) != value:
            raise ValueError
        return int(value)

    def parse(self, text: str) -> int:
        return self.check(int(text))

    def format(self, value: int) -> str:
        return str(value)

    def allowed(self) -> str:
        return f"{self.low} … {self.high}"


@dataclass(frozen=True)
class Choice:
    """One of `options`; the default is `default`, or else the first."""

    options: tuple[str, ...]
    default: str = ""

    def __post_init__(self):
        object.__setattr__(self, "default", self.default or self.options[0])

    def check(self, value) -> str:
        if value not in self.options:
            raise ValueError
        return value

    parse = format = check

    def allowed(self) -> str:
        return ", ".join(self.options)


@dataclass(frozen=True)
class Flag:
    """On or off: 1 or 0 in the URL."""

    default: bool = False

    def check(self, value) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value

    def parse(self, text: str) -> bool:
        return {"1": True, "0": False}[text]

    def format(self, value: bool) -> str:
        return "1" if value else "0"

    def allowed(self) -> str:
        return "0, 1"


@dataclass(frozen=True)
class Numbers:
    """Real numbers in [low, high], as many as in the default, separated by commas."""

    default: tuple[float, ...]
    low: float
    high: float
    digits: int = 4
    one: Number = field(init=False, repr=False)
    separator = ","  # values that a link gives separately are joined by it

    def __post_init__(self):
        object.__setattr__(self, "one", Number(0.0, self.low, self.high, self.digits))

    def check(self, value) -> tuple[float, ...]:
        if len(value) != len(self.default):
            raise ValueError
        return tuple(self.one.check(item) for item in value)

    def parse(self, text: str) -> tuple[float, ...]:
        return self.check(text.split(","))

    def format(self, value: tuple[float, ...]) -> str:
        return ",".join(self.one.format(item) for item in value)

    def allowed(self) -> str:
        return f"{len(self.default)} × ({self.one.allowed()})"


@dataclass(frozen=True)
class MultiChoice:
    """Any of `options`, separated by commas; none by default."""

    options: tuple[str, ...]
    default: tuple[str, ...] = ()
    separator = ","

    def check(self, value) -> tuple[str, ...]:
        if not set(value) <= set(self.options):
            raise ValueError
        return tuple(option for option in self.options if option in value)

    def parse(self, text: str) -> tuple[str, ...]:
        return self.check(text.split(",")) if text else ()

    def format(self, value: tuple[str, ...]) -> str:
        return ",".join(value)

    def allowed(self) -> str:
        return ", ".join(self.options)


@dataclass(frozen=True)
class RunId:
    """The id of a run, which the page checks for existence.

    `named`: runs with names of their own. `usual`: returns the run to begin with, where a link says nothing about one.
    """

    default: str = ""
    named: tuple[str, ...] = ()
    usual: Callable[[], str] | None = None

    def check(self, value: str) -> str:
        if not RUN_ID.fullmatch(value):
            raise ValueError
        return value

    parse = format = check

    def allowed(self) -> str:
        return ", ".join((*self.named, "A-Z a-z 0-9 _ -"))


@dataclass(frozen=True)
class PictureOf:
    """A test image of a run, as <id of the run>.<number>, or none. The page checks whether it exists."""

    default: str = ""

    def check(self, value: str) -> str:
        if value and not re.fullmatch(r"[\w-]{1,64}\.\d{1,8}", value, re.ASCII):
            raise ValueError
        return value

    parse = format = check

    def allowed(self) -> str:
        return "<run>.<0 … >"
