"""What JavaScript repeats, against its Python originals on the same cases; and how a component is made."""

import json

import numpy as np
import pytest

from explorer.maths import hinge, losses
from explorer.maths.comparison import exceeds, without_roundings
from explorer.protocol.json_numbers import from_wire, to_wire
from explorer.shell.numbers import number

GENERATOR = np.random.default_rng(0)
LOGITS = [
    *(GENERATOR.normal(scale=scale, size=10).tolist() for scale in (0.1, 1, 10, 300)),
    [0.0] * 10,
    [1000.0, 997.0] + [0.0] * 8,
    [40.0] + [0.0] * 9,
    [-1e4, 1e4] + [0.0] * 8,
]
Z = [-1e4, -745.5, -40.0, -1.5, 0.0, 1e-9, 0.3, 40.0, 800.0]
NEAR = [-np.inf, -0.3, 0.0, 1e-13, 0.3, 0.1 + 0.2, 0.3 + 1e-9, 1.0, 1.0 + 5e-10, 1.0 + 5e-9, np.inf, np.nan]
P = [[1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.5, 0.5, 0.0], [1 / 3] * 3, [1 - 2e-10, 1e-10, 1e-10]]


@pytest.fixture(scope="module")
def call(modules):
    """Return a function that calls an exported function of a shared module in the browser."""

    def call(module, function, cases):
        script = """async ([module, name, cases]) => {
            const { toWire, fromWire } = await import("http://explorer.test/shared/wire.js");
            const exported = (await import(`http://explorer.test/shared/${module}`))[name];
            return JSON.stringify(cases.map((arguments_) => toWire(exported(...fromWire(arguments_)))));
        }"""
        return from_wire(json.loads(modules.evaluate(script, [module, function, to_wire(cases)])))

    return call


CASES = {
    "sigmoid": (losses.sigmoid, [[z] for z in Z]),
    "binaryCrossEntropy": (losses.binary_cross_entropy, [[z, y] for z in Z for y in (0, 1)]),
    "binaryCrossEntropyGradient": (losses.binary_cross_entropy_gradient, [[z, y] for z in Z for y in (0, 1)]),
    "squaredError": (losses.squared_error, [[z, y] for z in Z for y in (0, 1)]),
    "squaredErrorGradient": (losses.squared_error_gradient, [[z, y] for z in Z for y in (0, 1)]),
    "softmax": (losses.softmax, [[z, T] for z in LOGITS for T in (0.05, 1, 20)]),
    "softmaxLoss": (losses.softmax_loss, [[z, y, T] for z in LOGITS for y in (0, 1, 9) for T in (0.05, 1, 20)]),
    "hingeLoss": (hinge.hinge_loss, [[z, y] for z in LOGITS for y in (0, 1, 9)]),
    "hingeLossGradient": (hinge.hinge_loss_gradient, [[z, y] for z in LOGITS for y in (0, 1, 9)]),
    "entropy": (losses.entropy, [[p] for p in P]),
    "crossEntropy": (losses.cross_entropy, [[p, q] for p in P for q in P]),
    "klDivergence": (losses.kl_divergence, [[p, q] for p in P for q in P]),
    "exceeds": (exceeds, [[a, b] for a in NEAR for b in NEAR]),
    "withoutRoundings": (
        without_roundings,
        [[value, of] for value in (0.0, 1e-17, -1e-17, 1e-9, np.inf) for of in (0.0, -0.3, 1e-17, np.inf)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_function_of_the_browser_agrees_with_python(call, name):
    function, cases = CASES[name]
    expected = [np.asarray(function(*case)) for case in cases]
    found = call("losses.js", name, cases)
    for case, one, other in zip(cases, found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-15, err_msg=str(case))


def test_the_gradient_of_the_browser_agrees_with_python(call):
    cases = [[z, y] for z in LOGITS for y in (0, 1, 9)]
    for case, found in zip(cases, call("losses.js", "softmaxLossGradient", cases), strict=True):
        np.testing.assert_allclose(found, losses.softmax_loss_gradient(*case), rtol=1e-11, atol=1e-300)


def test_numbers_are_written_alike(call):
    values = [0.0, -0.0, 1.0, -2.5, 1e-12, -3e-7, 123456.789, 1e6, 1e300, np.inf, -np.inf, np.nan, 0.00005, 2.302585]
    cases = [[value, digits] for value in values for digits in (1, 2, 4)]
    assert call("notation.js", "number", cases) == from_wire([number(*case) for case in cases])


def test_infinity_and_nan_come_back_from_the_wire(call):
    value = [np.inf, -np.inf, [1.5, "text"], {"x": -np.inf}]
    assert call("wire.js", "fromWire", [[value]]) == [value]


def test_a_component_is_not_made_for_an_element_that_has_left_the_page_meanwhile(modules):
    made = """async (isConnected) => {
        const { default: component } = await import("http://explorer.test/board_figure/board_figure.js");
        const parentElement = document.createElement("div");
        if (isConnected) document.body.append(parentElement);
        const data = new TextEncoder().encode(JSON.stringify({ session: "", shared: {}, room: "a room" }));
        await component({ parentElement, data });
        return parentElement.childElementCount;
    }"""
    assert [modules.evaluate(made, connected) for connected in (True, False)] == [1, 0]
