"""Test pictures to leaf through, and one of them with its logits, probabilities, loss and gradient."""

import math

import numpy as np
import streamlit as st

from explorer.components.gallery import Tile, gallery
from explorer.components.sample_card import sample_card
from explorer.maths import evaluation, losses
from explorer.pages.results import FIRST, Scene, choice, sample_words
from explorer.shell.numbers import number
from explorer.shell.visit import language_query
from explorer.stage.page import Page, page_path

PER_PAGE = 24
ANY = "any"
CLASSES = (ANY, *"0123456789")

NO_FILTER = {"true": ANY, "predicted": ANY, "verdict": "all", "sort": "loss", "up": False, "at": 1, "sample": FIRST}
PRESETS = {
    "worst": NO_FILTER,
    "surest_mistakes": NO_FILTER | {"verdict": "wrong", "sort": "confidence"},
    "closest": NO_FILTER | {"verdict": "wrong", "sort": "margin"},
    "barely_right": NO_FILTER | {"verdict": "right"},
    "untrained": NO_FILTER | {"epoch": 0},
}

CODE = """import numpy as np

labels = np.load("{run}/test_labels.npy")
logits = np.load("{run}/test_logits/{epoch:04d}.npy").astype(float)
f, y = logits[{sample}], labels[{sample}]

p = np.exp(f - f.max())
p = p / p.sum()
loss = np.log(np.exp(f - f.max()).sum()) - (f[y] - f.max())
print(p.round(4), loss, (p - np.eye(10)[y]).round(4))
"""


def show(page: Page, scene: Scene) -> None:
    """Show the filters, the gallery, and the opened picture."""
    now, words = page.now, page.words
    filters(page, scene)
    values = {
        "loss": scene.losses,
        "confidence": losses.softmax(scene.logits).max(axis=1),
        "margin": evaluation.margin(scene.logits, scene.labels),
    }
    found = selected(now, scene, values[now.sort])
    if not len(found):
        st.info(words("microscope.none"))
        return
    pages = -(-len(found) // PER_PAGE)
    at = min(now.at, pages)
    here = found[(at - 1) * PER_PAGE : at * PER_PAGE]
    sample = now.sample if FIRST < now.sample < len(scene.labels) else int(here[0])
    pictures = scene.results.pictures
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.caption(words("microscope.found", count=len(found), all=len(scene.labels), at=at, pages=pages))
        tiles = [
            Tile(
                i,
                int(scene.labels[i]),
                scene.logits[i],
                words(f"microscope.{now.sort}", value=number(values[now.sort][i], 3)),
            )
            for i in map(int, here)
        ]
        gallery(page.settings, words, scene.classes, tiles, None if pictures is None else pictures[here], sample)
        leaf(page, at, pages)
        if pictures is None:
            st.caption(words("microscope.no_pictures"))
    with right:
        opened(page, scene, sample)
    page.questions(questions(now, scene, values, sample))
    page.code(CODE.format(run=scene.results.path.name, epoch=scene.epoch, sample=sample))


def filters(page: Page, scene: Scene) -> None:
    """Show what can be asked of the pictures: true and predicted class, right or wrong, and the order."""
    words = page.words
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for name in ("true", "predicted"):
            page.settings.select_box(
                name,
                words(f"microscope.{name}"),
                CLASSES,
                lambda k: words("microscope.any") if k == ANY else scene.classes[int(k)],
                width=150,
            )
        choice(page, "verdict")
        choice(page, "sort")
        st.toggle(words("microscope.up"), **page.settings.widget("up"))


def selected(now, scene: Scene, by: np.ndarray) -> np.ndarray:
    """Return the numbers of the pictures that the filters let through, in the order of `by`.

    Losses and confidences fall, margins rise in size: the most telling come first, unless the order is reversed.
    """
    kept = {"all": np.ones(len(by), bool), "right": scene.right, "wrong": ~scene.right}[now.verdict]
    if now.true != ANY:
        kept = kept & (scene.labels == int(now.true))
    if now.predicted != ANY:
        kept = kept & (scene.predicted == int(now.predicted))
    keys = np.abs(by) if now.sort == "margin" else -by
    found = np.flatnonzero(kept)
    found = found[np.argsort(keys[found], kind="stable")]
    return found[::-1] if now.up else found


def leaf(page: Page, at: int, pages: int) -> None:
    """Show the buttons that leaf through the gallery."""
    if pages == 1:
        return
    with st.container(horizontal=True):
        for name, to in (("back", at - 1), ("on", at + 1)):
            st.button(
                page.words(f"microscope.{name}"),
                key=f"results.{name}",
                disabled=not 1 <= to <= pages,
                on_click=page.settings.set,
                kwargs={"at": to, "sample": FIRST},
            )


def opened(page: Page, scene: Scene, sample: int) -> None:
    """Show one picture with its numbers, and the ways to other pages with its logits."""
    words = page.words
    pictures = scene.results.pictures
    f, y = scene.logits[sample], int(scene.labels[sample])
    q = losses.softmax(f)
    gradient = losses.softmax_loss_gradient(f, y)
    told = sample_words(page, scene, sample)
    right = "right" if scene.right[sample] else "wrong"
    st.markdown(words(f"microscope.heading_{right}", **told))
    picture = None if pictures is None else pictures[sample]
    chosen = sample if page.now.sample == sample else None
    sample_card("results.card", words, scene.classes, f, y, picture, words("microscope.card", **told), chosen)
    st.markdown(
        words(
            "microscope.said",
            **told,
            q=number(q[y], significant(q[y])),
            loss=number(scene.losses[sample]),
            pull=number(gradient[y]),
            other=scene.classes[int(np.argmax(np.where(np.arange(len(f)) == y, -1, gradient)))],
            push=number(np.delete(gradient, y).max()),
        )
    )
    links(page, scene, f, y, sample)
    st.button(
        words("microscope.to_time"),
        key="results.to_time",
        icon=":material/timeline:",
        on_click=page.settings.set,
        kwargs={"part": "time", "sample": sample},
    )


def significant(value: float) -> int:
    """Return how many decimals show three digits of a probability, 4 at least; −ln of it can then be checked."""
    return max(4, 2 - math.floor(math.log10(value))) if value > 1e-12 else 4


def links(page: Page, scene: Scene, f: np.ndarray, y: int, sample: int | None = None) -> None:
    """Show the links that carry logits, true class, and the picture of a `sample` to the pages of the lesson."""
    drawn = scene.results.config.get("dataset") == "synthetic"
    z = ",".join(f"{value:.4f}" for value in f)
    names = {"names": "shapes" if drawn else "classes"}
    targets = {
        "softmax": names | {"z": z, "y": str(y)},
        "cross_entropy": names | {"z": z, "y": str(y), "target": "onehot", "guess": "logits", "k": str(y)},
        "softmax_or_sigmoid": {"example": "shapes" if drawn else "cifar10", "z": z, "y": str(y), "several": "0"},
    }
    screen = st.container(key=f"screen-links-{sample}")  # not on paper: print.css
    screen.markdown(page.words("microscope.open_in"))
    for target, query in targets.items():
        if sample is not None and scene.results.pictures is not None:
            query["photo"] = f"{page.settings.values()['run']}.{sample}"
        screen.page_link(
            page_path(target),
            label=page.words(f"pages.{target}"),
            icon=":material/open_in_new:",
            query_params=query | language_query(),
        )


def questions(now, scene: Scene, values: dict, sample: int) -> dict[str, bool]:
    """Say which questions the opened picture, or the filters, answer; what is there on arrival answers none."""
    wrong = ~scene.right
    looked = any(getattr(now, name) != value for name, value in NO_FILTER.items())
    counts = evaluation.confusion(scene.labels, scene.predicted, len(scene.classes))
    np.fill_diagonal(counts, 0)
    pair = [str(k) for k in np.unravel_index(counts.argmax(), counts.shape)]
    return {
        "surest_mistake": looked
        and bool(wrong[sample] and values["confidence"][sample] == values["confidence"][wrong].max()),
        "dear_but_right": looked
        and bool(scene.right[sample] and scene.losses[sample] == scene.losses[scene.right].max()),
        "most_confused": bool(wrong.any() and [now.true, now.predicted] == pair),
    }
