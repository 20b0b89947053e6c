"""Models, batches, descent and loop, without a process of their own."""

import io
import json
import math

import numpy as np
import pytest
import torch

from explorer import losses
from explorer.synthetic import draw
from explorer.training import batches, devices, evaluation, loop, models, optimisation, options, recipes
from explorer.training.failures import Failure
from explorer.training.report import Report


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def data():
    images, labels = draw(1_500, np.random.default_rng(3))
    train, test = slice(0, 1_200), slice(1_200, None)
    return {
        "train_images": torch.from_numpy(images[train]),
        "train_labels": torch.from_numpy(labels[train]),
        "test_images": torch.from_numpy(images[test]),
        "test_labels": torch.from_numpy(labels[test]),
    }


@pytest.fixture
def train(data, control, progress):
    """Return a function that trains as a command line says and returns the events."""

    def train(*arguments):
        settings = recipes.complete(options.parse(["--device", "cpu", *arguments]))
        torch.manual_seed(settings["seed"])
        placement = devices.place("cpu", settings["model"] in models.CONVOLUTIONAL)
        model = models.build(settings["model"], data["train_images"], 10)
        stream = io.StringIO()
        finished = loop.Training(model, data, settings, placement).run(Report(stream, control), progress, control)
        return [*map(json.loads, stream.getvalue().splitlines()), finished]

    return train


@pytest.mark.parametrize(("name", "parameters"), [("softmax", 30_730), ("cnn", 288_746)])
def test_a_model_takes_pixels_gives_ten_logits_and_begins_at_ln_10(data, name, parameters):
    model = models.build(name, data["train_images"], 10)
    assert sum(weight.numel() for weight in model.parameters()) == parameters
    logits = model(data["train_images"][:200])
    assert logits.shape == (200, 10)
    loss = losses.softmax_loss(logits.detach().double().numpy(), data["train_labels"][:200].numpy()).mean()
    assert loss == pytest.approx(math.log(10), abs=0.1)


def test_softmax_regression_is_one_matrix(data):
    model = models.build("softmax", data["train_images"], 10)
    normalise, _, head = model
    pixels = normalise(data["test_images"]).reshape(300, 3072)
    assert torch.allclose(model(data["test_images"]), pixels @ head.weight.T + head.bias, atol=1e-5)


def test_normalised_training_pictures_have_mean_0_and_deviation_1(data):
    normalised = models.Normalise(data["train_images"])(data["train_images"])
    assert torch.allclose(normalised.mean((0, 2, 3)), torch.zeros(3), atol=1e-4)
    assert torch.allclose(normalised.std((0, 2, 3)), torch.ones(3), atol=1e-4)
    assert normalised.is_contiguous(memory_format=torch.channels_last)


def test_an_epoch_shows_every_picture_once_in_a_new_order(data):
    images, labels = data["train_images"], data["train_labels"]
    generator = torch.Generator().manual_seed(0)
    first, second = (list(batches.epoch(images, labels, 500, "none", generator)) for _ in range(2))
    assert [len(truth) for _, truth in first] == [500, 500, 200]
    for pictures, truth in (map(torch.cat, zip(*epoch, strict=True)) for epoch in (first, second)):
        assert sorted(image.numpy().tobytes() for image in pictures) == sorted(i.numpy().tobytes() for i in images)
        assert torch.bincount(truth).tolist() == torch.bincount(labels).tolist()
    assert not torch.equal(first[0][1], second[0][1])


@pytest.mark.parametrize("augment", ["flip", "flip-crop"])
def test_augmented_pictures_are_flipped_and_shifted_ones_mirrored_at_the_edge(data, augment):
    images = data["train_images"][:60]
    picked = batches.pick(images, torch.arange(60), augment, torch.Generator().manual_seed(1))
    limit = batches.SHIFT if augment == "flip-crop" else 0
    seen = set()
    for image, result in zip(images.numpy(), picked.numpy(), strict=True):
        padded = np.pad(image, ((4, 4), (4, 4), (0, 0)), mode="reflect")
        for down in range(4 - limit, 5 + limit):
            for right in range(4 - limit, 5 + limit):
                window = padded[down : down + 32, right : right + 32]
                seen |= {(down, right, True)} if np.array_equal(window[:, ::-1], result) else set()
                seen |= {(down, right, False)} if np.array_equal(window, result) else set()
    assert {flipped for *_, flipped in seen} == {False, True}
    assert len(seen) == 2 if augment == "flip" else len(seen) > 30


def test_the_objective_is_cross_entropy_to_smoothed_targets():
    logits, labels = np.random.default_rng(0).normal(size=(6, 10)) * 3, np.array([0, 1, 2, 3, 4, 9])
    for smoothing in (0.0, 0.2):
        ours = optimisation.objective(torch.from_numpy(logits), torch.from_numpy(labels), smoothing).item()
        targets = losses.smooth_labels(labels, 10, smoothing)
        assert ours == pytest.approx(np.mean(-np.sum(targets * losses.log_softmax(logits), axis=-1)))


@pytest.mark.parametrize("name", optimisation.SCHEDULES)
def test_a_schedule_peaks_at_1_and_all_but_the_constant_end_at_0(name):
    schedule = optimisation.SCHEDULES[name]
    shares = [schedule(progress) for progress in np.linspace(0, 1, 101)]
    assert max(shares) == pytest.approx(1)
    assert shares[-1] == pytest.approx(1 if name == "constant" else 0)


def test_weight_decay_spares_biases_and_normalisation(data):
    model = models.build("cnn", data["train_images"], 10)
    for name in ("sgd", "adamw"):
        settings = recipes.complete(options.parse(["--model", "cnn", "--optimizer", name]))
        decayed, spared = optimisation.optimizer(model, settings, torch.device("cpu")).param_groups
        assert decayed["weight_decay"] == settings["weight_decay"] > 0 == spared["weight_decay"]
        assert all(weight.ndim > 1 for weight in decayed["params"])
        assert all(weight.ndim == 1 for weight in spared["params"])


def test_plain_gradient_descent_is_the_textbooks(data, train):
    """One step on all pictures: W − η · mean((softmax(z) − onehot(y)) xᵀ), from E6."""
    torch.manual_seed(0)
    model = models.build("softmax", data["train_images"], 10)
    pixels = model[0](data["train_images"]).reshape(1200, 3072).double().numpy()
    weight, bias = model[2].weight.detach().double().numpy(), model[2].bias.detach().double().numpy()
    labels = data["train_labels"].numpy()
    gradient = losses.softmax_loss_gradient(pixels @ weight.T + bias, labels) / 1200
    weight, bias = weight - 0.01 * gradient.T @ pixels, bias - 0.01 * gradient.sum(0)
    expected = losses.softmax_loss(pixels @ weight.T + bias, labels).mean()
    events = train(
        *("--model", "softmax", "--batch-size", "1200", "--epochs", "2", "--augment", "none", "--optimizer", "sgd"),
        *("--learning-rate", "0.01", "--momentum", "0", "--weight-decay", "0", "--schedule", "constant"),
    )
    second = next(event for event in events if event.get("step") == 2)
    assert second["loss"] == pytest.approx(expected, abs=1e-5)


def without_times(events):
    return [{k: v for k, v in event.items() if k not in {"seconds", "images_per_second"}} for event in events]


def test_the_same_seed_gives_the_same_run(train):
    runs = [
        train("--model", "softmax", "--epochs", "2", "--augment", "flip-crop", "--seed", s) for s in ("7", "7", "8")
    ]
    assert without_times(runs[0]) == without_times(runs[1])
    assert without_times(runs[0]) != without_times(runs[2])


def test_the_cnn_beats_softmax_regression_by_15_points(train):
    accuracy = {name: train("--model", name, "--epochs", "6")[-1]["test_accuracy"] for name in ("softmax", "cnn")}
    assert accuracy["cnn"] > accuracy["softmax"] + 0.15


def test_with_few_training_pictures_not_every_epoch_is_evaluated(data, control, progress):
    few = data | {name: data[name][:30] for name in ("train_images", "train_labels")}
    settings = recipes.complete(options.parse(["--model", "softmax", "--epochs", "7"]))
    model = models.build("softmax", few["train_images"], 10)
    stream = io.StringIO()
    training = loop.Training(model, few, settings, devices.place("cpu", False))
    training.run(Report(stream, control), progress, control)
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    evaluated = [event["epoch"] for event in events if event["event"] == "epoch"]
    assert evaluated == [0, 2, 4, 6, 7]
    assert len([event for event in events if event["event"] == "step"]) == 7


def test_a_run_that_diverges_says_so_in_numbers(train):
    events = train("--model", "softmax", "--learning-rate", "1000", "--epochs", "8", "--schedule", "constant")
    assert all(not isinstance(event.get("loss"), str) or event["loss"] in {"inf", "nan"} for event in events)
    assert max(event["loss"] for event in events if isinstance(event.get("loss"), float)) > 100


def test_steps_are_written_in_batches_not_one_by_one(data, control, progress):
    class Stream(io.StringIO):
        writes = 0

        def write(self, text):
            self.writes += 1
            return super().write(text)

    stream = Stream()
    settings = recipes.complete(options.parse(["--model", "softmax", "--batch-size", "4", "--epochs", "1"]))
    model = models.build("softmax", data["train_images"], 10)
    training = loop.Training(model, data, settings, devices.place("cpu", False))
    seconds = training.run(Report(stream, control), progress, control)["seconds"]
    assert stream.getvalue().count('"event": "step"') == 300
    evaluations, rest = 2, 1
    assert stream.writes <= evaluations + seconds / loop.StepEvents.interval + rest


def test_a_device_that_is_not_there_is_a_failure():
    missing = next(name for name in ("mps", "cuda") if not getattr(torch, name).is_available())
    with pytest.raises(Failure) as error:
        devices.place(missing, convolutional=True)
    assert error.value.code == "device" and "cpu" in str(error.value)


def test_only_convolutions_take_bfloat16_and_only_where_the_hardware_multiplies_in_it(monkeypatch):
    for flag in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, flag, lambda: False, raising=False)
    assert devices.place("cpu", convolutional=True).precision == "float32"
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert devices.place("cpu", convolutional=True).precision == "bfloat16"
    assert devices.place("cpu", convolutional=False).precision == "float32"


def test_infinite_and_undefined_test_losses_are_measured_as_such():
    logits = torch.tensor([[math.inf, 0.0], [0.0, 1.0]])
    loss, accuracy = evaluation.measure(logits, torch.tensor([1, 1]))
    assert not math.isfinite(loss) and accuracy == 0.5
