"""The cards: for each page a picture, what there is to find out with its numbers, and how much of it is found."""

import math

import numpy as np
import streamlit as st

from explorer.figures import cards as figures
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.cifar10_classes import CAT, EXAMPLE
from explorer.images.sheets import image_url
from explorer.maths import evaluation, losses, surfaces
from explorer.pages.shared import photographs
from explorer.runs import recorded
from explorer.shell.numbers import number
from explorer.stage import lecture, questions
from explorer.stage.page import Page, page_path

LN10 = math.log(10)
LINKS = {"teach": "school", "essay": "article", "glossary": "menu_book"}


def cards(page: Page) -> None:
    """Show a card for each page in the lesson's order."""
    with st.container(key="about"):
        st.header(page.words("cards.title"), anchor=False)
        st.markdown(page.words("lead"))
        with st.container(key="beside", horizontal=True, gap="medium"):
            for name, icon in LINKS.items():
                st.page_link(page_path(name), label=page.words(f"pages.{name}"), icon=f":material/{icon}:")
        with st.expander(page.words("join.offer"), icon=":material/groups:"):
            lecture.join_by_code(page.words, "home")
    with st.container(key="cards"):
        for name, (minutes, made) in CARDS.items():
            _card(page, name, minutes, *made())
        found, every = questions.count()
        with st.container(key="found"):
            st.markdown(page.words("cards.total", found=found, all=every))


def _card(page: Page, name: str, minutes: int, picture: list[str], numbers: dict[str, float | str]) -> None:
    words = page.words
    numbers = {key: value if isinstance(value, str) else number(value) for key, value in numbers.items()}
    found, every = questions.count(name)
    with st.container(key=f"card-{name}"):
        st.markdown(figures.svg(picture, words(f"{name}.alt", **numbers)), unsafe_allow_html=True)
        st.subheader(words(f"pages.{name}"), anchor=False)
        st.markdown(words(f"{name}.text", **numbers))
        st.page_link(page_path(name), label=words(f"{name}.link"), icon=":material/arrow_forward:")
        if name == "train":
            photographs.offer(page)
        told = [words("cards.minutes", n=minutes)]
        if every:
            told.append(words("cards.found", found=found, all=every))
        st.caption(" · ".join(told))


@st.cache_data
def _logistic_regression():
    surface = surfaces.sigmoid_surface(0.6, -0.6, 0.0, points=15)
    return figures.relief(surface.z), {"probability": losses.sigmoid(2.0), "loss": losses.binary_cross_entropy(2.0, 0)}


def _softmax():
    picture = figures.board(EXAMPLE, losses.softmax(EXAMPLE), CLASS_COLOURS)
    return picture, {"loss": losses.softmax_loss(EXAMPLE, CAT), "uniform": LN10}


def _softmax_or_sigmoid():
    scores = [2.0, 2.0]  # of two labels, both true
    shared, alone = losses.softmax(scores), losses.sigmoid(scores)
    picture = figures.two_bars({"softmax": shared, "sigmoid": alone}, CLASS_COLOURS[3:6:2])
    return picture, {"floor": math.log(2), "shared": number(shared[0], 2), "alone": number(alone[0], 2)}


@st.cache_data
def _cross_entropy():
    target, predicted = losses.smooth_labels(CAT, 10, 0.2), losses.softmax(EXAMPLE)
    return figures.triangle((0.5, 0.3, 0.2), steepest=1.2), {
        "entropy": losses.entropy(target),
        "divergence": losses.kl_divergence(target, predicted),
        "total": losses.cross_entropy(target, predicted),
    }


def _train():
    return _one_of_each_class(recorded.usual()), {"uniform": LN10}


@st.cache_data
def _one_of_each_class(run: str) -> list[str]:
    images = recorded.folder(run).sample_images()
    if images is None:  # only some of the photographs are on this server
        images = recorded.folder(recorded.SHAPES).sample_images()
    return figures.pictures([image_url(image[np.newaxis]) for image in images])


@st.cache_data
def _results():
    logits, labels = recorded.tested(recorded.CNN)
    sample_losses = losses.softmax_loss(logits, labels)
    return figures.matrix(evaluation.confusion(labels, logits.argmax(axis=1), 10)), {
        "loss": sample_losses.mean(),
        "worst": number(100 * evaluation.share_of_worst(sample_losses, 0.1), 1),
    }


@st.cache_data
def _guess():
    most = 4.0  # nats
    counts, _ = np.histogram(losses.softmax_loss(*recorded.tested(recorded.CNN)), 28, (0, most))
    return figures.histogram(counts, LN10 / most, "ln 10"), {
        "sure": losses.cross_entropy([1, 0], [0.9, 0.1]),
        "wrong": losses.cross_entropy([1, 0], [0.01, 0.99]),
        "uniform": LN10,
    }


# For each page, in the lesson's order: roughly the minutes that reading it and answering its questions takes, and what
# makes its picture and the numbers in its text.
CARDS = {
    "logistic_regression": (15, _logistic_regression),
    "softmax": (20, _softmax),
    "softmax_or_sigmoid": (15, _softmax_or_sigmoid),
    "cross_entropy": (20, _cross_entropy),
    "train": (10, _train),
    "results": (15, _results),
    "guess": (10, _guess),
}
