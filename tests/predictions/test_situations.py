"""Every situation: what is right is held against a computation of its own, and every outcome has its sentence."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.images.cifar10_classes import CIFAR10, EXAMPLE
from explorer.maths import logistic
from explorer.predictions.kinds import Choice, Situation
from explorer.predictions.table import SITUATIONS, of_page, of_section
from explorer.runs import recorded
from explorer.shell import texts

CAT, DOG = CIFAR10.index("cat"), CIFAR10.index("dog")


def losses_of_descent(logits, label, rate, steps):
    """Return the losses along a descent on logits, by torch's derivatives."""
    z, found = torch.tensor(logits, dtype=torch.float64, requires_grad=True), []
    for _ in range(steps + 1):
        loss = torch.nn.functional.cross_entropy(z, torch.tensor(label))
        found.append(loss.item())
        (gradient,) = torch.autograd.grad(loss, z)
        z = (z - rate * gradient).detach().requires_grad_()
    return found


def logistic_losses(data, start, rate, steps):
    """Return the mean losses along a descent on a weight and a bias, by torch's derivatives."""
    x, y = (torch.tensor(values, dtype=torch.float64) for values in logistic.toy_data(data, 2000, 0))
    theta, found = torch.tensor(start, dtype=torch.float64, requires_grad=True), []
    for _ in range(steps + 1):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(theta[0] * x[:, 0] + theta[1], y)
        found.append(loss.item())
        (gradient,) = torch.autograd.grad(loss, theta)
        theta = (theta - rate * gradient).detach().requires_grad_()
    return found


def steps_of(path, at):
    return [path[step] for step in at]


def likelihood_in_exact_fractions():
    """Return whether the product of the 2,000 probabilities is below what a float64 can hold."""
    x, y = logistic.toy_data("overlapping", 2000, 0)
    log10 = sum(-math.log10(1 + math.exp(-1.5 * z if label else 1.5 * z)) for (z,), label in zip(x, y, strict=True))
    return log10 < -324


def jumps_at_last():
    end = logistic_losses("overlapping", [-2.0, 3.0], 20.0, 60)
    return 1 if max(end[-20:]) - min(end[-20:]) > 0.05 and end[-1] < end[0] else None


def separated():
    x, y = logistic.toy_data("separable", 2000, 0)
    return x[y == 0].max() < x[y == 1].min() or x[y == 1].max() < x[y == 0].min()


def mode_next_to(start):
    """Return where the density of both humps is largest on the side of `start`."""
    x = np.linspace(-8, 0, 8001) if start < 0 else np.linspace(0, 8, 8001)
    return x[np.argmax(0.6 * np.exp(-((x + 3) ** 2) / 2) + 0.4 * np.exp(-((x - 3) ** 2) / 2))]


def softmax_of(z, k):
    return math.exp(z[k]) / sum(map(math.exp, z))


def first_recorded(run):
    lines = (recorded.FOLDER / run / "events.jsonl").read_text("utf-8").splitlines()
    return [event["test_loss"] for event in map(json.loads, lines) if event["event"] == "epoch"]


SMOOTH = (0.82, *[0.02] * 9)

# Of each situation, the right answer from elsewhere: by hand, or by another library.
RIGHT = {
    "coin": lambda: [math.log(2)],
    "twice_as_wrong": lambda: [math.log(1 + math.exp(12))],
    "whose_gradient": lambda: [0 if (f := 1 / (1 + math.exp(6))) - 1 < 2 * (f - 1) * f * (1 - f) else None],
    "product": lambda: [2 if likelihood_in_exact_fractions() else None],
    "downhill": lambda: steps_of(logistic_losses("overlapping", [-2.0, 3.0], 1.0, 12), (1, 2, 3, 4, 6, 8, 12)),
    "too_fast": lambda: [jumps_at_last()],
    "no_maximum": lambda: [1 if separated() else None],
    "which_class": lambda: [CIFAR10.index("horse")],
    "loss_or_ln10": lambda: [math.log(9 + math.e**2)],
    "gradient_way": lambda: [softmax_of(EXAMPLE, DOG)],
    "double_T": lambda: [math.e**3 / (math.e**3 + 9)],
    "add_five": lambda: [softmax_of(EXAMPLE, DOG)],
    "hopeless": lambda: [math.log((math.e**9 + math.e + 8) / math.e)],
    "one_disaster": lambda: [(9 * math.log1p(9 * math.exp(-12)) + math.log(math.exp(40) + 9)) / 10],
    "add_hundred": lambda: [2 if torch.isnan(naive_in_float32()) else None],
    "loss_curve": lambda: steps_of(
        losses_of_descent([0.0] * 5 + [9.0] + [0.0] * 4, CAT, 1.0, 20), (2, 4, 6, 8, 12, 16, 20)
    ),
    "sum_of_sigmoids": lambda: [sum(1 / (1 + math.exp(-z)) for z in (2.2, 1.9, -2.5, -1.0))],
    "raise_one": lambda: [1],
    "second_label": lambda: second_label(),
    "two_is_sigmoid": lambda: [2.0],
    "floor": lambda: [-sum(p * math.log(p) for p in SMOOTH)],
    "ruled_out": lambda: [2],
    "same_gradient": lambda: [2],
    "forward": lambda: [0.6 * -3 + 0.4 * 3],
    "reverse": lambda: [pytest.approx(mode_next_to(-1), abs=0.05)],
    "first_loss": lambda: [first_recorded("synthetic")[0]],
    "rate_ten": lambda: [2],
    "on_pixels": lambda: steps_of(first_recorded("cifar10-softmax"), (1, 2, 4, 8, 14, 20)),
    "shuffled_labels": lambda: [10],
    "softmax_twice": lambda: [math.log(math.e + 9) - 1],
    "sure_mistakes": lambda: [100 * np.mean([max(q) for q, y in recorded_probabilities() if np.argmax(q) != y])],
    "cats": lambda: [100 * np.mean([np.argmax(q) == CAT for q, y in recorded_probabilities() if y == CAT])],
    "half_as_sure": lambda: [1],
}


def recorded_probabilities():
    """Return the probabilities of the recorded CNN for each test image, by torch, with its label."""
    folder = recorded.FOLDER / "cifar10"
    logits = torch.from_numpy(np.load(max((folder / "test_logits").glob("*.npy")))).double()
    return zip(torch.softmax(logits, 1).numpy(), np.load(folder / "test_labels.npy"), strict=True)


def naive_in_float32():
    powers = torch.exp(torch.tensor(EXAMPLE, dtype=torch.float32) - 3.6 + 100)
    return -torch.log(powers[CAT] / powers.sum())


def second_label():
    """Return the probabilities of both true classes after 100 steps, by torch's derivatives."""
    z, target = torch.zeros(4, dtype=torch.float64, requires_grad=True), torch.tensor([0.5, 0.5, 0, 0]).double()
    for _ in range(100):
        (gradient,) = torch.autograd.grad(torch.nn.functional.cross_entropy(z, target), z)
        z = (z - gradient).detach().requires_grad_()
    return torch.softmax(z, 0)[:2].tolist()


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_right_is_what_another_computation_gives(name):
    right = SITUATIONS[name].truth()
    for value, expected in zip(right, RIGHT[name](), strict=True):
        assert value == (
            expected if isinstance(expected, type(pytest.approx(0.0))) else pytest.approx(expected, rel=1e-6)
        )


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_right_answer_is_accepted_and_nothing_else_is(name):
    situation = SITUATIONS[name]
    assert situation.checked(situation.truth()) == "right"
    found = {situation.checked(answer) for answer in answers(situation)}
    assert found == situation.outcomes()


def answers(situation: Situation):
    """Yield answers to a situation: all of a choice; else each of its ideas, and the same everywhere on its axis."""
    yield situation.truth()
    if situation.kind == "choice":
        yield from ((place,) for place in range(len(situation.options)))
        return
    for idea in situation.ideas.values():
        yield tuple(np.atleast_1d(idea(situation.before, situation.now)).tolist())
    length = len(situation.truth())
    for value in [*np.linspace(situation.low, situation.high, 41), *[situation.mark] * (situation.mark is not None)]:
        yield (float(value),) * length


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_outcome_has_a_sentence_of_its_own(language, name):
    words, situation = texts.load(language, "predictions"), SITUATIONS[name]
    said = words.table(f"situations.{name}.said")
    assert said.keys() == situation.outcomes()
    assert len(set(said.values())) == len(said)
    assert len(words(f"situations.{name}.ask")) < (150 if language == "en" else 75)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_belongs_to_a_situation(language):
    assert texts.load(language, "predictions").table("situations").keys() == SITUATIONS.keys()


@pytest.mark.parametrize("name", SITUATIONS)
def test_an_answer_of_another_form_is_refused(name):
    situation = SITUATIONS[name]
    wrong = [
        None,
        3,
        "abc",
        (),
        {},
        (math.nan,),
        (math.inf,),
        (-1e9,),
        (None,),
        ("x",),
        (True, False),
        (0.5,) * 99,
        ([1],),
    ]
    for answer in wrong:
        with pytest.raises(ValueError):
            situation.check(answer)


@pytest.mark.parametrize("name", SITUATIONS)
def test_nothing_that_is_drawn_while_it_is_covered_tells_what_is_right(name):
    situation = SITUATIONS[name]
    start = situation.start()
    if start is not None:
        assert situation.check(start) == start
        unmoved_is_right = situation.checked(start) == "right"
        assert not unmoved_is_right or situation.after  # "nothing changes" may be right
    covered = situation.covered()
    assert not covered.keys() & {"truth", "then", "path"}


def test_what_is_right_is_computed_once_for_all_votes_of_a_class():
    asked = []

    def count(place):
        asked.append(place)
        return place

    ideas = {"second": lambda before, now: count(1)}
    situation = Choice("softmax", "board", {}, right=lambda now: count(0), options=("a", "b", "c"), ideas=ideas)
    outcomes = [situation.checked(situation.check([place])) for place in (0, 1, 2) * 100]
    assert outcomes == ["right", "second", "c"] * 100
    assert sorted(asked) == [0, 1]


def test_a_section_knows_its_situations():
    assert of_section("softmax", "board")[:2] == ["which_class", "loss_or_ln10"]
    assert all(SITUATIONS[name].page == page for page in ("softmax", "train") for name in of_page(page))
    assert {name for situation in SITUATIONS.values() for name in of_page(situation.page)} == SITUATIONS.keys()


def test_the_guide_for_teachers_names_every_situation():
    guide = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text("utf-8")
    assert [name for name in SITUATIONS if f"`{name}`" not in guide] == []
