"""Home: what there is to find out, with a picture and a number from each page."""

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures import home as figures
from explorer.images import shapes
from explorer.images.cifar10_classes import CIFAR10
from explorer.maths import evaluation, losses
from explorer.pages.shared import ownership
from explorer.runs import recorded
from explorer.runs.results import Results
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.stage.page import Page, open_page, page_path

EXAMPLE = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)


def chapter(page: Page, name: str, picture, **numbers: float | str) -> None:
    """Show a picture (a figure or pixels) beside what its page lets one find out, with numbers, and the way there."""
    words = page.words
    texts = {key: value if isinstance(value, str) else number(value) for key, value in numbers.items()}
    left, text = st.columns([1, 1.25], gap="medium", vertical_alignment="center")
    with left:
        if isinstance(picture, go.Figure):
            live_figure(picture, f"home.{name}", words, words(f"{name}.alt", **texts), height=190)
        else:
            st.image(picture, caption=words(f"{name}.alt", **texts))
    with text:
        st.subheader(words(f"pages.{name}"), anchor=False)
        st.markdown(words(f"{name}.text", **texts))
        st.page_link(page_path(name), label=words(f"{name}.link"), icon=":material/arrow_forward:")


@st.cache_data
def pictures() -> np.ndarray:
    """Draw two rows of pictures, one of each synthetic class, enlarged pixel by pixel."""
    images, labels = shapes.draw(60, np.random.default_rng(1))
    first = images[[int(np.argmax(labels == label)) for label in range(10)]]
    rows = first.reshape(2, 5, 32, 32, 3).swapaxes(1, 2).reshape(64, 160, 3)
    return rows.repeat(3, axis=0).repeat(3, axis=1)


@st.cache_data
def recorded_losses() -> np.ndarray:
    """Return the loss of every test picture at the end of the recorded run on CIFAR-10."""
    results = Results(recorded.FOLDER / "cifar10")
    return losses.softmax_loss(results.logits(results.evaluations()[-1]), results.labels)


def two_true_labels(words) -> tuple:
    """Descend on two logits that are both true: return the losses of one softmax and of two sigmoids."""
    softmax_logits, sigmoid_logits = np.array([1.5, -0.5]), np.array([1.5, -0.5])
    by_softmax, by_sigmoids = [], []
    for _ in range(60):
        by_softmax.append(losses.cross_entropy([0.5, 0.5], losses.softmax(softmax_logits)))
        by_sigmoids.append(losses.binary_cross_entropy(sigmoid_logits, 1).sum())
        softmax_logits = softmax_logits - 0.3 * (losses.softmax(softmax_logits) - 0.5)
        sigmoid_logits = sigmoid_logits - 0.3 * losses.binary_cross_entropy_gradient(sigmoid_logits, 1)
    return figures.curves(
        np.arange(60),
        {words("softmax_or_sigmoid.sigmoids"): by_sigmoids, words("softmax_or_sigmoid.softmax"): by_softmax},
    ), by_sigmoids[-1]


with open_page(Settings("home")) as page:
    ownership.mark_present()
    words = page.words
    z = np.linspace(-6, 6, 121)
    wrong, right = losses.binary_cross_entropy(z, 0), losses.binary_cross_entropy(z, 1)
    chapter(
        page,
        "logistic_regression",
        figures.curves(z, {"−ln σ(z)": right, "−ln (1 − σ(z))": wrong}),
        probability=losses.sigmoid(2.0),
        loss=losses.binary_cross_entropy(2.0, 0),
    )
    classes = [words(f"classes.{name}") for name in CIFAR10]
    chapter(
        page,
        "softmax",
        figures.class_bars(losses.softmax(EXAMPLE), classes),
        loss=losses.softmax_loss(EXAMPLE, 3),
        uniform=losses.softmax_loss((0.0,) * 10, 3),
    )
    figure, reached = two_true_labels(words)
    chapter(page, "softmax_or_sigmoid", figure, floor=math.log(2), reached=reached)
    target = losses.smooth_labels(3, 10, 0.2)
    predicted = losses.softmax(EXAMPLE)
    entropy, divergence = losses.entropy(target), losses.kl_divergence(target, predicted)
    chapter(
        page,
        "cross_entropy",
        figures.stacked({"H(p)": entropy, "D<sub>KL</sub>(p‖q)": divergence}),
        entropy=entropy,
        divergence=divergence,
        total=losses.cross_entropy(target, predicted),
    )
    chapter(page, "train", pictures(), uniform=losses.softmax_loss((0.0,) * 10, 0))
    sample_losses = recorded_losses()
    share, borne = evaluation.concentration(sample_losses)
    chapter(
        page,
        "results",
        figures.curves(share[::50], {words("results.borne"): borne[::50], words("results.even"): share[::50]}),
        loss=sample_losses.mean(),
        worst=number(100 * evaluation.share_of_worst(sample_losses, 0.1), 1),
    )
    q = np.geomspace(0.005, 1, 200)
    chapter(
        page,
        "guess",
        figures.curves(q, {words("guess.price"): -np.log(q)}),
        sure=losses.cross_entropy([1, 0], [0.9, 0.1]),
        wrong=losses.cross_entropy([1, 0], [0.01, 0.99]),
        uniform=losses.softmax_loss((0.0,) * 10, 0),
    )
