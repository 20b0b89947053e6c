"""The numbers of questions and explanations, each computed again: it stands in both languages, to its last digit."""

import math

import numpy as np
import pytest
import torch

from explorer.protocol.recipes import RECIPES, complete
from explorer.shell import texts

LN2, LN10 = f"{math.log(2):.4f}", f"{math.log(10):.4f}"
TWICE = math.e / (math.e + 9)  # what a second softmax makes of a 1 and nine 0s


def largest(kind) -> str:
    """The power of e that is the largest finite number."""
    return f"e^{{{math.log(np.finfo(kind).max):.2f}}}"


def least(bits: int, digits: int) -> str:
    """The power of e below which a number is rounded to 0, where 2 to the power −`bits` is the smallest above 0."""
    return f"e^{{{-(bits + 1) * math.log(2):.{digits}f}}}"


def bits(kind) -> int:
    """The bits of precision of a torch number, the first one, which is not stored, among them."""
    return round(1 - math.log2(torch.finfo(kind).eps))


NUMBERS = {
    "logistic_regression": {
        "questions.coin.answer": [LN2],
        "questions.coins.answer": [LN2],
        "questions.one_nat.answer": [f"{1 / math.e:.4f}", f"{math.log(math.e - 1):.2f}"],
        "questions.cliff.answer": [f"{2 * math.log(9):.2f}"],
    },
    "softmax": {
        "questions.ln10.ask": [LN10],
        "why.stored": [f"{float(np.finfo(np.float16).max):,.0f}"],
        "why.overflow": [largest(kind) for kind in (np.float16, np.float32, np.float64)],
        "why.zero_sum": [least(24, 1), least(149, 0), least(1074, 0)],
        "why.digits": [f"{np.spacing(np.float16(1000)):.1f}", f"{np.spacing(np.float32(100_000)):.3f}"],
    },
    "softmax_or_sigmoid": {
        "questions.ln2.answer": [LN2],
        "questions.ln3.answer": [f"{math.log(3):.4f}"],
        "questions.negative.answer": [f"{1 / (1 + math.exp(-2)):.4f}"],
    },
    "cross_entropy": {
        "questions.half.ask": [LN2],
        "questions.widest.answer": [LN10],
        "questions.tenth.ask": [LN10],
        "surfaces.says_cross_entropy": [LN2],
    },
    "train": {
        "help.model": [f"{32 * 32 * 3:,}"],
        "help.precision": [f"{bits(kind)}" for kind in (torch.bfloat16, torch.float32, torch.float16)],
        "look.rate-too-high": [f"{RECIPES['rate-too-high']['learning_rate']:.0f}"],
        "questions.gpu-94.ask": [f"{complete({'recipe': 'gpu-94'})['label_smoothing']}"],
        "questions.double-softmax.answer": [f"{TWICE:.3f}", f"{-math.log(TWICE):.3f}"],
        "questions.gpu-94.answer": [f"{-0.82 * math.log(0.82) - 9 * 0.02 * math.log(0.02):.3f}"],
        "monitor.charts.two_losses.double-softmax": [f"{-math.log(TWICE):.3f}"],
    },
    "results": {
        "questions.dear_but_right.answer": [LN10],
        "questions.worse.answer": [LN10],
        "questions.worse_than_a_guess.answer": [LN10],
    },
    "guess": {"questions.even.answer": [LN10]},
    "glossary": {
        "terms.loss.text": [f"{math.log(10):.2f}"],
        "terms.float64.text": [  # decimal digits
            f" {bits(kind) * math.log10(2):.0f}" for kind in (torch.float64, torch.float32, torch.float16)
        ],
    },
}


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("page", NUMBERS)
def test_the_numbers_of_a_page_are_right(page, language):
    words = texts.load(language, page)
    for key, numbers in NUMBERS[page].items():
        for number in numbers:
            assert number in words(key).replace("\u00a0", " "), key
