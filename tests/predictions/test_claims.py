"""The numbers in the texts of predictions, computed: each stands in both languages."""

import math

import numpy as np
import pytest

from explorer.images.shapes import SIZE
from explorer.maths import logistic, losses, multi_label
from explorer.predictions.table import SITUATIONS
from explorer.predictions.training import softmax_regression
from explorer.shell import texts

E = math.e


def truth(name):
    return SITUATIONS[name].truth()


def log10_of_the_product():
    return logistic.log_likelihood([1.5, 0.0], *logistic.toy_data("overlapping", 2000, 0)) / math.log(10)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def near(value, other, within=0.005):
    return abs(value - other) <= within


FALLING = SITUATIONS["loss_curve"].path(SITUATIONS["loss_curve"].now)[1]
AT_REST = SITUATIONS["cats"].now
PIXELS = SITUATIONS["on_pixels"].path(SITUATIONS["on_pixels"].now)[1]

# A text, the numbers that it names, and whether they are so.
CLAIMS = [
    ("coin.said.high", ["0.37"], lambda: near(1 / E, 0.37)),
    ("coin.said.bit", [r"\ln 2"], lambda: near(truth("coin")[0], math.log(2))),
    ("twice_as_wrong.ask", ["0.0025", "0.000006"], lambda: near(sigmoid(-6), 0.0025, 5e-5)),
    ("twice_as_wrong.ask", ["0.0025", "0.000006"], lambda: near(sigmoid(-12), 6e-6, 5e-7)),
    ("product.said.right", ["-403"], lambda: near(log10_of_the_product(), -403, 0.5)),
    ("product.said.small", ["-403", "-324"], lambda: 10.0**-323 > 0 and 10.0**-324 == 0),
    ("product.said.large", ["0.99", "2,000"], lambda: near(0.99**2000, 2e-9, 5e-10)),
    ("loss_curve.said.low", ["2"], lambda: near(FALLING[0] - FALLING[1], 2, 0.01)),
    ("loss_curve.said.high", ["1", "2"], lambda: near(losses.softmax_loss_gradient((0, 9), 0)[1], 1)),
    ("loss_or_ln10.said.low", [r"\ln 10"], lambda: truth("loss_or_ln10")[0] > math.log(10)),
    ("double_T.said.low", ["e³", "20"], lambda: near(E**3, 20, 0.5)),
    ("double_T.said.high", ["e⁶", "400", "20"], lambda: near(E**6, 400, 5)),
    ("double_T.said.halved", ["3"], lambda: truth("double_T")[0] > 0.5),
    ("hopeless.said.stays", ["1"], lambda: near(truth("hopeless")[0], 8, 0.01)),
    ("one_disaster.said.right", ["40", "4"], lambda: near(truth("one_disaster")[0], 4) and 4 > math.log(10)),
    ("one_disaster.said.few", ["90", "40", "4"], lambda: 9 / 10 == 0.9),
    ("add_hundred.said.same", ["e¹⁰⁰", "10⁴³", "3.4 · 10³⁸"], lambda: near(math.log10(math.exp(100)), 43, 0.5)),
    ("add_hundred.said.same", ["10³⁸"], lambda: near(np.finfo(np.float32).max / 1e38, 3.4, 0.05)),
    ("sum_of_sigmoids.said.low", ["0.90", "0.87", "1.77"], lambda: near(sigmoid(2.2) + sigmoid(1.9), 1.77)),
    (
        "second_label.said.right",
        ["ln 2"],
        lambda: multi_label.softmax_loss([40, 40, 0, 0], [1, 1, 0, 0]) >= math.log(2),
    ),
    ("two_is_sigmoid.said.low", ["1.5 − (−0.5)"], lambda: near(truth("two_is_sigmoid")[0], 1.5 + 0.5)),
    ("floor.ask", ["0.2", "0.82", "0.02"], lambda: near(losses.smooth_labels(0, 10, 0.2)[0], 0.82)),
    ("floor.said.high", [r"\ln 10"], lambda: truth("floor")[0] < 0.5 * math.log(10)),
    ("ruled_out.ask", ["0.6", "0.1", "0.3"], lambda: SITUATIONS["ruled_out"].now.p[3:6] == (0.6, 0.1, 0.3)),
    ("ruled_out.said.right", ["0.3"], lambda: np.isinf(losses.kl_divergence(*PEOPLE_AND_MODEL))),
    ("first_loss.said.low", ["2.3"], lambda: near(truth("first_loss")[0], 2.3, 0.05)),
    ("rate_ten.ask", ["2.3", "10"], lambda: near(softmax_regression(10.0, 5)[0], 2.3)),
    ("rate_ten.names.explodes", [], lambda: 50 < softmax_regression(10.0, 5)[1] / softmax_regression(10.0, 5)[0] < 200),
    ("rate_ten.said.stays", ["3,072"], lambda: SIZE * SIZE * 3 == 3072),
    ("on_pixels.said.high", ["ln 10"], lambda: PIXELS[1] < math.log(10) - 0.3),
    ("on_pixels.said.right", [], lambda: PIXELS[0] - PIXELS[1] > 0.7 * (PIXELS[0] - PIXELS[-1])),
    ("sure_mistakes.ask", ["81"], lambda: near(SITUATIONS["sure_mistakes"].ideas["as_sure"](None, AT_REST), 81, 0.5)),
    ("sure_mistakes.said.right", [], lambda: near(truth("sure_mistakes")[0], 50, 5)),
    ("sure_mistakes.said.low", ["10"], lambda: 100 / 10 == 10),
    ("cats.ask", ["85"], lambda: near(SITUATIONS["cats"].ideas["mean"](None, AT_REST), 85, 0.5)),
    ("cats.said.high", [], lambda: truth("cats")[0] == min(SITUATIONS["cats"].values(AT_REST))),
    ("softmax_twice.said.right", ["e/(e + 9)"], lambda: near(truth("softmax_twice")[0], -math.log(E / (E + 9)), 1e-9)),
]
PEOPLE_AND_MODEL = SITUATIONS["ruled_out"].now.p, SITUATIONS["ruled_out"].now.q


@pytest.mark.parametrize(("key", "numbers", "holds"), CLAIMS, ids=[key for key, *_ in CLAIMS])
def test_the_numbers_in_a_text_are_so(key, numbers, holds):
    for language in texts.LANGUAGES:
        text = texts.load(language, "predictions")(f"situations.{key}").replace("\u00a0", " ")
        assert all(number in text for number in numbers), language
    assert holds()
