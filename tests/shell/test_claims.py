"""What the texts claim, computed: each claim's numbers stand in both languages, and its mathematics holds."""

import functools
import math

import numpy as np
import pytest
import torch

from explorer.images import shapes, templates
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import divergence, evaluation, hinge, losses, multi_label, precision, sampling, three_classes
from explorer.maths.descent import descend
from explorer.maths.surfaces import softmax_quantity
from explorer.pages.results.calibration import AGREEMENT, verdict
from explorer.pages.softmax import SURE_AND_WRONG
from explorer.protocol import recipes
from explorer.runs import recorded
from explorer.runs.results import Results
from explorer.shell import texts
from explorer.training import models
from explorer.training.batches import Batches
from explorer.training.distributed import Team
from explorer.training.losses import cross_entropy

LN10 = math.log(10)
CLAIMS = {}


@pytest.fixture(autouse=True)
def one_thread():
    """Small models are no faster on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def claim(page: str, key: str, *says: str):
    """Register a function that computes what the text at `key` claims; `says` stands there in every language."""

    def register(check):
        CLAIMS[page, key] = says, check
        return check

    return register


# --- Logistic regression --------------------------------------------------------------------------------


@claim("logistic_regression", "questions.costly.answer", "e⁻³ = 0.05")
def a_probability_of_e_to_the_minus_3_costs_3():
    assert f"{math.exp(-3):.2f}" == "0.05"
    assert losses.binary_cross_entropy(-2.95, 1) > 3 > losses.binary_cross_entropy(-2.94, 1)


@claim("logistic_regression", "questions.steepest.answer", "z = 0", "1/4", "2σ′")
@claim("logistic_regression", "sample.squared_lead", "1/4")
def the_sigmoid_is_steepest_at_0_and_the_squared_error_pulls_at_best_half_as_hard():
    z = np.linspace(-20, 20, 4001)
    slope = losses.sigmoid_derivative(z)
    assert z[slope.argmax()] == pytest.approx(0, abs=1e-9) and slope.max() == pytest.approx(1 / 4)
    assert np.gradient(losses.sigmoid(z), z)[1:-1] == pytest.approx(slope[1:-1], abs=1e-5)
    ratio = losses.squared_error_gradient(z, 1) / losses.binary_cross_entropy_gradient(z, 1)
    assert ratio == pytest.approx(2 * slope) and ratio.max() == pytest.approx(1 / 2) and ratio[0] < 1e-8


@claim("logistic_regression", "questions.uphill.answer", "1", "2")
def beyond_2_over_the_curvature_a_step_lands_higher():
    for curvature in (0.3, 2.0):
        step = {times: 1.0 - times / curvature * curvature for times in (0.9, 1.1, 1.9, 2.1)}  # from x = 1, by −η·c·x
        assert step[0.9] > 0 > step[1.1]  # past the bottom
        assert abs(step[1.9]) < 1 < abs(step[2.1])  # higher than before


@claim("logistic_regression", "questions.first_zero.answer", "4.9 \\times 10^{-324}", "−745")
def the_smallest_positive_float64():
    smallest = np.nextafter(0.0, 1.0)
    assert f"{smallest:.1e}" == "4.9e-324"
    assert smallest / 2 == 0 and -np.finfo(np.float64).max < 0
    assert math.log(smallest) == pytest.approx(-745, abs=1)


@claim("logistic_regression", "logistic_board.vanished")
def a_probability_vanishes_and_its_logarithm_does_not():
    assert losses.sigmoid(-750.0) == 0 and losses.binary_cross_entropy(-750.0, 1) == 750


# --- Softmax --------------------------------------------------------------------------------------------


@claim("softmax", "board.lead", "\\ln K")
def the_temperature_moves_the_entropy_from_0_to_ln_n():
    for n in (2, 3, 5, 10):
        z = np.array(EXAMPLE)[:n]
        hot, warm, cold = (losses.entropy(losses.softmax(z, T)) for T in (1e6, 1.0, 1e-4))
        assert cold == 0 < warm < hot == pytest.approx(math.log(n))
        assert losses.softmax(z, 2.0).argmax() == z.argmax() and losses.entropy(losses.softmax(z, 2.0)) > warm
    assert losses.entropy(losses.softmax([1.0, 1.0, 0.0], 1e-4)) == pytest.approx(math.log(2))  # two largest logits
    sure = np.array([9.0, 0.0, 0.0])
    assert losses.softmax_loss(sure, 1, 2.0) < losses.softmax_loss(sure, 1)  # what was surely wrong
    assert losses.softmax_loss(sure, 0, 2.0) > losses.softmax_loss(sure, 0)
    first, second = EXAMPLE[3], EXAMPLE[5]
    assert losses.softmax([first, second])[0] == pytest.approx(losses.sigmoid(first - second))


@claim("glossary", "terms.gradient.text", "0")
@claim("softmax", "questions.as_large.answer")
def the_true_class_has_the_largest_component_of_the_gradient():
    for logits in np.random.default_rng(1).normal(0, 5, (500, 10)):
        gradient = losses.softmax_loss_gradient(logits, 3)
        others = np.delete(gradient, 3)
        assert gradient[3] < 0 <= others.min() and -gradient[3] >= others.max()
        assert -gradient[3] == pytest.approx(others.sum())
    near = losses.softmax_loss_gradient([9.0, 8.0, 0.0], 0)
    assert 0.99 < near[1] / -near[0] < 1


@claim("glossary", "terms.softmax.text")
@claim("softmax", "questions.never_zero.answer", "750", "e^{-750}")
def the_loss_of_finite_logits_is_neither_0_nor_infinite():
    for lead in (1.0, 10.0, 30.0, 300.0, 700.0):
        assert losses.softmax_loss([lead, 0.0, 0.0], 0) > 0 and np.isfinite(losses.softmax_loss([-1e6 * lead, 0.0], 0))
    assert (losses.softmax([30.0, 0.0, -700.0]) > 0).all() and losses.softmax([30.0, 0.0, -700.0]).max() < 1
    assert losses.softmax_loss([700.0, 0.0], 0) > 0 == losses.softmax_loss([750.0, 0.0], 0)


@claim("softmax", "surface.lead", "(1,\\dots,1)")
def what_raises_all_logits_alike_changes_no_probability():
    assert losses.softmax(np.add(EXAMPLE, 7.0)) == pytest.approx(losses.softmax(EXAMPLE))
    weights, bias, _ = templates.load()
    image = shapes.draw(1, np.random.default_rng(0))[0].reshape(1, -1) / 255
    added = np.random.default_rng(1).normal(size=weights.shape[1])
    assert np.ptp(image @ (weights + added).T - image @ weights.T) < 1e-9
    centred = weights - weights.mean(axis=0)
    assert losses.softmax(image @ centred.T + bias) == pytest.approx(losses.softmax(image @ weights.T + bias))
    assert (centred**2).sum() <= (weights**2).sum()


@claim("glossary", "terms.hinge-loss.text", "1", "0")
@claim("softmax", "hinge.lead", "1999", "CS231n")
def the_hinge_loss_is_0_from_a_lead_of_1_and_the_softmax_loss_never_is():
    for lead in (1.0, 2.0, 30.0):
        assert hinge.hinge_loss([lead, 0.0, -1.0], 0) == 0 < losses.softmax_loss([lead, 0.0, -1.0], 0)
        assert not hinge.hinge_loss_gradient([lead, 0.0, -1.0], 0).any()
    for loss in (hinge.hinge_loss, losses.softmax_loss):  # like a straight line of slope 1, far out
        assert loss([-101.0, 0.0, -200.0], 0) - loss([-100.0, 0.0, -200.0], 0) == pytest.approx(1)


@claim("softmax", "questions.pulls_harder.answer", "−9")
def nine_classes_within_the_margin_pull_with_9_and_softmax_with_no_more_than_1():
    assert hinge.hinge_loss_gradient([0.0] * 10, 4)[4] == -9
    assert losses.softmax_loss_gradient([30.0] * 4 + [0.0] + [30.0] * 5, 4)[4] >= -1


@claim("glossary", "terms.perplexity.text", "e^L")
@claim("softmax", "logit_board.perplexity")
def the_perplexity_of_one_sample_is_what_a_guess_among_so_many_would_cost():
    for count in (2, 5, 10):
        assert math.exp(losses.softmax_loss([0.0] * count, 0)) == pytest.approx(count)
    sure = losses.softmax(SURE_AND_WRONG)
    assert math.exp(losses.softmax_loss(SURE_AND_WRONG, 3)) > 8000 and sure.max() > 0.998


@claim("softmax", "questions.wrong_and_cheap.answer", "1/2", "ln 2 = 0.6931")
def what_is_not_predicted_costs_more_than_ln_2():
    logits = np.random.default_rng(0).normal(0, 5, (20_000, 10))
    wrong = (logits.argmax(axis=1) + 1) % 10
    assert (losses.softmax_loss(logits, wrong) > math.log(2)).all()
    tied = [losses.softmax_loss([0.0, 0.0] + [-gap] * 8, 0) - math.log(2) for gap in (5.0, 10.0, 20.0)]
    assert tied[0] > tied[1] > tied[2] > 0 and tied[2] < 1e-7
    assert losses.softmax_loss([0.0, 0.0] + [-10.0] * 8, 0) < 0.79


@claim("softmax", "questions.first_failure.answer", "3.4 \\times 10^{38}", "e^{88.72}", "88", "89")
def naive_float32_fails_at_89_with_these_logits():
    at = {M: precision.cast(precision.grown(EXAMPLE, "plus", M), np.float32) for M in (88.0, 89.0)}
    assert np.isfinite(precision.loss_by_method(at[88.0], 3)["naive"]) and np.isinf(
        precision.loss_by_method(at[89.0], 3)["naive"]
    )
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.full(10, 88, np.float32)).sum())  # not with others
    assert math.log(np.finfo(np.float32).max) == pytest.approx(88.72, abs=0.005)


@claim("softmax", "questions.saved_by_log.answer", "745")
def shifting_is_not_enough_for_a_true_class_far_below():
    with np.errstate(all="ignore"):
        for true, fails in ((0, False), (1, False), (2, True)):
            logits = precision.cast([0.0, -740.0, -1500.0], np.float64)
            found = precision.loss_by_method(logits, true)
            assert np.isinf(found["shifted"]) == fails and np.isfinite(found["log_softmax"])


@claim("softmax", "convex.loss")
def convex_in_the_logits_and_not_in_the_weights_of_a_network():
    for logits in np.random.default_rng(0).normal(0, 3, (50, 10)):
        p = losses.softmax(logits)
        curvatures = np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))
        assert curvatures[0] == pytest.approx(0, abs=1e-12) and (curvatures[1:] > 0).all()
        assert (np.diag(p) - np.outer(p, p)) @ np.ones(10) == pytest.approx(0, abs=1e-12)

    def loss(first, second):  # one hidden unit, one sample
        return losses.softmax_loss([second * np.tanh(first), 0.0], 0)

    assert loss(0.0, 0.0) > (loss(2.0, 2.0) + loss(-2.0, -2.0)) / 2  # the middle lies above its chord


@claim("softmax", "questions.shift.answer")
def the_probabilities_of_ten_logits_have_nine_degrees_of_freedom():
    p = losses.softmax(EXAMPLE)
    assert np.linalg.matrix_rank(np.diag(p) - np.outer(p, p)) == 9


@claim("softmax", "questions.patience.hint", "1", "0.01")
def a_loss_of_a_hundredth_takes_about_a_hundred_steps():
    for z in (SURE_AND_WRONG, EXAMPLE, [0.0] * 10):
        assert losses.softmax_loss(z, 3) > 1
        found = [
            losses.softmax_loss(at, 3) for at in descend(lambda f: losses.softmax_loss_gradient(f, 3), z, 1.0, 150)
        ]
        assert 60 < np.argmax(np.array(found) < 0.01) < 130
        assert found[150] * 150 == pytest.approx(found[100] * 100, rel=0.1)  # like 1/steps


@claim("softmax", "picture.lead", "35", "10,000", "3,072")
def the_templates_get_about_35_percent_of_new_shapes_right():
    images, labels = shapes.draw(6000, np.random.default_rng(12345))
    weights, bias, _ = templates.load()
    found = (images.reshape(len(images), -1) / 255 @ weights.T + bias).argmax(axis=1)
    assert np.mean(found == labels) == pytest.approx(0.354, abs=0.015)


# --- Softmax or sigmoid ---------------------------------------------------------------------------------


@claim("home", "softmax_or_sigmoid.text", "ln 2")
@claim("softmax_or_sigmoid", "questions.below.answer", "ln n", "1/n")
def softmax_shares_one_unit_and_each_sigmoid_has_its_own():
    labels = np.array([1.0, 1.0, 0.0])
    logits = np.random.default_rng(0).normal(0, 4, (5000, 3))
    assert (losses.softmax(logits)[:, :2].min(axis=1) <= 0.5).all()  # never both near 1
    assert (multi_label.softmax_loss(logits, labels) > math.log(2) - 1e-12).all()
    assert multi_label.sigmoid_loss(np.array([20.0, 20.0, -20.0]), labels) < 1e-7


@claim("softmax_or_sigmoid", "lead")
def where_one_label_is_true_sigmoids_usually_do_and_not_always():
    right = {}
    for points in ("separate", "row"):
        x, labels = three_classes.clusters(points, spread=0.45, seed=0)
        softmax = three_classes.largest(three_classes.logits(three_classes.softmax_regression(x, labels), x))
        sigmoids = three_classes.above_half(three_classes.logits(three_classes.sigmoid_regressions(x, labels), x))
        right[points] = [three_classes.exactly_right(named, labels) / len(x) for named in (softmax, sigmoids)]
    assert min(right["separate"]) > 0.9 and right["row"][0] == 1 and right["row"][1] < 0.7


# --- Cross-entropy --------------------------------------------------------------------------------------

LINE = np.linspace(-20, 20, 801)


@functools.cache
def reverse_fit(gap, share, start):
    return divergence.fit_hump(divergence.log_two_humps(LINE, gap, share), LINE, True, mean=start)


@claim("cross_entropy", "questions.floor.answer", "0.867", "ln(0.82/0.02) = 3.71")
def smoothed_labels_are_reached_with_a_finite_lead():
    p = losses.smooth_labels(3, 10, 0.2)
    lead = math.log(0.82 / 0.02)
    assert f"{losses.entropy(p):.3f}" == "0.867" and f"{lead:.2f}" == "3.71"
    assert losses.softmax(lead * np.eye(10)[3]) == pytest.approx(p)


@claim("cross_entropy", "questions.infinite.answer", "D_{\\mathrm{KL}}(q\\|p)")
def what_q_rules_out_makes_the_forward_divergence_infinite_and_not_the_reverse():
    p, q = np.array([0.6, 0.1, 0.3]), np.array([0.7, 0.3, 0.0])
    assert np.isinf(losses.cross_entropy(p, q)) and np.isinf(losses.kl_divergence(p, q))
    assert np.isfinite(losses.kl_divergence(q, p))


@claim("cross_entropy", "samples.lead", "95", "Shannon")
def about_95_of_100_means_lie_within_the_band():
    p, q = np.array([0.6, 0.1, 0.3]), np.array([0.3, 0.2, 0.5])
    mean, deviation = sampling.mean_and_deviation(p, -np.log(q))
    means = -np.log(q)[sampling.draw(p, 0, 200_000)].reshape(1000, 200).mean(axis=1)
    assert np.mean(np.abs(means - mean) < 2 * deviation / np.sqrt(200)) == pytest.approx(0.95, abs=0.02)
    for probability, bits in ((0.5, 1), (0.125, 3)):
        assert -math.log2(probability) == bits
    word = np.array([1, 2, 3, 3])  # a code in which no word begins another exists for these lengths (Kraft)
    assert (0.5**word).sum() == 1


@claim("cross_entropy", "questions.same_cost.answer", "2.3026")
def a_uniform_q_costs_ln_10_whatever_comes():
    for p in (np.eye(10)[3], losses.softmax(EXAMPLE)):
        assert sampling.mean_and_deviation(p, [LN10] * 10) == pytest.approx((LN10, 0))
    assert f"{LN10:.4f}" == "2.3026"


@claim("cross_entropy", "questions.shortest_code.answer", "1.75")
def the_code_for_halves_takes_1_75_bits_and_every_other_more():
    p = np.array([0.5, 0.25, 0.125, 0.125])
    assert losses.entropy(p) / math.log(2) == pytest.approx(p @ [1, 2, 3, 3]) == pytest.approx(1.75)
    assert losses.cross_entropy(p, p[::-1]) > losses.entropy(p)


@claim("cross_entropy", "questions.luck.answer", "0.05", "0.95¹⁰", "0.60")
def ten_samples_without_what_comes_once_in_twenty():
    assert f"{0.95**10:.2f}" == "0.60"


@claim("cross_entropy", "questions.between.answer", "5.6")
def between_equal_humps_is_the_lowest_minimum_up_to_a_gap_of_5_6():
    for gap, lower in ((5.0, True), (5.5, True), (5.7, False), (7.0, False)):
        middle, hump = reverse_fit(gap, 0.5, 0.3), reverse_fit(gap, 0.5, gap / 2)
        assert abs(middle.mean) < 0.01 < abs(hump.mean)  # from beside the middle: a minimum, no saddle
        assert (middle.path[-1] < hump.path[-1]) == lower


@claim("cross_entropy", "questions.lighter.ask", "6")
def the_lighter_hump_is_reached_from_a_gap_of_6_on():
    for share in (0.1, 0.3, 0.45, 0.55, 0.7, 0.9):
        lighter = 1 if share > 0.5 else -1
        assert abs(reverse_fit(6.0, share, 6.0 * lighter).mean - 3 * lighter) < 0.5
        assert all(
            abs(reverse_fit(4.0, share, start).mean - 2 * lighter) > 0.5 for start in (2.0 * lighter, 6.0 * lighter)
        )


@claim("softmax", "surface.under")
def a_chord_may_run_above_its_surface_or_below_it():
    def above(start, end):
        ends, middle = ([[logit, 0.0, 0.0] for logit in logits] for logits in ((start, end), ((start + end) / 2,)))
        return softmax_quantity(ends, 0, "probability").mean() - softmax_quantity(middle, 0, "probability")[0]

    assert above(-9, 0) > 0 > above(0, 9)


# --- Training -------------------------------------------------------------------------------------------


@functools.cache
def some_shapes():
    images, labels = shapes.draw(1200, np.random.default_rng(0))
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def model_of(name, **settings):
    torch.manual_seed(0)
    settings = recipes.complete({"model": name, "no_normalise": False, "zero_weights": False, "width": None} | settings)
    return models.build(settings, some_shapes()[0], 10)


def first_loss_and_gradient(model):
    images, labels = (part[:300] for part in some_shapes())
    target = torch.nn.functional.one_hot(labels, 10).float()
    loss = cross_entropy(model(images), target).mean()
    gradient = torch.autograd.grad(loss, [weight for weight in model.parameters() if weight.requires_grad])
    return float(loss.detach()), math.sqrt(sum(float((part**2).sum()) for part in gradient))


@claim("home", "train.text", "ln 10")
@claim("train", "questions.ln10.answer", "2.303", "1}{10}")
def untrained_models_start_near_ln_10_where_pixels_are_normalised():
    for name in ("softmax", "mlp", "cnn"):
        assert first_loss_and_gradient(model_of(name))[0] == pytest.approx(LN10, abs=0.05)
    assert first_loss_and_gradient(model_of("softmax", no_normalise=True))[0] > 3 * LN10


@claim("train", "monitor.remarks.first")
@claim("train", "monitor.remarks.still")
def who_is_sure_of_what_is_not_known_pays_more_than_ln_10():
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(20_000, 10)), generator.integers(10, size=20_000)
    small, larger = (losses.softmax_loss(scale * logits, labels).mean() for scale in (0.01, 1.4))
    assert small == pytest.approx(LN10, abs=0.001) and larger > 3
    sure = [losses.softmax(scale * logits[:100]).max(axis=1).mean() for scale in (0.01, 1.4)]
    assert sure[0] < 0.11 and sure[1] > 0.4


@claim("train", "questions.zero-weights.answer", "\\ln 10")
def what_keeps_a_loss_at_ln_10():
    model = model_of("mlp", zero_weights=True)
    images, labels = (part[:300] for part in some_shapes())
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    moved = [name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad.any()]
    assert len(moved) == 1 and moved[0].endswith("bias")  # the last layer's
    pixels = images.reshape(300, -1).numpy() / 255
    assert descended(pixels, labels.numpy(), 1e-6) == pytest.approx(LN10, abs=0.005)
    logits = np.random.default_rng(0).normal(size=(500, 10))  # any label is as likely as any other
    assert np.mean([losses.softmax_loss(logits, np.full(500, k)) for k in range(10)], axis=0).min() > LN10


@claim("glossary", "terms.overfitting.text")
@claim("results", "whole.run_lead")
@claim("train", "monitor.remarks.apart")
def loss_and_accuracy_rise_together_where_a_few_mistakes_become_surer():
    results = Results(recorded.FOLDER / recorded.SHAPES)
    before, after = (results.logits(k) for k in results.evaluations()[4:6])
    labels = results.labels
    rise = losses.softmax_loss(after, labels) - losses.softmax_loss(before, labels)
    right = [(logits.argmax(axis=1) == labels).mean() for logits in (before, after)]
    assert rise.mean() > 0 and right[1] > right[0]
    wrong = after.argmax(axis=1) != labels
    assert rise[wrong].sum() > 0 > rise[~wrong].sum() and wrong.mean() < 0.05


@claim("train", "look.no-normalisation", "3", "5", "255")
def the_first_gradient_of_normalised_pixels():
    assert 2.5 < first_loss_and_gradient(model_of("softmax"))[1] < 5.5


def descended(pixels, labels, rate, steps=100):
    """The loss of softmax regression before each step of one cycle with momentum, from tiny weights."""
    weights = np.random.default_rng(1).normal(0, 0.001, (pixels.shape[1], 10))
    pace, found = np.zeros_like(weights), []
    for step in range(steps):
        logits = pixels @ weights
        found.append(losses.softmax_loss(logits, labels).mean())
        gradient = pixels.T @ losses.softmax_loss_gradient(logits, labels) / len(labels)
        at = step / steps
        pace = 0.9 * pace + gradient
        weights -= rate * (at / 0.2 if at < 0.2 else (1 - at) / 0.8) * (gradient + 0.9 * pace)
    return np.array(found)


@claim("train", "questions.no-normalisation.answer")
def raw_pixels_make_the_gradient_long_and_one_direction_steep():
    (loss, raw), (_, normalised) = (
        first_loss_and_gradient(model_of("softmax", no_normalise=no)) for no in (True, False)
    )
    assert 500 < raw / normalised < 2000 and loss > 3 * LN10
    images, labels = (part[:300].numpy() for part in some_shapes())
    pixels = images.reshape(300, -1).astype(float)
    curvatures, directions = np.linalg.eigh(pixels @ pixels.T)
    assert curvatures[-1] > 10 * curvatures[-2]
    steepest = pixels.T @ directions[:, -1]
    assert (steepest > 0).all() or (steepest < 0).all()  # all pixels together: brightness
    usual = recipes.complete({"model": "softmax", "optimizer": None})["learning_rate"]
    thousandth, ten_thousandth = (descended(pixels, labels, usual / by) for by in (1e3, 1e4))
    assert (thousandth - np.minimum.accumulate(thousandth)).max() > 10
    assert (ten_thousandth - np.minimum.accumulate(ten_thousandth)).max() < 1 and ten_thousandth[-1] > 1.5


@claim("train", "questions.rate-too-high.answer", "10")
def hidden_layers_overflow_and_softmax_regression_swings():
    highest = {}
    for name in ("softmax", "mlp"):
        model, (images, labels) = model_of(name), some_shapes()
        descent = torch.optim.SGD(model.parameters(), lr=10.0, momentum=0.9, nesterov=True)
        found = []
        for step in range(24):
            part = slice(step % 9 * 128, step % 9 * 128 + 128)
            loss = torch.nn.functional.cross_entropy(model(images[part]), labels[part])
            found.append(float(loss.detach()))
            descent.zero_grad()
            loss.backward()
            descent.step()
        highest[name] = np.array(found)
    assert highest["softmax"].max() > LN10 and np.isfinite(highest["softmax"]).all()
    assert highest["softmax"][12:].max() < 2 * highest["softmax"][:12].max()
    assert not np.isfinite(highest["mlp"]).all()


@claim("train", "help.flip")
def alternating_flips_turn_one_half_and_then_the_other():
    images = torch.arange(32, dtype=torch.uint8).view(1, 1, 32, 1).expand(64, 32, 32, 3).contiguous()
    settings = {"batch_size": 64, "augment": "flip", "flip": "alternate", "crop": 2, "skip_easy": 0, "seed": 0}
    batches, turned = Batches(images, torch.arange(64), settings, Team()), []
    for _ in range(3):
        seen, labels, _ = next(batches)
        turned.append((seen[:, 0, 0, 0] == 31)[labels.argsort()])
    assert 0 < turned[0].sum() < 64
    assert (turned[0] ^ turned[1]).all() and (turned[0] == turned[2]).all()


@claim("train", "help.augment")
def an_image_that_is_only_flipped_comes_in_two_forms():
    images = torch.randint(0, 256, (16, 32, 32, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    settings = {"batch_size": 16, "augment": "flip", "flip": "random", "crop": 2, "skip_easy": 0, "seed": 0}
    batches = Batches(images, torch.arange(16), settings, Team())
    forms = [set() for _ in images]
    for _ in range(20):
        seen, labels, _ = next(batches)
        for image, label in zip(seen, labels, strict=True):
            forms[label].add(image.numpy().tobytes())
    assert {len(form) for form in forms} == {2}


@claim("train", "questions.softmax-regression.answer")
def a_learned_template_is_not_the_mean_of_its_class():
    images, labels = shapes.draw(2000, np.random.default_rng(0))
    means = np.array([images[labels == k].reshape(-1, 3072).mean(axis=0) for k in range(10)])
    weights = templates.load()[0]
    for found, mean in zip(weights - weights.mean(axis=0), means - means.mean(axis=0), strict=True):
        assert np.corrcoef(found, mean)[0, 1] < 0.75


@claim("train", "help.rate")
def the_learning_rate_scales_the_steps_of_every_optimiser_and_not_all_follow_the_gradient():
    gradient = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    along = {}
    for optimiser in (torch.optim.SGD, torch.optim.AdamW, torch.optim.Muon):
        steps = []
        for rate in (0.01, 0.02):
            weight = torch.nn.Parameter(torch.zeros(6, 4))
            weight.grad = gradient.clone()
            optimiser([weight], lr=rate).step()
            steps.append(weight.detach().clone())
        torch.testing.assert_close(steps[1], 2 * steps[0])
        along[optimiser] = float(torch.cosine_similarity(steps[0].flatten(), -gradient.flatten(), dim=0))
    assert along[torch.optim.SGD] > 0.9999 and max(along[torch.optim.AdamW], along[torch.optim.Muon]) < 0.99


@claim("train", "help.smoothing")
def smoothing_bounds_the_cross_entropy_and_not_the_divergence():
    p = losses.smooth_labels(3, 10, 0.2)
    assert losses.cross_entropy(p, p) == pytest.approx(losses.entropy(p)) and losses.entropy(p) > 0.8
    assert losses.kl_divergence(p, p) == 0


@claim("train", "questions.softmax-on-shapes.answer", "40")
def the_templates_of_shapes_with_a_hole_are_dark_in_the_middle():
    weights = templates.load()[0].reshape(10, 32, 32, 3)[:, 14:18, 14:18].mean(axis=(1, 2, 3))
    for name in ("ring", "crescent", "frame"):
        assert weights[list(shapes.SHAPES).index(name)] < 0


# --- After training -------------------------------------------------------------------------------------


@claim("results", "questions.one_answer.answer")
@claim("results", "questions.lucky.answer")
def untrained_cnns_answer_many_images_with_one_class():
    for name in (recorded.SHAPES, recorded.CNN):
        results = Results(recorded.FOLDER / name)
        largest = [np.bincount(results.logits(k).argmax(axis=1)).max() for k in results.evaluations()]
        assert largest[0] > 0.3 * len(results.labels) >= max(largest[1:])


@claim("results", "microscope.said")
def descent_raises_the_true_logit_and_lowers_most_the_largest_other_component():
    gradient = losses.softmax_loss_gradient(EXAMPLE, 3)
    step = -0.5 * gradient
    assert gradient.argmin() == step.argmax() == 3 and gradient[3] < 0
    assert gradient.argmax() == step.argmin() == 5
    assert abs(gradient.sum()) < 1e-12


@claim("results", "calibration.balanced", "0.5")
def confidence_and_accuracy_agree_to_half_a_point():
    assert [verdict(0.9 + points / 100, 0.9) for points in (0.49, 0.51, -0.51)] == ["balanced", "over", "under"]


@claim("results", "questions.balanced.ask", "0.2")
def the_agreement_asked_for_is_in_percentage_points():
    assert 100 * AGREEMENT == pytest.approx(0.2)


@claim("glossary", "terms.ece.text")
def the_calibration_error_is_weighted_by_the_size_of_the_bins():
    logits = np.log([[0.85, 0.15]] * 3 + [[0.65, 0.35]])  # three right at 0.85, one wrong at 0.65
    found = evaluation.reliability(logits, np.array([0, 0, 0, 1]), bins=5)
    assert found.error == pytest.approx((3 * 0.15 + 0.65) / 4)


@claim("teach", "steps.round.wrong")
def one_confident_mistake_can_cost_more_than_ten_careful_answers():
    careful = losses.cross_entropy([1, 0], [0.1, 0.9])
    assert losses.cross_entropy([1, 0], [0, 1]) > 10 * careful > 10 * losses.cross_entropy([1, 0], [0.5, 0.5])


@claim("results", "calibration.lead", "0.9", "Guo")
def a_temperature_changes_confidences_and_no_prediction():
    logits = Results(recorded.FOLDER / "cifar10").logits(1)
    for T in (0.5, 4.0):
        assert (losses.softmax(logits, T).argmax(axis=1) == logits.argmax(axis=1)).all()
        assert not np.allclose(losses.softmax(logits, T).max(axis=1), losses.softmax(logits).max(axis=1))


# --- The test -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "key"), CLAIMS)
def test_what_a_text_claims_holds(page, key):
    says, check = CLAIMS[page, key]
    for language in texts.LANGUAGES:
        text = texts.load(language, page)(key).replace("\u00a0", " ")
        for part in says:
            assert part in text, language
    check()
