"""The classifiers: shapes, beginnings, and what of them can be shown."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explorer.maths import losses
from explorer.protocol.layers import layers
from explorer.training import models


@pytest.fixture(scope="module")
def build(data, settings):
    return lambda *arguments: models.build(settings(*arguments), data["train_images"], 10)


PARAMETERS = {"softmax": 30_730, "mlp": 789_258, "cnn": 288_746, "resnet": 1_971_352}


@pytest.mark.parametrize("name", models.MODELS)
def test_a_model_takes_pixels_gives_ten_logits_and_begins_at_ln_10(build, data, name):
    model = build("--model", name)
    assert sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == PARAMETERS[name]
    logits = model(data["train_images"][:100])
    assert logits.shape == (100, 10)
    loss = losses.softmax_loss(logits.detach().double().numpy(), data["train_labels"][:100].numpy()).mean()
    assert loss == pytest.approx(math.log(10), abs=0.1)


@torch.no_grad()
def layers_of(model, pictures):
    """Return what `layers` says, as the real model shows it while it works."""
    rows = []

    def note(module, _, output):
        trained = sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
        rows.append([type(module).__name__, list(output.shape[1:]), trained])

    for module in model:
        module.register_forward_hook(note)
    model(pictures)
    return rows


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        *(((name,), count) for name, count in PARAMETERS.items()),
        (("mlp", "--width", "64"), 3073 * 64 + 65 * 10),
        (("cnn", "--filters", "48", "--activation", "silu"), 9 * (3 * 48 + 31 * 48**2) + 28 * 48 + 40 * 48 + 10),
        (("cnn", "--filters", "1"), 9 * (3 + 31) + 28 + 40 + 10),
    ],
)
def test_the_table_of_layers_is_the_real_models(build, settings, data, arguments, parameters):
    table = layers(settings("--model", *arguments))
    assert layers_of(build("--model", *arguments), data["train_images"][:2]) == table
    assert sum(count for _, _, count in table) == parameters


def test_softmax_regression_is_one_matrix(build, data):
    model = build("--model", "softmax")
    normalise, _, head = model
    pixels = normalise(data["test_images"]).reshape(300, 3072)
    assert torch.allclose(model(data["test_images"]), pixels @ head.weight.T + head.bias, atol=1e-5)


def test_normalised_training_images_have_mean_0_and_deviation_1(data):
    normalised = models.Normalise.of(data["train_images"])(data["train_images"])
    assert torch.allclose(normalised.mean((0, 2, 3)), torch.zeros(3), atol=1e-4)
    assert torch.allclose(normalised.std((0, 2, 3)), torch.ones(3), atol=1e-4)
    assert normalised.is_contiguous(memory_format=torch.channels_last)


def test_without_normalisation_a_model_gets_the_pixels_as_they_are(build, data):
    some = data["test_images"][:5]
    assert torch.equal(build("--no-normalise")[0](some), some.permute(0, 3, 1, 2).float())


def test_a_convolution_is_torchs_and_channels_last(data):
    ours, torchs = models.Convolution(5, 7), torch.nn.Conv2d(5, 7, 3, padding=1, bias=False)
    torchs.weight = torch.nn.Parameter(ours.filters.detach().contiguous())
    features = torch.randn(4, 5, 8, 8)
    assert torch.allclose(ours(features), torchs(features), atol=1e-6)
    assert ours.filters.is_contiguous(memory_format=torch.channels_last)
    assert ours.weight.shape == (7, 45)


def test_whitened_patches_are_uncorrelated_with_variance_1_or_less(data):
    normalise = models.Normalise.of(data["train_images"])
    whitening = models.Whitening(data["train_images"], normalise)
    seen = whitening(normalise(models.evenly(data["train_images"], models.WHITENED_FROM)))
    covariance = torch.cov(seen[:, :12].permute(1, 0, 2, 3).reshape(12, -1))
    variances = covariance.diagonal()
    assert (covariance - variances.diag()).abs().max() < 0.01
    assert 0.95 < variances.max() < 1.01
    assert torch.allclose(seen[:, 12:], -seen[:, :12], atol=1e-4)


def test_the_resnets_filters_begin_by_passing_their_inputs_on(build):
    first = next(module for module in build("--model", "resnet") if isinstance(module, models.Convolution))
    features = torch.randn(2, 24, 9, 9)
    assert torch.allclose(first(features)[:, :24], features, atol=1e-6)


@pytest.mark.parametrize("name", models.MODELS)
def test_zero_weights_give_zero_logits(build, data, name):
    assert not build("--model", name, "--zero-weights").eval()(data["test_images"][:20]).any()


def test_a_template_is_what_the_class_multiplies_the_image_by(build, data):
    model = build("--model", "softmax")
    templates = models.weight_images(model)["templates"].float()
    pictures = model[0](data["test_images"][:6]).permute(0, 2, 3, 1)
    logits = torch.einsum("nhwc,khwc->nk", pictures, templates)
    assert torch.allclose(logits, model(data["test_images"][:6]), atol=1e-3)


@pytest.mark.parametrize(("name", "shape"), [("cnn", (32, 3, 3, 3)), ("resnet", (24, 2, 2, 3))])
def test_first_filters_are_small_images(build, data, name, shape):
    model = build("--model", name)
    filters = models.weight_images(model)["filters"]
    assert filters.shape == shape and filters.dtype == torch.float16
    features = model[0](data["test_images"][:2])
    expected = F.conv2d(features, filters.float().permute(0, 3, 1, 2), padding=shape[1] // 2 if name == "cnn" else 0)
    assert np.allclose(model[1](features).detach(), expected, atol=0.02)
