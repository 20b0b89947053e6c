"""Batches: every picture once an epoch, changed as the settings say."""

import numpy as np
import pytest
import torch

from explorer.protocol.errors import Failure
from explorer.training.batches import Batches
from explorer.training.distributed import Team


@pytest.fixture
def make(data, settings):
    """Return a function that gives an epoch after the other of the first `count` pictures."""

    def make(*arguments, count=1200, rank=0, size=1):
        images, labels = data["train_images"][:count], data["train_labels"][:count]
        return Batches(images, labels, settings(*arguments), Team(rank, size))

    return make


def epoch(batches):
    """Return the pictures, labels and counts of the next epoch's batches."""
    parts = [next(batches)]
    while batches.left:
        parts.append(next(batches))
    return tuple(zip(*parts, strict=True))


def test_an_epoch_shows_every_image_once_in_a_new_order(data, make):
    batches = make("--batch-size", 500, "--augment", "none")
    first, second = epoch(batches), epoch(batches)
    assert first[2] == second[2] == (500, 500, 200)
    for pictures, labels, _ in (first, second):
        shown = sorted(image.numpy().tobytes() for image in torch.cat(pictures))
        assert shown == sorted(image.numpy().tobytes() for image in data["train_images"])
        assert torch.bincount(torch.cat(labels)).tolist() == torch.bincount(data["train_labels"]).tolist()
    assert not torch.equal(first[1][0], second[1][0])
    assert batches.epoch == 2


@pytest.mark.parametrize(("augment", "crop"), [("flip", 4), ("flip-crop", 2), ("flip-crop", 4)])
def test_images_are_flipped_and_shifted_ones_mirrored_at_the_edge(data, make, augment, crop):
    batches = make("--augment", augment, "--crop", crop, "--batch-size", 60, count=60)
    (pictures,), _, _ = epoch(batches)
    images = data["train_images"][:60][batches.state_dict()["order"]]
    limit = crop if augment == "flip-crop" else 0
    seen = set()
    for image, result in zip(images.numpy(), pictures.numpy(), strict=True):
        padded = np.pad(image, ((4, 4), (4, 4), (0, 0)), mode="reflect")
        found = set()
        for down in range(4 - limit, 5 + limit):
            for right in range(4 - limit, 5 + limit):
                window = padded[down : down + 32, right : right + 32]
                found |= {(down, right, True)} if np.array_equal(window[:, ::-1], result) else set()
                found |= {(down, right, False)} if np.array_equal(window, result) else set()
        assert found
        seen |= found
    assert {flipped for *_, flipped in seen} == {False, True}
    assert len(seen) == 2 if limit == 0 else len(seen) > 4 * limit


def test_alternating_flips_show_each_image_in_turn_as_it_is_and_mirrored(data, make):
    batches = make("--augment", "flip", "--flip", "alternate", "--batch-size", 1200)
    mirrored = []
    for _ in range(3):
        (pictures,), _, _ = epoch(batches)
        images = data["train_images"][batches.state_dict()["order"]]
        as_it_is = (pictures == images).flatten(1).all(1)
        flipped = (pictures == images.flip(2)).flatten(1).all(1)
        assert (as_it_is | flipped).all()
        whole = torch.empty(1200, dtype=torch.bool)
        whole[batches.state_dict()["order"]] = flipped & ~as_it_is
        mirrored.append(whole)
    lopsided = ~(data["train_images"] == data["train_images"].flip(2)).flatten(1).all(1)
    assert torch.equal(mirrored[0][lopsided], ~mirrored[1][lopsided])
    assert torch.equal(mirrored[0], mirrored[2])
    assert 0.4 < mirrored[0][lopsided].float().mean() < 0.6


def test_two_processes_see_between_them_what_one_alone_would(make):
    arguments = ("--augment", "flip-crop", "--batch-size", 128)
    alone, left, right = make(*arguments), *(make(*arguments, rank=r, size=2) for r in (0, 1))
    for _ in range(12):
        pictures, labels, count = next(alone)
        for rank, other in enumerate((left, right)):
            part, truth, whole = next(other)
            assert torch.equal(part, pictures[rank::2]) and torch.equal(truth, labels[rank::2])
            assert whole == count == len(labels)


def test_batches_go_on_from_a_saved_state_as_if_never_interrupted(make):
    arguments = ("--augment", "flip-crop", "--flip", "random", "--batch-size", 500)
    batches, other = make(*arguments), make(*arguments, "--seed", 9)
    next(batches), next(batches)
    other.load_state_dict(batches.state_dict())
    for _ in range(4):
        (a, b, c), (d, e, f) = next(batches), next(other)
        assert torch.equal(a, d) and torch.equal(b, e) and c == f
    assert batches.epoch == other.epoch == 2


def test_from_the_second_epoch_on_only_images_of_low_loss_are_skipped(make):
    batches = make("--skip-easy", 0.5, "--augment", "none", "--batch-size", 1200)
    next(batches)
    losses = torch.arange(1200.0)[batches.state_dict()["order"].argsort().argsort()]
    batches.note(losses)
    hard = set(batches.state_dict()["order"][losses >= losses.mean()].tolist())
    next(batches)
    order = batches.state_dict()["order"].tolist()
    assert len(hard) == 600 and hard <= set(order)
    assert 240 < len(order) - 600 < 360 and len(set(order)) == len(order)


def test_a_last_batch_too_small_for_all_processes_joins_the_one_before(make):
    batches = make("--batch-size", 20, "--augment", "none", count=41, rank=1, size=2)
    assert [(len(labels), count) for _, labels, count in (next(batches), next(batches))] == [(10, 20), (10, 21)]
    assert not batches.left


def test_more_processes_than_images_in_a_batch_are_refused(make):
    with pytest.raises(Failure, match="too few images for 3 processes"):
        make("--batch-size", 2, size=3)
    with pytest.raises(Failure, match="single process"):
        make("--skip-easy", 0.5, size=2)
