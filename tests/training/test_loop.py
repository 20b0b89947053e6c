"""The loop, without a process of its own: what it reports, and that it learns."""

import io
import itertools
import json
import math
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explorer.maths import losses
from explorer.protocol.errors import Failure
from explorer.training import devices, evaluation, loop, models, steps
from explorer.training.distributed import assemble
from explorer.training.report import RunFolder
from explorer.training.steps import StepEvents


def named(events, name):
    return [event for event in events if event["event"] == name]


def without_times(events):
    times = {"seconds", "images_per_second"}
    return [{k: v for k, v in event.items() if k not in times} for event in events if event["event"] != "samples"]


def test_plain_gradient_descent_is_the_textbooks(data, train, settings):
    """One step on all pictures: W − η · mean((softmax(z) − onehot(y)) xᵀ), from E6."""
    torch.manual_seed(0)
    model = models.build(settings("--model", "softmax"), data["train_images"], 10)
    pixels = model[0](data["train_images"]).reshape(1200, 3072).double().numpy()
    weight, bias = model[2].weight.detach().double().numpy(), model[2].bias.detach().double().numpy()
    labels = data["train_labels"].numpy()
    gradient = losses.softmax_loss_gradient(pixels @ weight.T + bias, labels) / 1200
    steps = 0.01 * gradient.T @ pixels, 0.01 * gradient.sum(0)
    weight, bias = weight - steps[0], bias - steps[1]
    expected = losses.softmax_loss(pixels @ weight.T + bias, labels).mean()
    events = train(
        *("--model", "softmax", "--batch-size", "1200", "--epochs", "2", "--augment", "none", "--optimizer", "sgd"),
        *("--learning-rate", "0.01", "--momentum", "0", "--weight-decay", "0", "--schedule", "constant"),
    )
    first, second = named(events, "step")
    assert second["loss"] == pytest.approx(expected, abs=1e-5)
    # What is told of the first step: the gradient's norm, and how far the weights moved for their size.
    moved = math.sqrt(sum(np.sum(step**2) for step in steps))
    assert first["gradient_norm"] == pytest.approx(moved / 0.01, rel=1e-4)
    assert first["update_ratio"] == pytest.approx(moved / np.linalg.norm(weight + steps[0]), rel=1e-4)
    assert "gradient_norm" not in second


def test_the_same_seed_gives_the_same_run(train):
    runs = [
        train("--model", "softmax", "--epochs", "2", "--augment", "flip-crop", "--seed", s) for s in ("7", "7", "8")
    ]
    assert without_times(runs[0]) == without_times(runs[1])
    assert without_times(runs[0]) != without_times(runs[2])


def test_kl_descends_as_cross_entropy_does_and_is_less_by_the_targets_entropy(train):
    arguments = ("--model", "mlp", "--width", "32", "--epochs", "2", "--label-smoothing", "0.2", "--loss")
    cross_entropy, kl = (named(train(*arguments, loss), "step") for loss in ("cross-entropy", "kl"))
    target = losses.smooth_labels(np.array([0]), 10, 0.2)
    entropy = -np.sum(target * np.log(target))
    differences = [a["loss"] - b["loss"] for a, b in zip(cross_entropy, kl, strict=True)]
    assert len(differences) == 20
    assert differences == pytest.approx([entropy] * 20, abs=1e-4)
    assert entropy == pytest.approx(0.867, abs=1e-3)


def test_the_cnn_beats_softmax_regression_by_15_points(train):
    softmax = train("--model", "softmax", "--epochs", "5")[-1]["test_accuracy"]
    cnn = train("--model", "cnn", "--epochs", "5", "--batch-size", "64", "--learning-rate", "0.03")[-1]["test_accuracy"]
    assert cnn > softmax + 0.15


def test_twenty_images_can_be_learned_by_heart(data, train):
    few = data | {name: data[name][:20] for name in ("train_images", "train_labels")}
    events = train("--recipe", "overfit-twenty", "--epochs", "40", data=few)
    assert named(events, "step")[-1]["loss"] < 0.05


def test_with_all_weights_zero_the_hidden_units_never_learn(training):
    run = training("--recipe", "zero-weights", "--width", "16", "--epochs", "1")
    run.run()
    assert not run.model[2].weight.any() and not run.model[4].weight.any()
    assert run.model[4].bias.any()


def test_with_few_training_images_not_every_epoch_is_evaluated(data, train):
    few = data | {name: data[name][:30] for name in ("train_images", "train_labels")}
    events = train("--model", "softmax", "--epochs", "7", data=few)
    assert [event["epoch"] for event in named(events, "epoch")] == [0, 2, 4, 6, 7]
    assert len(named(events, "step")) == 7


def test_a_rate_too_high_diverges_and_the_run_says_where(train):
    events = train("--recipe", "rate-too-high", "--width", "32")
    (diverged,) = named(events, "diverged")
    steps = named(events, "step")
    finite = [not isinstance(step["loss"], str) for step in steps]
    assert finite.index(False) + 1 == diverged["step"] == events[-1]["diverged"]
    assert events.index(diverged) == events.index(steps[diverged["step"] - 1]) + 1
    assert {step["loss"] for step in steps[diverged["step"] :]} <= {"nan", "inf"}
    assert len(steps) == 30, "the run goes on"
    assert named(events, "epoch")[-1]["test_loss"] == "nan"


def test_the_hinge_loss_falls_on_drawn_shapes_and_is_nine_of_equal_logits(train):
    events = train("--model", "softmax", "--loss", "hinge", "--zero-weights", "--epochs", 4)
    told = [step["loss"] for step in named(events, "step")]
    assert told[0] == pytest.approx(9)  # ten classes, each of nine a margin of 1
    assert np.mean(told[-10:]) < 0.8 * told[0]


def test_a_double_softmax_sticks_at_its_floor_with_every_image_learned(data, train):
    few = {name: some[:20] for name, some in data.items()}
    told = [step["loss"] for step in named(train("--recipe", "double-softmax", "--epochs", 150, data=few), "step")]
    floor = math.log(math.e + 9) - 1
    assert told[0] == pytest.approx(math.log(10), abs=0.01)
    assert floor < min(told) and told[-1] < floor + 0.02


def test_time_ends_a_run(train, monkeypatch):
    ticks = SimpleNamespace(perf_counter=itertools.count(0.0, 0.01).__next__)
    monkeypatch.setattr(steps, "time", ticks)
    events = train("--model", "softmax", "--max-seconds", 0.5)
    assert events[-1]["reason"] == "seconds"
    assert 0.5 <= events[-1]["seconds"] < 0.6
    rates = [event["learning_rate"] for event in named(events, "step")]
    assert rates[-1] < 0.5 * max(rates)


def test_sample_images_are_looked_at_now_and_then_off_the_clock(training, data, monkeypatch):
    monkeypatch.setattr(loop, "SAMPLE_SECONDS", 0.0)
    stream = io.StringIO()
    few = data | {name: data[name][:60] for name in ("train_images", "train_labels")}
    run = training(
        "--model", "cnn", "--epochs", 1, "--batch-size", 20, "--precision", "float32", data=few, stream=stream
    )
    looks = []

    def slow(*arguments):
        looks.append(run.model.training)
        time.sleep(0.2)
        return logits_of(*arguments)

    logits_of = evaluation.logits_of
    monkeypatch.setattr(evaluation, "logits_of", slow)
    started = time.perf_counter()
    finished = run.run()
    passed = time.perf_counter() - started
    samples = named(map(json.loads, stream.getvalue().splitlines()), "samples")
    assert [event["step"] for event in samples] == [1, 2]
    assert np.shape(samples[0]["logits"]) == (20, 10) and samples[0]["logits"] != samples[1]["logits"]
    assert finished["seconds"] <= passed - 0.2 * len(looks)


def test_each_classs_accuracy_is_the_share_of_its_images_that_are_right():
    logits, labels = torch.eye(3)[[0, 0, 1, 1]], torch.tensor([0, 0, 0, 1])
    measured = evaluation.measure(logits, labels)
    assert measured["class_accuracy"][:2] == pytest.approx([2 / 3, 1])
    assert math.isnan(measured["class_accuracy"][2])
    assert measured["test_accuracy"] == 0.75


def test_infinite_and_undefined_test_losses_are_measured_as_such():
    logits = torch.tensor([[math.inf, 0.0], [0.0, 1.0]])
    measured = evaluation.measure(logits, torch.tensor([1, 1]))
    assert not math.isfinite(measured["test_loss"]) and measured["test_accuracy"] == 0.5


def test_steps_are_written_in_batches_not_one_by_one(training):
    class Stream(io.StringIO):
        writes = 0

        def write(self, text):
            self.writes += 1
            return super().write(text)

    stream = Stream()
    run = training("--model", "softmax", "--batch-size", "4", "--epochs", "1", stream=stream)
    seconds = run.run()["seconds"]
    assert stream.getvalue().count('"event": "step"') == 300
    evaluations, rest = 2, 2  # the first step, and the last ones
    samples = stream.getvalue().count('"event": "samples"')
    # The clock stands still while the model is looked at; after that the interval may have passed.
    assert stream.writes <= 2 * evaluations + 3 * samples + seconds / StepEvents.interval + rest


GPU_94 = ("--recipe", "gpu-94", "--batch-size", 50, "--epochs", 1, "--precision", "bfloat16")


def test_no_step_of_the_recipe_for_a_gpu_makes_the_host_wait(training, data, monkeypatch):
    """Reading a number off the device does."""
    monkeypatch.setattr(StepEvents, "interval", 1e9)
    few = data | {name: data[name][:150] for name in ("train_images", "train_labels")}
    run = training(*GPU_94, data=few)
    descend = run._descend

    def asks(*_):
        raise AssertionError("the host waits for the device")

    def watched(*how):
        with monkeypatch.context() as patch:
            for name in ("item", "tolist", "cpu", "numpy", "__bool__", "__float__", "__int__"):
                patch.setattr(torch.Tensor, name, asks)
            descend(*how)

    run._descend = watched
    run.run()
    assert run.step == 3


def test_a_rehearsal_leaves_no_trace(training, data):
    few = data | {name: data[name][:100] for name in ("train_images", "train_labels")}
    streams = io.StringIO(), io.StringIO()
    for stream, rehearsed in zip(streams, (False, True), strict=True):
        run = training(*GPU_94, data=few, stream=stream)
        if rehearsed:
            run.rehearse()
        run.run()
    events = [without_times(map(json.loads, stream.getvalue().splitlines())) for stream in streams]
    assert events[0] == events[1] and len(named(events[0], "step")) == 2


class Cut(Exception):
    """The run ends here, as if killed."""


@pytest.mark.parametrize("arguments", [("mlp", "--width", "16"), ("cnn", "--optimizer", "muon")])
def test_a_resumed_run_goes_on_as_if_never_interrupted(training, data, tmp_path, monkeypatch, arguments):
    """Killed in the third epoch; the last checkpoint is from the second."""
    few = {name: some[: 250 if "train" in name else 30] for name, some in data.items()}
    arguments = ("--model", *arguments, "--epochs", 3, "--batch-size", 50, "--augment", "flip-crop")
    arguments += ("--precision", "float32", "--checkpoint-seconds")
    whole, cut = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "cut")
    whole_end = training(*arguments, 1e6, data=few, folder=whole).run()

    run = training(*arguments, 0, data=few, folder=cut)
    descend = run._descend

    def killed(*how):
        if run.step == 7:
            run.settings["checkpoint_seconds"] = 1e6
        if run.step == 11:
            run.steps.send()
            raise Cut
        descend(*how)

    run._descend = killed
    with pytest.raises(Cut):
        run.run()
    state = torch.load(cut.path / "checkpoint.pt", weights_only=True)
    assert state["run"]["step"] == 7
    again = RunFolder(cut.path, resume=True)
    resumed = training(*arguments, 1e6, "--seed", 0, data=few, folder=again)
    resumed.load_state_dict(state)
    again.cut(state["events"])
    end = resumed.run()
    events = [
        without_times(map(json.loads, (folder.path / "events.jsonl").read_text().splitlines()))
        for folder in (whole, cut)
    ]
    assert events[0] == events[1]
    assert end["test_accuracy"] == whole_end["test_accuracy"] and end["seconds"] > state["seconds"]
    assert not list(cut.path.rglob("*.part"))


def test_a_checkpoint_appears_whole_or_not_at_all(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write("checkpoint.pt", lambda file: file.write(b"first"))

    def dies(file):
        file.write(b"sec")
        raise Cut

    with pytest.raises(Cut):
        folder.write("checkpoint.pt", dies)
    assert (tmp_path / "checkpoint.pt").read_bytes() == b"first"


def test_a_device_that_is_not_there_is_a_failure():
    missing = next(name for name in ("mps", "cuda") if not getattr(torch, name).is_available())
    with pytest.raises(Failure) as error:
        devices.choose(missing, "auto", convolutional=True)
    assert error.value.code == "device" and "cpu" in str(error.value)


def test_only_convolutions_take_bfloat16_and_only_where_the_hardware_multiplies_in_it(monkeypatch):
    for flag in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, flag, lambda: False, raising=False)
    assert devices.choose("cpu", "auto", convolutional=True).precision == "float32"
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert devices.choose("cpu", "auto", convolutional=True).precision == "bfloat16"
    assert devices.choose("cpu", "auto", convolutional=False).precision == "float32"
    assert devices.choose("cpu", "float32", convolutional=True).precision == "float32"


@pytest.mark.parametrize(
    ("has_bfloat16", "capability", "precision"),
    [(True, (8, 0), "bfloat16"), (False, (7, 5), "float16"), (False, (6, 1), "float32")],  # an A100, a T4, a GTX 1080
)
def test_a_graphics_card_computes_in_the_bits_that_it_multiplies_fastest(
    monkeypatch, has_bfloat16, capability, precision
):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", False)
    monkeypatch.setattr(devices, "_trial", lambda device: "")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has_bfloat16)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert devices.choose("auto", "auto", convolutional=True).precision == precision


@pytest.mark.parametrize(
    ("device", "has_nccl", "asked"),
    [("cpu", True, "gloo"), ("cuda", False, "gloo"), ("cuda", True, "cpu:gloo,cuda:nccl")],
)
def test_processes_exchange_gradients_by_what_their_device_and_system_have(monkeypatch, device, has_nccl, asked):
    started = []
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "a run")
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setattr(torch.distributed, "is_nccl_available", lambda: has_nccl)
    monkeypatch.setattr(torch.distributed, "init_process_group", started.append)
    for name, value in (("new_group", None), ("get_rank", 0), ("get_world_size", 2), ("destroy_process_group", None)):
        monkeypatch.setattr(torch.distributed, name, lambda value=value, **_: value)
    with assemble(torch.device(device)) as team:
        assert team.size == 2
    assert started == [asked]


NO_KERNEL = "CUDA error: no kernel image is available for execution on the device\nCompile with TORCH_USE_CUDA_DSA"


@pytest.fixture
def old_card(monkeypatch):
    """A graphics card that torch finds, and has no kernels for."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    ones = torch.ones

    def without_kernels(*shape, device=None):
        if device.type == "cuda":
            raise RuntimeError(NO_KERNEL)
        return ones(*shape)

    monkeypatch.setattr(torch, "ones", without_kernels)


def test_a_graphics_card_without_kernels_is_passed_over_and_the_run_says_why(old_card):
    placement = devices.choose("auto", "float32", convolutional=True)
    assert placement.device.type == "cpu"
    assert placement.facts["passed_over"] == f"cuda: {NO_KERNEL.splitlines()[0]}"
    assert "passed_over" not in devices.choose("cpu", "float32", convolutional=True).facts


def test_a_graphics_card_without_kernels_that_is_asked_for_is_a_failure_with_a_way_out(old_card):
    with pytest.raises(Failure, match=r"no kernel image.*a build of PyTorch with kernels.*--device cpu works") as error:
        devices.choose("cuda", "float32", convolutional=True)
    assert error.value.code == "device"


def test_where_the_order_has_to_be_contiguous_it_is_and_the_logits_are_the_same(training, data, monkeypatch):
    model, convolve = training("--model", "cnn").model, torch.nn.functional.conv2d
    model.eval()
    expected = model(data["test_images"][:20])
    monkeypatch.setattr(models, "CONTIGUOUS", {"cpu"})
    met = []

    def watched(features, filters, *how, **more):
        met.extend([features, filters])
        return convolve(features, filters, *how, **more)

    monkeypatch.setattr(torch.nn.functional, "conv2d", watched)
    assert torch.allclose(model(data["test_images"][:20]), expected, atol=1e-4)
    assert len(met) == 12 and all(tensor.is_contiguous() for tensor in met)


def test_six_views_are_the_image_and_its_neighbours_each_also_mirrored(training, data):
    images, placement = data["test_images"][:40], devices.choose("cpu", "float32", convolutional=True)
    model = training("--model", "cnn").model
    padded = torch.nn.functional.pad(images.permute(0, 3, 1, 2).float(), (1, 1, 1, 1), mode="reflect")
    expected = 0.0
    for share, at in ((0.5, 1), (0.25, 2), (0.25, 0)):  # where the window of 32 pixels begins
        window = padded[:, :, at : at + 32, at : at + 32].permute(0, 2, 3, 1)
        for one in (window, window.flip(2)):
            expected = expected + share / 2 * evaluation.logits_of(model, one, placement)
    assert torch.allclose(evaluation.augmented_logits_of(model, images, placement), expected, atol=1e-5)


def test_six_views_are_counted_in_the_seconds_and_not_in_the_speed(train, monkeypatch):
    ticks = SimpleNamespace(perf_counter=itertools.count(0.0, 0.01).__next__)
    monkeypatch.setattr(steps, "time", ticks)
    plain, seen = (train("--model", "softmax", "--epochs", 1, *more)[-1] for more in ((), ("--six-views",)))
    assert plain["augmented_accuracy"] is None and 0 <= seen["augmented_accuracy"] <= 1
    assert seen["images_per_second"] * seen["seconds"] > 1.01 * 1200
    assert plain["images_per_second"] * plain["seconds"] == pytest.approx(1200)
