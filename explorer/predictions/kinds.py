"""The kinds of predictions. What is right is computed from the settings, never written down.

An answer is a tuple of numbers: of a choice the place of the option, of bars their values, of a point its place on the
axis, of a curve its heights at some places.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import SimpleNamespace

import numpy as np

from explorer.images.cifar10_classes import CIFAR10
from explorer.maths.comparison import exceeds

Answer = tuple[float, ...]


@dataclass(frozen=True)
class Situation:
    """A state of a section, and what is asked about it.

    state: the settings that it begins with. after: what is then changed, where "what happens if" is asked.
    ideas: wrong answers with a sentence of their own; each computes an answer from the settings before and after.
    Of each outcome, there is a sentence in the texts (predictions.toml).
    """

    page: str
    part: str
    state: Mapping
    _: KW_ONLY
    after: Mapping = field(default_factory=dict)
    ideas: Mapping[str, Callable] = field(default_factory=dict)

    kind = ""

    @property
    def before(self) -> SimpleNamespace:
        return SimpleNamespace(**self.state)

    @property
    def now(self) -> SimpleNamespace:
        """The settings when everything is uncovered."""
        return SimpleNamespace(**{**self.state, **self.after})

    def truth(self) -> Answer:
        """Return the right answer."""
        return self._truth

    # Computed once: the votes of a class are compared with it one by one, in every rerun of each of its pages.
    @functools.cached_property
    def _truth(self) -> Answer:
        return self._find_truth()

    @functools.cached_property
    def _mistakes(self) -> dict[str, Answer]:
        """The wrong answers of the `ideas`."""
        return {name: _answer(idea(self.before, self.now)) for name, idea in self.ideas.items()}

    def _find_truth(self) -> Answer:
        """Compute the right answer."""
        raise NotImplementedError

    def start(self) -> Answer | None:
        """Return the answer that stands there at first, None where there is none yet."""
        raise NotImplementedError

    def check(self, answer) -> Answer:
        """Return an answer as a tuple of numbers; ValueError if it is none to this question."""
        if (
            not isinstance(answer, list | tuple)
            or len(answer) != len(self.truth())
            or not all(map(self._allows, answer))
        ):
            raise ValueError(answer)
        return tuple(map(float, answer))

    def _allows(self, number) -> bool:
        """Return whether an answer may hold this."""
        raise NotImplementedError

    def checked(self, answer) -> str:
        """Return the outcome of an answer: "right", or the name of what was wrong."""
        answer = self.check(answer)
        if self.agrees(answer, self.truth()):
            return "right"
        for name, mistake in self._mistakes.items():
            if self.agrees(answer, mistake):
                return name
        return self.otherwise(answer)

    def outcomes(self) -> set[str]:
        """Return all outcomes that there can be, each of which has a sentence."""
        raise NotImplementedError

    def agrees(self, answer: Answer, other: Answer) -> bool:
        """Return whether two answers count as the same."""
        raise NotImplementedError

    def otherwise(self, answer: Answer) -> str:
        """Return the outcome of an answer that is neither right nor one of the `ideas`."""
        raise NotImplementedError

    def covered(self) -> dict:
        """Return what is drawn before the answer, of which nothing tells what is right."""
        raise NotImplementedError

    def uncovered(self) -> dict:
        """Return what is drawn afterwards, beside that."""
        return {"truth": self.truth()}


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _answer(value) -> Answer:
    return tuple(float(item) for item in np.atleast_1d(value))


def _numbers(values) -> list[float]:
    return [float(value) for value in values]


@dataclass(frozen=True)
class Choice(Situation):
    """One of several options, each a row of the picture.

    options: the ten classes, or names in the texts. right: returns the place of the right one.
    given: a number for each option that is drawn at first; then: another that is drawn with the truth. path: returns
    x and y of a curve that shows the truth.
    """

    _: KW_ONLY
    right: Callable
    options: tuple[str, ...] = CIFAR10
    given: Callable | None = None
    then: Callable | None = None
    path: Callable | None = None

    kind = "choice"

    def _find_truth(self):
        return _answer(self.right(self.now))

    def start(self):
        return None

    def _allows(self, number):
        return _is_number(number) and number in range(len(self.options))

    def agrees(self, answer, other):
        return answer == other

    def otherwise(self, answer):
        return "other" if self.options is CIFAR10 else self.options[int(answer[0])]

    def outcomes(self):
        named = {"other"} if self.options is CIFAR10 else set(self.options) - {self.options[int(self.truth()[0])]}
        return {"right", *self.ideas} | named

    def covered(self):
        return {"names": self.options, "given": self.given and _numbers(self.given(self.before))}

    def uncovered(self):
        return super().uncovered() | {
            "then": self.then and _numbers(self.then(self.now)),
            "path": self.path and [_numbers(values) for values in self.path(self.now)],
        }


@dataclass(frozen=True)
class Drag(Situation):
    """Numbers from `low` to `high` that are dragged.

    Right is what is within `tolerance` of the truth, or, where there is a `mark`, on the same side of it.
    """

    _: KW_ONLY
    low: float
    high: float
    tolerance: float = 0.0
    mark: float | None = None

    def _allows(self, number):
        return _is_number(number) and self.low <= number <= self.high

    def agrees(self, answer, other):
        if self.mark is None:
            return not np.any(exceeds(np.abs(np.subtract(answer, other)), self.tolerance))
        return [_side(value, self.mark) for value in answer] == [_side(value, self.mark) for value in other]

    def otherwise(self, answer):
        if self.mark is not None and any(_side(value, self.mark) == 0 for value in answer):
            return "even"
        at = self.widest(answer)
        return "low" if answer[at] < self.truth()[at] else "high"

    def outcomes(self):
        if self.mark is None:
            return {"right", "low", "high", *self.ideas}
        return {"right", "even", "low" if exceeds(self.truth()[0], self.mark) else "high", *self.ideas}

    def widest(self, answer: Answer) -> int:
        """Return where the answer is farthest from the truth."""
        return int(np.argmax(np.abs(np.subtract(answer, self.truth()))))

    def covered(self):
        return {"low": self.low, "high": self.high, "mark": self.mark}


def _side(value: float, mark: float) -> int:
    return int(exceeds(value, mark)) - int(exceeds(mark, value))


@dataclass(frozen=True)
class Bars(Drag):
    """Bars, of which those `asked` are dragged.

    values: returns one for each of the rows; they are drawn as they were before, if something is changed after that.
    given: a number for each row that is drawn beside it.
    """

    _: KW_ONLY
    values: Callable
    asked: tuple[int, ...]
    rows: tuple[str, ...] = CIFAR10
    given: Callable | None = None

    kind = "bar"

    def _find_truth(self):
        return _answer(np.take(self.values(self.now), self.asked))

    def start(self):
        if self.after:
            return _answer(np.round(np.take(self.values(self.before), self.asked), 2))
        return (float(max(self.low, 0.0) if self.mark is None else self.mark),) * len(self.asked)

    def covered(self):
        return super().covered() | {
            "names": self.rows,
            "asked": self.asked,
            "given": self.given and _numbers(self.given(self.before)),
            "before": _numbers(self.values(self.before)) if self.after else None,
        }

    def uncovered(self):
        return super().uncovered() | {"then": _numbers(self.values(self.now))}


@dataclass(frozen=True)
class Point(Drag):
    """A point on an axis, at first at its low end, or at the mark; with a `curve`, x and y, it moves along that."""

    _: KW_ONLY
    right: Callable
    curve: Callable | None = None

    kind = "point"

    def _find_truth(self):
        return _answer(self.right(self.now))

    def start(self):
        return (float(self.low if self.mark is None else self.mark),)

    def covered(self):
        return super().covered() | {"curve": self.curve and [_numbers(values) for values in self.curve(self.before)]}


@dataclass(frozen=True)
class Curve(Drag):
    """A curve that begins where the true one does, and is drawn by its heights at the places `at`.

    path: returns x and y of the true one, among its x the places.
    """

    _: KW_ONLY
    path: Callable
    at: tuple[float, ...]

    kind = "curve"

    def _heights(self) -> list[float]:
        x, y = self.path(self.now)
        return _numbers(np.interp(self.at, x, y))

    def _find_truth(self):
        return tuple(self._heights()[1:])

    def start(self):
        return (self._heights()[0],) * (len(self.at) - 1)

    def covered(self):
        return super().covered() | {"at": self.at, "first": self._heights()[0]}

    def uncovered(self):
        return super().uncovered() | {"path": [_numbers(values) for values in self.path(self.now)]}
