"""The essay's page: its twelve statements, their numbers computed anew, and links that open what they name."""

import math
import re

import numpy as np
import pytest
from scipy.special import expit, log_softmax, softmax
from scipy.stats import entropy

from explorer.pages.essay.statements import STATEMENTS
from explorer.shell import texts
from explorer.shell.numbers import number

ALL = {name: statement for statements in STATEMENTS.values() for name, statement in statements.items()}
Z = np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3])
Q = softmax(Z)
SMOOTHED = np.full(10, 0.02) + 0.8 * np.eye(10)[3]
P = expit([2, 1, 0.5])


def twenty_steps() -> float:
    """Return the loss after twenty steps of descent on the logits, with a learning rate of 1."""
    z = Z
    for _ in range(20):
        z = z - (softmax(z) - np.eye(10)[3])
    return -log_softmax(z)[3]


EXPECTED = {
    "e1": {"one": expit(2), "zero": expit(-2)},
    "e2": {"one": expit(2), "zero": expit(-2)},
    "e3": {"first": P[0], "second": P[1], "third": P[2], "product": P.prod(), "mean": -np.log(P).mean()},
    "e4": {"cat": Q[3], "dog": Q[5]},
    "e5": {"cat": -math.log(Q[3]), "dog": -math.log(Q[5]), "mean": -math.log(Q[3] * Q[5]) / 2},
    "e6": {"one": expit(2) - 1, "cat": Q[3] - 1, "dog": Q[5], "before": -math.log(Q[3]), "after": twenty_steps()},
    "e7": {
        "floor": math.log(2),
        "softmax": -log_softmax([9, 9, -9, -9])[:2].mean(),
        "sigmoids": 4 * math.log1p(math.exp(-9)),
    },
    "e8": {"other": -(SMOOTHED * np.log(Q)).sum(), "same": entropy(SMOOTHED)},
    "e9": {
        "total": -(SMOOTHED * np.log(Q)).sum(),
        "entropy": entropy(SMOOTHED),
        "divergence": entropy(SMOOTHED, Q),
        "one_hot": 0.0,
    },
    "e10": {
        "one_hot": -math.log(Q[3]) - entropy(np.eye(10)[3], Q),
        "smoothed": -(SMOOTHED * np.log(Q)).sum() - entropy(SMOOTHED, Q),
        "gradient": Q[3] - 0.82,
    },
    "e11": {
        "right": math.log1p(9 * math.exp(-9)),
        "probability": 1 / (1 + 9 * math.exp(-9)),
        "wrong": math.log(math.exp(9) + 9),
    },
    "e12": {"divergence": entropy(np.eye(10)[3], Q), "loss": -math.log(Q[3]), "both": 0.0},
}


def test_the_statements_are_e1_to_e12():
    assert list(ALL) == list(EXPECTED) == [f"e{i}" for i in range(1, 13)]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_numbers_of_a_statement_are_right(name):
    numbers = ALL[name].numbers()
    assert numbers == pytest.approx(EXPECTED[name], abs=1e-12)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_statement_is_shown_with_its_numbers_and_whether_it_holds(open_page, shown, language):
    text, words = shown(open_page("essay", language)), texts.load(language, "essay")
    for name, statement in ALL.items():
        assert f"{name.upper()} · {words(f'{name}.title')}" in text
        assert words(f"{name}.says") in text and words(f"{name}.judged") in text
        told = words(f"{name}.shown", **{key: number(value) for key, value in statement.numbers().items()})
        assert told in text
        assert set(re.findall(r"@{(\w+)}", words.table(name)["shown"])) == statement.numbers().keys()
        assert words(f"verdict.{statement.verdict}") in text
    assert "关于 Logistic Regression、Softmax Loss 和 Cross-entropy 的随笔" in text


def test_where_the_essay_slips_its_statement_does_not_simply_hold():
    assert {name for name, statement in ALL.items() if statement.verdict != "holds"} == {"e7", "e8", "e10", "e12"}


@pytest.mark.parametrize("name", ALL)
def test_the_link_of_a_statement_opens_its_view(opens, name):
    opens(ALL[name].view)
