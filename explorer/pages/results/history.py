"""One test picture through the run: logits, probabilities, loss, and the way on the simplex of three classes."""

import html

import numpy as np
import streamlit as st

from explorer.components.live_figure import captioned_figure
from explorer.figures.results import loss_figure, path_figure, sample_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.sheets import image_url
from explorer.maths import evaluation, losses
from explorer.pages.results import FIRST, Scene, after, sample_history, written
from explorer.shell.numbers import number
from explorer.stage.page import Page

PRESETS = {}

CODE = """import numpy as np
from pathlib import Path

y = np.load("{run}/test_labels.npy")[{sample}]
for file in sorted(Path("{run}/test_logits").glob("*.npy")):
    f = np.load(file)[{sample}].astype(float)
    p = np.exp(f - f.max())
    p = p / p.sum()
    three = p[{three}] / p[{three}].sum()  # its place on the simplex
    print(int(file.stem), f.round(2), p.round(4), -np.log(p[y]), three.round(4))
"""


def show(page: Page, scene: Scene) -> None:
    """Show which picture it is, its curves, and its path."""
    now, words = page.now, page.words
    sample_losses, predicted = sample_history(scene)
    hits = predicted == scene.labels
    found = FIRST < now.sample < len(scene.labels)  # by the visitor: until then, the costliest is shown
    sample = now.sample if found else int(scene.losses.argmax())
    choose(page, scene, sample, notable(sample_losses, hits))

    label = int(scene.labels[sample])
    path = scene.results.path_of(sample, scene.epochs)
    probabilities = losses.softmax(path)
    three = evaluation.rivals(path, label)
    code = CODE.format(run=scene.results.path.name, sample=sample, three=three.tolist())
    epoch = words("epoch")
    common = {"words": words, "subject": f"{scene.results.path} {sample}", "code": code}
    told = {
        "i": str(sample),
        "y": scene.classes[label],
        "at_first": after(words, scene.reached[0]),
        "at_last": after(words, scene.reached[-1]),
    }
    values = {
        "logits": (path, 2),
        "probabilities": (probabilities, 4),
    }
    for column, (name, (rows, digits)) in zip(st.columns(2), values.items(), strict=True):
        alt = words(
            f"time.{name}", **told, before=number(rows[0, label], digits), after=number(rows[-1, label], digits)
        )
        with column:
            st.markdown(words(f"time.{name}_title"))
            figure = sample_figure(scene.reached, rows, scene.classes, label, (epoch, words(f"time.{name}_axis")))
            captioned_figure(figure, key=f"results.time.{name}", alt=alt, height=340, **common)
    legend(scene.classes, label)
    left, right = st.columns(2)
    with left:
        st.markdown(words("time.loss_title"))
        alt = words(
            "time.loss",
            **told,
            before=number(sample_losses[0, sample]),
            after=number(sample_losses[-1, sample]),
            hits=int(hits[:, sample].sum()),
            all=len(scene.epochs),
        )
        names = (words("time.this"), words("time.mean"))
        figure = loss_figure(
            scene.reached, sample_losses[:, sample], sample_losses.mean(axis=1), names, (epoch, words("time.loss_axis"))
        )
        captioned_figure(figure, key="results.time.loss", alt=alt, height=380, **common)
    with right:
        st.markdown(words("time.simplex_title"))
        q = evaluation.among(path, three)
        names = [scene.classes[k] for k in three]
        alt = words(
            "time.simplex", a=names[0], b=names[1], c=names[2], shares=words.names(number(share, 3) for share in q[-1])
        )
        captioned_figure(
            path_figure(q, [*map(written, scene.reached)], names, tuple(three), epoch),
            key="results.time.simplex",
            alt=alt,
            height=380,
            **common,
        )
    page.questions(
        {
            "forgotten": found and bool(hits[:-1, sample].any() and not hits[-1, sample]),
            "never": found and bool(not hits[:, sample].any()),
            "lucky": found and bool(hits[0, sample] and len(hits) > 2 and not hits[1, sample] and hits[-1, sample]),
        }
    )
    page.code(code)


def notable(sample_losses: np.ndarray, hits: np.ndarray) -> dict[str, int | None]:
    """Return the pictures worth following (or None): forgotten, learned last, and the one that wavered most.

    Both arguments are (evaluations, n).
    """
    risen = np.where(hits[:-1].any(axis=0) & ~hits[-1], sample_losses[-1] - sample_losses.min(axis=0), -1.0)
    # The last evaluation at which it was still wrong, of those that are right in the end.
    wrong_until = np.where(~hits, np.arange(len(hits))[:, np.newaxis], -1).max(axis=0)
    late = np.where(hits[-1], wrong_until + sample_losses[:-1].sum(axis=0) / (1 + sample_losses[:-1].sum()), -1.0)
    changes = (hits[1:] != hits[:-1]).sum(axis=0)
    found = {"forgotten": risen, "late": late, "wavering": np.where(changes > 1, changes, -1)}
    return {name: int(value.argmax()) if value.max() >= 0 else None for name, value in found.items()}


def choose(page: Page, scene: Scene, sample: int, found: dict[str, int | None]) -> None:
    """Show the picture, and the buttons that choose another one."""
    words, pictures = page.words, scene.results.pictures
    left, right = st.columns([1, 5], vertical_alignment="center") if pictures is not None else (None, st.container())
    if left:
        alt = words("time.picture", i=str(sample), y=scene.classes[scene.labels[sample]])
        left.html(
            f'<img src="{image_url(pictures[sample][np.newaxis])}" alt="{html.escape(alt)}" width="110" height="110"'
            ' style="image-rendering: pixelated; border-radius: 8px">'
        )
    with right:
        st.markdown(words("time.heading", i=str(sample), y=scene.classes[scene.labels[sample]]))
        with st.container(horizontal=True):
            for name, number_found in found.items():
                st.button(
                    words(f"time.choose_{name}"),
                    key=f"results.{name}",
                    disabled=number_found is None,
                    on_click=page.settings.set,
                    kwargs={"sample": FIRST if number_found is None else number_found},
                )
            st.button(
                words("time.to_microscope"),
                key="results.to_microscope",
                icon=":material/grid_view:",
                on_click=page.settings.set,
                kwargs={"part": "microscope"},
            )


def legend(classes: list[str], label: int) -> None:
    """Show which colour is which class, once for both charts."""
    entries = "".join(
        f'<span style="white-space: nowrap"><span style="color: {colour}" aria-hidden="true">●</span> '
        f"{'<b>' if k == label else ''}{html.escape(name)}{'</b>' if k == label else ''}</span> "
        for k, (name, colour) in enumerate(zip(classes, CLASS_COLOURS, strict=True))
    )
    st.html(f'<div style="font-size: 0.9rem; display: flex; flex-wrap: wrap; gap: 2px 14px">{entries}</div>')
