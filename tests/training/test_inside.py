"""What an image becomes inside a model: against hooks, against sums by hand, and against small steps of the pixels."""

import base64
import hashlib

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from explorer.pages.results.inside import MOST_MAPS
from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import dumps, loads
from explorer.runs import insides
from explorer.shell import texts
from explorer.training import inside, models
from explorer.training.trained import Trained

MODELS = ("softmax", "mlp", "cnn", "resnet")


@pytest.fixture(scope="module")
def made(data, settings):
    """Return a function that builds a model with settings, whose batch norm has seen some images."""

    def made(*arguments):
        complete = settings("--model", *arguments)
        torch.manual_seed(complete["seed"])
        model = models.build(complete, data["train_images"], 10)
        with torch.no_grad():
            for _ in range(20):
                model.train()(data["train_images"][:64])
        return Trained(model.eval(), complete, "synthetic")

    return made


@pytest.fixture
def look(tmp_path, data):
    """Return a function that looks into a model with the test image 5, and gives back what the server reads of it."""
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"as they are")

    def look(run):
        answer = dumps(inside.look(run, tmp_path, data["test_images"][5]))
        assert len(answer) < insides.MOST_BYTES / 2
        return insides.read(loads(answer), tmp_path)

    return look


@pytest.mark.parametrize("name", MODELS)
def test_the_maps_are_what_the_modules_give_and_the_strongest_are_kept(made, look, data, name):
    run, outputs = made(name), []
    found = look(run)
    for module in list(run.model)[1:-1]:
        if not isinstance(module, torch.nn.Flatten):
            module.register_forward_hook(lambda module, _, out: outputs.append((type(module).__name__, out[0].clone())))
    with torch.no_grad():
        logits = run.model(data["test_images"][5:6])[0].numpy()
    assert np.allclose(found.logits, logits, rtol=1e-5, atol=1e-6)
    if name == "softmax":
        return
    seen = [(layer, step) for layer in found.layers for step in layer.steps]
    assert [step.name for _, step in seen] == [name for name, _ in outputs]
    for (layer, step), (_, output) in zip(seen, outputs, strict=True):
        expected = output.detach().numpy()
        expected = expected.reshape(1, 1, -1) if len(layer.shape) == 1 else expected[layer.channels]
        assert np.abs(step.maps * (step.scale / 127) - expected).max() <= step.scale / 253
        assert step.scale == pytest.approx(np.abs(expected).max())
    by_name = iter(outputs)
    for layer in found.layers:
        last = [next(by_name)[1] for _ in layer.steps][-1].detach().numpy()
        if len(layer.shape) == 3:
            size = np.abs(last).mean((1, 2))
            assert np.allclose(size[layer.channels], np.sort(size)[::-1][: len(layer.channels)])
            assert layer.shape == list(last.shape)


@pytest.mark.parametrize(("name", "most"), [("cnn", 3), ("resnet", 2)])
def test_a_number_of_the_first_convolution_is_the_sum_of_its_products(made, look, data, name, most):
    run, image = made(name), data["test_images"][5]
    with torch.no_grad():
        if name == "resnet":
            run.model[1].bias.copy_(torch.randn(24))
        features = run.model[1](run.model[0](image[None]))[0].numpy()
    found = look(run)
    scaled = (image.numpy() - run.model[0].mean.numpy()) / run.model[0].deviation.numpy()
    assert np.allclose(found.scaled, scaled.transpose(2, 0, 1), atol=1e-5)
    side = features.shape[-1]
    for which, row, column in [(0, 0, 0), (1, 16, 9), (5, side - 1, side - 1), (11, 0, side - 1)]:
        patch, products = found.kernels.products(found.scaled, which, row, column)
        assert patch.shape == (3, most, most)
        total = products.sum() + found.kernels.bias[which]
        assert total == pytest.approx(features[found.layers[0].channels[which], row, column], abs=1e-4)


def test_the_maps_of_softmax_regression_and_the_biases_sum_to_the_logits(made, look):
    run = made("softmax")
    with torch.no_grad():
        run.model[-1].bias.copy_(torch.arange(10.0))
    found = look(run)
    (step,) = found.layers[0].steps
    assert found.kernels is None and step.name == "Template" and found.layers[0].channels == [*range(10)]
    sums = (step.maps * (step.scale / 127)).sum((1, 2)) + np.arange(10)
    assert np.allclose(sums, found.logits, atol=1024 * step.scale / 254 / 8)


@pytest.mark.parametrize("arguments", [("softmax",), ("cnn", "--activation", "silu", "--filters", "8")])
def test_saliency_is_how_fast_a_logit_moves_with_a_pixel(made, data, arguments):
    run, image = made(*arguments), data["test_images"][5]
    maps = inside.saliency(run.model, image)
    assert maps.shape == (10, 32, 32)
    for k in (0, 7):
        row, column = np.unravel_index(maps[k].argmax(), (32, 32))
        moved = image.float().repeat(6, 1, 1, 1)
        for colour in range(3):
            moved[2 * colour, row, column, colour] += 0.125
            moved[2 * colour + 1, row, column, colour] -= 0.125
        with torch.no_grad():
            logits = run.model(moved)[:, k].double().numpy()
        slopes = np.abs(logits[::2] - logits[1::2]) / 0.25
        assert maps[k, row, column] == pytest.approx(slopes.max(), rel=0.05)


@pytest.mark.parametrize("name", MODELS)
def test_the_untrained_model_is_the_one_that_the_run_began_with(data, settings, name):
    complete = settings("--model", name, "--seed", "7")
    torch.manual_seed(complete["seed"])
    model = models.build(complete, data["train_images"], 10)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(1.0)
        model.train()(data["train_images"][:64])
    found = inside.untrained(Trained(model.eval(), complete, "synthetic"))
    assert not found.training
    for name, value in found.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_the_saliency_maps_and_their_rank_correlations_fit(made, look, data):
    run, image = made("mlp", "--width", "16"), data["test_images"][5]
    with torch.no_grad():
        run.model[2].weight.mul_(torch.rand(run.model[2].weight.shape))
    found = look(run)
    maps = inside.saliency(run.model, image), inside.saliency(inside.untrained(run), image)
    for shown, real in zip((found.saliency, found.untrained), maps, strict=True):
        assert np.abs(shown / 255 - real / real.max((1, 2), keepdims=True)).max() <= 1 / 509
    expected = [spearmanr(one.ravel(), other.ravel()).statistic for one, other in zip(*maps, strict=True)]
    assert np.allclose(found.similarity, expected, atol=1e-9)
    ties = np.array([[1.0, 1.0], [2.0, 3.0]]), np.array([[0.0, 5.0], [5.0, 7.0]])
    assert inside.rank_correlation(*ties) == pytest.approx(spearmanr(ties[0].ravel(), ties[1].ravel()).statistic)
    assert inside.rank_correlation(ties[0], np.ones((2, 2))) is None


def test_without_weights_nothing_moves_and_nothing_is_compared(made, look):
    found = look(made("cnn", "--zero-weights", "--filters", "4"))
    assert found.similarity == [None] * 10
    assert not found.saliency.any() and not any(step.maps.any() for layer in found.layers for step in layer.steps)


def test_numbers_that_overflow_are_a_failure(made, look):
    run = made("mlp", "--width", "8")
    with torch.no_grad():
        run.model[2].weight.fill_(1e38)
    with pytest.raises(Failure) as failure:
        look(run)
    assert failure.value.code == "diverged"


def test_it_is_known_of_which_weights_it_is(made, tmp_path, data, look):
    look(made("softmax"))
    facts = inside.look(made("softmax"), tmp_path, data["test_images"][5])
    assert facts["weights"] == hashlib.sha256(b"as they are").hexdigest()
    image = np.frombuffer(base64.b64decode(facts["image"]), np.uint8).reshape(32, 32, 3)
    assert np.array_equal(image, data["test_images"][5].numpy())


def test_the_page_says_how_many_maps_are_kept():
    assert inside.MOST == MOST_MAPS == 12
    assert "twelve" in texts.load("en", "results")("inside.lead")
    assert "十二" in texts.load("zh", "results")("inside.lead")
