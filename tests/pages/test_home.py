"""The home page: a number from each page, computed again here, and a link to each."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, log_softmax
from scipy.stats import entropy

from explorer.shell.numbers import number
from explorer.stage import page

Z = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_chapter_shows_its_number(open_page, shown, language):
    target = np.full(10, 0.02)
    target[3] = 0.82
    predicted = np.exp(log_softmax(Z))
    text = shown(open_page("home", language))
    for value in (
        expit(2),
        -math.log(expit(-2)),
        -log_softmax(Z)[3],
        math.log(10),
        -math.log(0.9),
        -math.log(0.01),
        math.log(2),
        entropy(target),
        entropy(target, predicted),
        entropy(target) + entropy(target, predicted),
    ):
        assert number(value) in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_chapter_on_results_shows_what_the_worst_tenth_bears(open_page, shown, language):
    recorded = Path(page.__file__).parents[1] / "recorded" / "cifar10"
    logits = np.load(sorted((recorded / "test_logits").glob("*.npy"))[-1]).astype(float)
    labels = np.load(recorded / "test_labels.npy")
    sample_losses = np.sort(-log_softmax(logits, axis=1)[np.arange(len(labels)), labels])
    text = shown(open_page("home", language))
    assert number(sample_losses.mean()) in text
    borne = number(100 * sample_losses[-len(labels) // 10 :].sum() / sample_losses.sum(), 1)
    assert borne + {"en": " %", "zh": "%"}[language] in text


def test_there_is_a_way_to_every_page(open_page):
    links = {link.proto.page.replace("_", "-") for link in open_page("home").get("page_link")}
    assert {path for path in page.PAGES.values() if path} <= links
