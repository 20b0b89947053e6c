"""Losses, optimizers and schedules."""

import itertools
import math

import numpy as np
import pytest
import torch

from explorer.maths import losses
from explorer.maths.hinge import hinge_loss, hinge_loss_gradient
from explorer.training import models, optimisation
from explorer.training.losses import LOSSES, mean_cross_entropy, objective

LOGITS, LABELS = np.random.default_rng(0).normal(size=(6, 10)) * 3, np.array([0, 1, 2, 3, 4, 9])


def ours(name, smoothing, logits=LOGITS):
    settings = {"loss": name, "label_smoothing": smoothing}
    return objective(torch.as_tensor(logits), torch.from_numpy(LABELS), settings).numpy(force=True)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_losses_are_those_of_the_mathematics(smoothing):
    target = losses.smooth_labels(LABELS, 10, smoothing)
    log_q = losses.log_softmax(LOGITS)
    q = np.exp(log_q)
    cross_entropy = -np.sum(target * log_q, axis=-1)
    entropy = -np.sum(target * np.log(np.where(target > 0, target, 1)), axis=-1)
    s = 1 / (1 + np.exp(-LOGITS))
    expected = {
        "cross-entropy": cross_entropy,
        "kl": cross_entropy - entropy,
        "sigmoids": -np.sum(target * np.log(s) + (1 - target) * np.log(1 - s), axis=-1),
        "squared": np.sum((q - target) ** 2, axis=-1),
        "hinge": sum(target[:, label] * hinge_loss(LOGITS, label) for label in range(10)),
        "double-softmax": -np.sum(target * losses.log_softmax(q), axis=-1),
    }
    assert expected.keys() == LOSSES.keys()
    for name, values in expected.items():
        assert np.allclose(ours(name, smoothing), values, atol=1e-6), name


def test_a_double_softmax_cannot_fall_below_its_floor():
    certain = np.where(np.arange(10) == LABELS[:, None], 1000.0, 0.0)
    assert np.allclose(ours("double-softmax", 0.0, certain), 1.4612, atol=1e-4)
    assert np.allclose(ours("cross-entropy", 0.0, certain), 0)
    assert min(ours("double-softmax", 0.0, k * LOGITS).min() for k in (1, 10, 100)) >= 1.4611


def test_the_hinge_loss_is_torchs_own_times_the_classes_and_counts_no_kink():
    logits, labels = torch.as_tensor(LOGITS), torch.from_numpy(LABELS)
    theirs = 10 * torch.nn.functional.multi_margin_loss(logits, labels, reduction="none")
    assert np.allclose(ours("hinge", 0.0), theirs)
    at_a_kink = torch.tensor([[2.0, 1.0, 1.5]], requires_grad=True)
    objective(at_a_kink, torch.tensor([0]), {"loss": "hinge", "label_smoothing": 0.0}).sum().backward()
    assert at_a_kink.grad.tolist() == [[-1, 0, 1]]


def test_a_smoothed_cross_entropy_cannot_fall_below_the_targets_entropy():
    best = np.log(losses.smooth_labels(LABELS, 10, 0.2))
    assert np.allclose(ours("cross-entropy", 0.2, best), 0.867, atol=1e-3)
    assert np.allclose(ours("kl", 0.2, best), 0, atol=1e-6)


INF = np.inf
# Ten logits of label 0, or of label 1, that are not all finite, and have a limit.
INFINITE = np.array(
    [
        [0.5, -1.0, -INF, 2.0, *[0.0] * 6],  # what cannot be, and is not
        [-INF, 1.0, *[0.0] * 8],  # what cannot be, and is
        [INF, 1.0, *[0.0] * 8],
        [1.0, 2.0, INF, *[-1.0] * 7],
        [INF, -INF, *[0.0] * 8],
        [1.5, *[-INF] * 9],
    ]
)


def by_the_mathematics(name, logits, label, smoothing):
    """The loss of each row and its gradient, from explorer.maths alone; 0 · ∞ is 0."""

    def times(weight, value):
        with np.errstate(invalid="ignore"):
            return np.where(weight == 0, 0.0, weight * value)

    p = losses.smooth_labels(np.full(len(logits), label), 10, smoothing)
    q, log_q = losses.softmax(logits), losses.log_softmax(logits)
    cross_entropy = -times(p, log_q).sum(axis=1)
    if name == "cross-entropy":
        return cross_entropy, q - p
    if name == "kl":
        return losses.kl_divergence(p, q), q - p
    if name == "sigmoids":
        terms = times(p, losses.binary_cross_entropy(logits, 1)) + times(1 - p, losses.binary_cross_entropy(logits, 0))
        return terms.sum(axis=1), losses.sigmoid(logits) - p
    if name == "hinge":
        of_labels, slopes = (np.array([f(logits, y) for y in range(10)]) for f in (hinge_loss, hinge_loss_gradient))
        return times(p.T, of_labels).sum(axis=0), np.einsum("ny,ynk->nk", p, slopes)
    if name == "squared":
        loss, slope = np.sum((q - p) ** 2, axis=1), 2 * (q - p)
    else:
        loss, slope = -np.sum(p * losses.log_softmax(q), axis=1), losses.softmax(q) - p
    return loss, q * (slope - np.sum(q * slope, axis=1, keepdims=True))  # by the chain rule


@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kind", [torch.float64, torch.float32])
def test_losses_and_gradients_of_infinite_logits_are_those_of_the_mathematics(name, label, smoothing, kind):
    logits = torch.tensor(np.concatenate([INFINITE, LOGITS]), dtype=kind, requires_grad=True)
    labels = torch.full((len(logits),), label)
    loss = objective(logits, labels, {"loss": name, "label_smoothing": smoothing})
    (loss * torch.arange(1, len(logits) + 1)).sum().backward()
    expected, gradient = by_the_mathematics(name, logits.double().numpy(force=True), label, smoothing)
    tolerance = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(loss.numpy(force=True), expected, **tolerance)
    np.testing.assert_allclose(logits.grad.numpy(), gradient * np.arange(1, len(logits) + 1)[:, None], **tolerance)
    if (name, smoothing) == ("cross-entropy", 0):
        np.testing.assert_allclose(expected, losses.softmax_loss(logits.double().numpy(force=True), label), **tolerance)
        reference = losses.softmax_loss_gradient(logits.double().numpy(force=True), label)
        np.testing.assert_allclose(gradient, reference, atol=1e-12)


@pytest.mark.parametrize("logits", [[INF, INF, 0.0], [-INF, -INF, -INF], [np.nan, 0.0, 1.0]])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_without_a_limit_is_no_number(name, logits):
    each_has_one = name == "sigmoids" and not np.isnan(logits).any()
    for label in range(3):
        loss = objective(torch.tensor([logits]), torch.tensor([label]), {"loss": name, "label_smoothing": 0.0})
        assert loss.isnan().all() == (not each_has_one)
        assert math.isnan(mean_cross_entropy(torch.tensor([logits]), torch.tensor([label])))


def test_the_test_loss_of_infinite_logits_is_that_of_the_mathematics():
    for row, label in itertools.product(INFINITE, range(2)):
        told = mean_cross_entropy(torch.tensor(row[None], dtype=torch.float32), torch.tensor([label]))
        assert told == pytest.approx(losses.softmax_loss(row, label), rel=1e-7)


@pytest.mark.parametrize("name", optimisation.SCHEDULES)
def test_a_schedule_peaks_at_1_and_all_but_the_constant_end_at_0(name):
    schedule = optimisation.SCHEDULES[name]
    shares = [schedule(progress) for progress in np.linspace(0, 1, 101)]
    assert max(shares) == pytest.approx(1)
    assert shares[-1] == pytest.approx(1 if name == "constant" else 0)


@pytest.fixture
def descent(data, settings):
    def descent(*arguments):
        complete = settings(*arguments)
        torch.manual_seed(0)
        model = models.build(complete, data["train_images"], 10)
        return model, optimisation.Descent(model, complete, torch.device("cpu"))

    return descent


def pull(model, data):
    """Give the weights the gradients of a batch."""
    logits = model(data["train_images"][:64])
    torch.nn.functional.cross_entropy(logits, data["train_labels"][:64]).backward()


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_weight_decay_spares_biases_and_normalisation(descent, data, name):
    model, down = descent("--model", "cnn", "--optimizer", name)
    pull(model, data)
    down.step(0.1, 0.9, 0.3)
    decayed, spared = down.optimizers[0].param_groups
    assert (decayed["weight_decay"], spared["weight_decay"]) == (0.3, 0.0)
    assert all(weight.ndim > 1 for weight in decayed["params"])
    assert all(weight.ndim == 1 for weight in spared["params"])


@pytest.mark.parametrize("model", models.MODELS)
@pytest.mark.parametrize("name", ["sgd", "adamw", "muon"])
def test_every_weight_is_in_one_group_and_has_its_learning_rate(descent, data, model, name):
    model, down = descent("--model", model, "--optimizer", name)
    grouped = [weight for o in down.optimizers for group in o.param_groups for weight in group["params"]]
    assert len(grouped) == len(down.weights) == len({id(weight) for weight in grouped} & {*map(id, down.weights)})
    pull(model, data)
    for weight in down.filters:
        weight.data.mul_(len(weight) ** 0.5 / weight.norm())  # the norm that a step gives them in any case
    before = [weight.detach().clone() for weight in down.weights]
    down.step(0.0, 0.9, 0.0)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(before, down.weights, strict=True))
    down.step(0.01, 0.9, 0.0)
    moved = [not torch.equal(a, b) for a, b in zip(before, down.weights, strict=True)]
    assert all(m or not w.grad.any() for m, w in zip(moved, down.weights, strict=True))
    assert sum(moved) > len(moved) / 2


def test_muon_moves_filters_by_nearly_orthogonal_matrices(descent, data):
    model, down = descent("--model", "cnn", "--optimizer", "muon")
    pull(model, data)
    weight = down.filters[3]
    start = weight.detach() * len(weight) ** 0.5 / weight.norm()
    down.step(0.5, 0.6, 0.0)
    singular = torch.linalg.svdvals((start - weight.detach()).float()) / 0.5
    assert 0.3 < singular.median() < 1.4 and singular.max() < 1.5


def test_beside_muon_biases_and_head_have_their_own_rates_and_keep_their_proportion(descent, data):
    model, down = descent("--model", "resnet", "--batch-size", "1000")
    pull(model, data)
    down.step(0.12, 0.6, 4e-6)  # half of the peak
    muon, (biases, head) = down.optimizers[0].param_groups[0], down.optimizers[1].param_groups
    assert (muon["lr"], muon["momentum"], muon["weight_decay"]) == (0.12, 0.6, 0)
    assert biases["lr"] == pytest.approx(0.053 * 1000 / 2) and head["lr"] == pytest.approx(0.67 * 1000 / 2)
    assert biases["momentum"] == head["momentum"] == 0.85
    # What they lose a step at the peak, rate × decay, is the weight decay times the images of the step.
    assert [2 * g["lr"] * g["weight_decay"] for g in (biases, head)] == pytest.approx([0.004, 0.004])


def test_matrices_made_orthogonal_together_move_as_torchs_own_muon_moves_them():
    random = torch.Generator().manual_seed(0)
    shapes = [(8, 27), (8, 27), (40, 12), (16, 72)]
    start = [torch.randn(shape, generator=random) for shape in shapes]
    gradients = [[torch.randn(shape, generator=random) for shape in shapes] for _ in range(3)]
    ends = []
    for kind in (optimisation.Muon, optimisation.BatchedMuon):
        weights = [torch.nn.Parameter(weight.clone()) for weight in start]
        muon = kind(weights, lr=0.1, momentum=0.6, weight_decay=0.1, ns_steps=3, adjust_lr_fn="original")
        for step in gradients:
            for weight, gradient in zip(weights, step, strict=True):
                weight.grad = gradient.clone()
            muon.step()
        ends.append([weight.detach() for weight in weights])
    for own, batched, first in zip(*ends, start, strict=True):
        assert torch.allclose(own, batched, atol=5e-3) and not torch.allclose(own, first, atol=5e-2)
