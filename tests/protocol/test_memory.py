"""The memory that a training takes, estimated before it begins."""

import pytest

from explorer.protocol import machine, memory, recipes
from explorer.protocol.options import TABLE
from explorer.training import evaluation

GB, MB = 10**9, 1 << 20


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch):
    """A machine without a GPU, and without instructions for bfloat16."""
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    monkeypatch.setattr(machine, "multiplies_bfloat16", lambda: False)


def settings(**given):
    return recipes.complete(dict.fromkeys(TABLE) | given)


# Private memory at its most over some steps and an evaluation, as the system counted it on two cores.
MEASURED = {
    ("softmax", 128, "float32"): 379,
    ("softmax", 10_000, "float32"): 580,
    ("mlp", 128, "float32"): 379,
    ("cnn", 16, "float32"): 388,
    ("cnn", 1024, "float32"): 963,
    ("cnn", 2048, "float32"): 1575,
    ("cnn", 2048, "bfloat16"): 1076,
    ("cnn", 4096, "bfloat16"): 1744,
    ("resnet", 2048, "float32"): 3757,
    ("resnet", 2048, "bfloat16"): 2269,
}


@pytest.mark.parametrize(("model", "batch", "precision"), MEASURED)
def test_the_estimate_is_near_to_what_was_measured(model, batch, precision):
    estimated = memory.needed(settings(model=model, batch_size=batch, precision=precision)) / MB
    assert estimated == pytest.approx(MEASURED[model, batch, precision], rel=0.15)


@pytest.mark.parametrize(("optimizer", "megabytes"), [("sgd", 569), ("adamw", 650), ("muon", 743)])
def test_many_weights_count_with_what_the_optimizer_keeps_of_each(optimizer, megabytes):
    wide = settings(model="mlp", width=4096, batch_size=128, optimizer=optimizer)
    assert memory.needed(wide) / MB == pytest.approx(megabytes, rel=0.1)


def test_as_many_test_images_count_as_are_evaluated_at_once():
    assert memory.EVALUATED == evaluation.BATCH


def test_few_training_images_make_no_large_batch():
    assert memory.needed(settings(model="cnn", batch_size=2048, train_size=20)) == memory.needed(
        settings(model="cnn", batch_size=20)
    )


def test_what_would_fit_is_named_and_fits():
    large = settings(model="resnet", batch_size=2048)
    short = memory.shortage(large, 2 * GB)
    assert short.needed == memory.needed(large) and short.free == 2 * GB
    assert memory.shortage(large | {"batch_size": short.batch}, 2 * GB) is None
    assert memory.shortage(large | {"batch_size": 2 * short.batch}, 2 * GB)
    assert memory.shortage(large, short.needed) is None
    assert memory.shortage(large, GB // 2).batch is None


def test_no_shortage_is_reported_where_memory_is_not_known(monkeypatch):
    large = settings(model="resnet", batch_size=2048)
    assert memory.shortage(large, None) is None
    assert memory.shortage(large | {"device": "cuda"}, GB) is None
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    assert memory.shortage(large, GB) is None
    assert memory.shortage(large | {"device": "cpu"}, GB)


def test_a_processor_that_multiplies_bfloat16_takes_less_for_convolutions(monkeypatch):
    before = {model: memory.needed(settings(model=model, batch_size=2048)) for model in recipes.DEFAULTS}
    monkeypatch.setattr(machine, "multiplies_bfloat16", lambda: True)
    after = {model: memory.needed(settings(model=model, batch_size=2048)) for model in recipes.DEFAULTS}
    assert {model for model in before if after[model] < before[model]} == {"cnn", "resnet"}
