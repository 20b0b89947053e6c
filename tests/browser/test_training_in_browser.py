"""The training in the visitor's own browser: its arithmetic against the training program's, and a whole session."""

import json
import math
import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from explorer.images import shapes
from explorer.protocol import recipes
from explorer.protocol.json_numbers import from_wire, to_wire
from explorer.runs.answer import summary
from explorer.runs.history import History
from explorer.training import losses, models, optimisation
from tests.browser.conftest import drawn, fresh_tab

GENERATOR = np.random.default_rng(0)
BATCHES = [GENERATOR.permutation(60)[:size].tolist() for size in (16, 16, 16, 12, 7, 1, 16, 16)]
RATES = [0.0, 0.01, 0.02, 0.02, 0.01, 0.005, 0.02, 0.01]


@pytest.fixture(scope="module")
def calculate(modules):
    """Return a function that runs a body of JavaScript on one argument, with the modules of the training at hand."""

    def calculate(body, argument):
        script = f"""async (argument) => {{
            const {{ toWire, fromWire }} = await import("http://explorer.test/shared/wire.js");
            const network = await import("http://explorer.test/run_monitor/in_browser/network.js");
            const training = await import("http://explorer.test/run_monitor/in_browser/training.js");
            const given = fromWire(argument);
            {body}
            return JSON.stringify(toWire(result));
        }}"""
        return from_wire(json.loads(modules.evaluate(script, to_wire(argument))))

    return calculate


STEPS = """
const images = Uint8Array.from(given.images);
const inputs = network.inputsOf(images, network.normalisation(images));
const layers = given.layers.map(({ weights, bias }) => ({
    inputs: weights.length / bias.length, outputs: bias.length,
    weights: Float32Array.from(weights), bias: Float32Array.from(bias),
}));
const velocities = network.zerosLike(layers);
const losses = given.batches.map((batch, step) => {
    const x = new Float32Array(batch.length * network.INPUTS);
    batch.forEach((image, row) => {
        x.set(inputs.subarray(image * network.INPUTS, (image + 1) * network.INPUTS), row * network.INPUTS);
    });
    const outputs = network.forward(layers, x, batch.length);
    const labels = batch.map((image) => given.labels[image]);
    const { losses, gradient } = network.crossEntropy(outputs.at(-1), labels, 10, given.smoothing);
    const mean = gradient.map((component) => component / batch.length);
    const gradients = network.backward(layers, outputs, mean, batch.length);
    const { rates, momentum, decay } = given;
    const norms = network.descend(layers, gradients, velocities, { rate: rates[step], momentum, decay });
    return [losses.reduce((a, b) => a + b, 0) / batch.length, norms.gradient];
});
const result = { losses, layers: layers.map(({ weights, bias }) => ({ weights: [...weights], bias: [...bias] })) };
"""


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("model", ["softmax", "mlp"])
def test_its_steps_are_those_of_the_training_program(calculate, model, momentum):
    torch.manual_seed(0)
    images, labels = shapes.draw(60, np.random.default_rng(3))
    settings = recipes.complete({"model": model, "width": 6, "label_smoothing": 0.1})
    pictures, answers = torch.from_numpy(images), torch.from_numpy(labels)
    reference = models.build(settings, pictures, 10)
    linear = [module for module in reference if isinstance(module, torch.nn.Linear)]

    def weights():
        return [{"weights": it.weight.detach().ravel().tolist(), "bias": it.bias.detach().tolist()} for it in linear]

    given = {
        "images": images.ravel().tolist(),
        "labels": labels.tolist(),
        "layers": weights(),
        "batches": BATCHES,
        "rates": RATES,
        "momentum": momentum,
        "decay": 0.05,
        "smoothing": 0.1,
    }
    descent, expected = optimisation.Descent(reference, settings, torch.device("cpu")), []
    for batch, rate in zip(BATCHES, RATES, strict=True):
        loss = losses.objective(reference(pictures[batch]), answers[batch], settings).mean()
        descent.zero_grad()
        loss.backward()
        expected.append([loss.item(), torch.nn.utils.get_total_norm([it.grad for it in descent.weights]).item()])
        descent.step(rate, momentum, 0.05)
    found = calculate(STEPS, given)
    np.testing.assert_allclose(found["losses"], expected, rtol=2e-5)
    for layer, after in zip(found["layers"], weights(), strict=True):
        for name in after:
            np.testing.assert_allclose(layer[name], after[name], atol=1e-5, err_msg=name)
    assert abs(np.subtract(after["weights"], given["layers"][-1]["weights"])).max() > 1e-3  # they have moved


EXTREME = [
    [0.0] * 10,
    [1000.0, 997.0] + [0.0] * 8,
    [40.0] + [0.0] * 9,
    [-1e4, 1e4] + [0.0] * 8,
    [math.inf] + [0.0] * 9,
    [-math.inf] + [0.0] * 9,
    [math.inf, math.inf] + [0.0] * 8,
    [-math.inf] * 10,
]
CROSS_ENTROPY = """
const labels = given.logits.map(() => given.label);
const found = network.crossEntropy(Float32Array.from(given.logits.flat()), labels, 10, given.smoothing);
const result = [[...found.losses], [...found.gradient]];
"""


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("label", [0, 1, 9])
def test_its_loss_is_exact_however_large_the_logits_are(calculate, label, smoothing):
    logits = torch.tensor(EXTREME, dtype=torch.float64, requires_grad=True)
    target = losses.targets(torch.full((len(EXTREME),), label), 10, smoothing).double()
    expected = losses.cross_entropy(logits, target)
    expected.sum().backward()
    given = {"logits": EXTREME, "label": label, "smoothing": smoothing}
    found, gradient = calculate(CROSS_ENTROPY, given)
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(np.reshape(gradient, logits.shape), logits.grad.numpy(), rtol=1e-6, atol=1e-7)


RUN = """
const part = ({ images, labels }) => ({ images: Uint8Array.from(images), labels: Uint8Array.from(labels) });
const data = { classes: given.classes, train: part(given.train), test: part(given.test) };
const run = new training.Training(data, given.settings);
while (!run.reason) run.advance();
const result = {
    rates: run.rows.map((row) => row[5]), epochs: run.evaluations, reason: run.reason,
    images: run.images, step: run.step,
};
"""


@pytest.mark.parametrize("schedule", optimisation.SCHEDULES)
def test_a_run_takes_the_steps_and_rates_of_the_program(calculate, schedule):
    images, labels = shapes.draw(60, np.random.default_rng(3))
    part = {"images": images.ravel().tolist(), "labels": labels.tolist()}
    settings = recipes.complete({"model": "softmax", "schedule": schedule, "batch_size": 25, "epochs": 30})
    found = calculate(RUN, {"classes": list(shapes.SHAPES), "train": part, "test": part, "settings": settings})
    share = optimisation.SCHEDULES[schedule]
    assert found["rates"] == pytest.approx([0.002 * share(step / 90) for step in range(90)])
    assert (found["reason"], found["step"], found["images"]) == ("epochs", 90, 30 * 60)
    assert [it["epoch"] for it in found["epochs"]] == list(range(31))
    first, last = found["epochs"][0], found["epochs"][-1]
    assert first["test_loss"] == pytest.approx(math.log(10), abs=0.1)
    assert last["test_loss"] < 1  # of the images that it was trained on
    assert last["test_accuracy"] == pytest.approx(np.mean(last["class_accuracy"]))


HISTORY = """
const history = new training.History();
const rest = (at) => ({ rate: 0.1, seconds: at, images: at, gradient: 1, update: 1 });
given.forEach((loss, at) => history.add({ step: at + 1, loss, ...rest(at) }));
const result = history.rows;
"""


def test_its_steps_are_summarised_as_those_of_a_run_on_the_server(calculate):
    values = GENERATOR.uniform(0, 3, 4321).tolist()
    expected = History()
    for at, loss in enumerate(values):
        expected.add(at + 1, loss, 0.1, at, at, gradient_norm=1.0, update_ratio=1.0)
    found = calculate(HISTORY, values)
    assert len(found) <= 1000
    np.testing.assert_allclose(found, [summary(row) for row in expected.rows], rtol=1e-4)


def button(tab, name):
    return tab.get_by_role("button", name=name, exact=True)


MARKS = "document.querySelector('.xrm-chart')._fullLayout.annotations.map(({ text }) => text)"
LOSS = ".xrm-tiles div:nth-child(2) dd:first-of-type"


def test_where_the_shapes_do_not_come_it_says_so_and_can_be_started_again(tab, app_url):
    tab.route("**/explorer-images/**", lambda route: route.abort())
    tab.goto(f"{app_url}/train?where=browser&epochs=1&model=mlp&width=4")
    drawn(tab)
    room = tab.locator(".stElementContainer:has(.xrm-replay)")
    expect(room).to_be_hidden()
    button(tab, "Start training").click()
    expect(tab.locator(".xrm-note")).to_contain_text("did not come from the server")
    tab.unroute("**/explorer-images/**")
    button(tab, "Train again").click()
    expect(tab.locator(".xrm-state")).to_have_text("Finished after epoch 1")
    expect(room).to_be_visible()


def test_a_small_learning_rate_is_taken_as_it_is_typed(tab, app_url):
    tab.goto(f"{app_url}/train?where=browser&epochs=200&limit=7200&batch=16")
    drawn(tab)
    button(tab, "Start training").click()
    rate = tab.get_by_label("Peak learning rate", exact=True)
    expect(rate).to_have_value("0.002")
    for typed, shown in (("0.00002", "0.00002"), ("3e-7", "3e-7"), ("0.0123456", "0.0123456")):
        rate.fill(typed)
        rate.press("Enter")
        expect(rate).to_have_value(shown)
        tab.wait_for_function(f"{MARKS}.at(-1) === 'learning rate {shown}'")
    rate.fill("1001")
    rate.press("Enter")
    expect(tab.locator(".xb-refused")).to_contain_text("0 … 1000")
    said, field = (node.bounding_box() for node in (tab.locator(".xb-refused"), rate))
    assert 0 < said["y"] - field["y"] - field["height"] < 10 and said["x"] < field["x"] + field["width"]
    expect(rate).to_have_value("0.0123456")
    rate.press("ArrowUp")
    expect(rate).to_have_value("0.0125456")
    button(tab, "Stop").click()


@pytest.mark.slow
def test_who_would_wait_on_the_server_trains_in_the_browser_at_once(visit, chromium, app_url):
    other = visit("/train?data=synthetic&model=softmax&batch=16&epochs=200&limit=7200")
    button(other, "Start training").click()
    button(other, "Pause").wait_for(timeout=180_000)
    with fresh_tab(chromium, viewport={"width": 1280, "height": 720}, locale="en-US") as tab:
        tab.goto(f"{app_url}/train?data=synthetic&batch=32&epochs=200")
        drawn(tab)
        button(tab, "Start training").click()
        expect(tab.locator(".xrm-state")).to_have_text(re.compile("In the queue"))
        button(tab, "Start in this browser at once").click()
        state = tab.locator(".xrm-state")
        expect(state).to_have_text(re.compile(r"Training: epoch \d+ of 200"))
        button(tab, "Pause").click()
        expect(state).to_have_text(re.compile(r"Paused after step \d+"))
        step = int(re.search(r"\d+", state.inner_text())[0])
        button(tab, "One step").click()
        expect(state).to_have_text(f"Paused after step {step + 1}")
        button(tab, "Ten steps").click()
        expect(state).to_have_text(f"Paused after step {step + 11}")
        rate = tab.get_by_label("Peak learning rate", exact=True)
        rate.fill("0.01")
        rate.press("Enter")
        button(tab, "Resume").click()
        # From ln 10, the loss falls; what was changed is marked, and what was learned is seen in ten templates.
        tab.wait_for_function(f"() => Number(document.querySelector('{LOSS}').textContent) < 2.1", timeout=180_000)
        first = tab.evaluate(
            "document.querySelector('.xrm-chart').data.find(({ name }) => name === 'test images').y[0]"
        )
        assert first == pytest.approx(math.log(10), abs=0.02)
        assert "learning rate 0.01" in tab.evaluate(MARKS)
        expect(tab.locator(".xrm-templates figure")).to_have_count(10)
        # It goes on while another page is looked at.
        tab.get_by_role("link", name="Softmax loss", exact=True).first.click()
        tab.locator(".xlb").wait_for()
        tab.get_by_role("link", name="Training", exact=True).first.click()
        expect(state).to_have_text(re.compile(r"Training: epoch \d+ of 200"))
        button(tab, "Stop").click()
        expect(state).to_have_text(re.compile(r"Stopped in epoch \d+"))
        expect(tab.locator(".xrm-beside")).to_contain_text("needs a run that is kept")
        # The place in the queue is kept.
        button(tab, "Show it").click()
        expect(state).to_have_text(re.compile("In the queue"))
    button(other, "Stop").click()
    button(other, "Train again").wait_for(timeout=180_000)
