"""The whole test set: confusion, accuracy a class, where the loss comes from, loss against accuracy."""

import numpy as np
import streamlit as st

from explorer.components.confusion_board import confusion_board
from explorer.components.live_figure import captioned_figure
from explorer.figures.results import accuracies_figure, concentration_figure, losses_figure, run_figure
from explorer.maths import evaluation
from explorer.maths.comparison import exceeds
from explorer.pages.results import LAST, Scene, after, choice, sample_history, written
from explorer.shell.numbers import number
from explorer.stage.page import Page

PRESETS = {
    "confused": {"view": "confusion", "epoch": LAST},
    "who_pays": {"view": "losses", "epoch": LAST},
    "against": {"view": "run", "epoch": LAST},
    "before": {"view": "confusion", "epoch": 0},
}

CODE = {
    "confusion": """import numpy as np

labels = np.load("{run}/test_labels.npy")
predicted = np.load("{run}/test_logits/{epoch:04d}.npy").argmax(axis=1)

counts = np.zeros((10, 10), int)  # rows: true classes, columns: predicted ones
np.add.at(counts, (labels, predicted), 1)
n, share, z = counts.sum(axis=1), counts.diagonal() / counts.sum(axis=1), 1.96
middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
print(counts, np.column_stack([share, middle - half, middle + half]).round(3), sep="\\n")
""",
    "losses": """import numpy as np

labels = np.load("{run}/test_labels.npy")
f = np.load("{run}/test_logits/{epoch:04d}.npy").astype(float)

f = f - f.max(axis=1, keepdims=True)
losses = np.log(np.exp(f).sum(axis=1)) - f[np.arange(len(f)), labels]
worst = np.sort(losses)[::-1][: round(len(losses) / 100)]
print(losses.mean(), np.median(losses), worst.sum() / losses.sum())
""",
    "run": """import numpy as np
from pathlib import Path

labels = np.load("{run}/test_labels.npy")
for file in sorted(Path("{run}/test_logits").glob("*.npy")):
    f = np.load(file).astype(float)
    f = f - f.max(axis=1, keepdims=True)
    losses = np.log(np.exp(f).sum(axis=1)) - f[np.arange(len(f)), labels]
    print(int(file.stem), losses.mean(), (f.argmax(axis=1) == labels).mean())
""",
}


def show(page: Page, scene: Scene) -> None:
    """Show the chosen view of the test set."""
    choice(page, "view", label_visibility="collapsed")
    {"confusion": confusion, "losses": where_from, "run": against}[page.now.view](page, scene)
    page.questions(questions(page.now, scene))
    page.code(source(page, scene))


def source(page: Page, scene: Scene) -> str:
    """Return the lines that compute the chosen view."""
    return CODE[page.now.view].format(run=scene.results.path.name, epoch=scene.epoch)


def confusion(page: Page, scene: Scene) -> None:
    """Show the confusion matrix, and the accuracy of each class with its interval."""
    words = page.words
    counts = evaluation.confusion(scene.labels, scene.predicted, len(scene.classes))
    off = counts - np.diag(counts.diagonal())
    label, predicted = np.unravel_index(off.argmax(), off.shape)
    told = words(
        "whole.confusion",
        right=int(counts.trace()),
        all=int(counts.sum()),
        percent=number(100 * counts.trace() / counts.sum(), 1),
        y=scene.classes[label],
        predicted=scene.classes[predicted],
        count=int(off.max()),
    )
    st.markdown(words("whole.confusion_lead"))
    confusion_board(page.settings, words, scene.classes, counts, told)
    st.caption(told)

    trials = counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares = counts.diagonal() / trials
    low, high = evaluation.wilson_interval(counts.diagonal(), trials)
    worst, best = int(np.nanargmin(shares)), int(np.nanargmax(shares))
    apart = "apart" if low[best] > high[worst] else "overlap"
    told = words(
        f"whole.accuracies_{apart}",
        worst=scene.classes[worst],
        best=scene.classes[best],
        **{
            f"{name}_{end}": number(100 * values[k], 1)
            for name, k in (("worst", worst), ("best", best))
            for end, values in (("share", shares), ("low", low), ("high", high))
        },
    )
    captioned_figure(
        accuracies_figure(scene.classes, shares, (low, high), words("whole.accuracy")),
        "results.accuracies",
        page.words,
        told,
        subject=str(scene.epoch),
        height=380,
        code=source(page, scene),
    )


def where_from(page: Page, scene: Scene) -> None:
    """Show the distribution of the losses, and what part of the mean the worst pictures bear."""
    words = page.words
    st.markdown(words("whole.losses_lead"))
    told = words(
        "whole.losses",
        mean=number(scene.losses.mean()),
        median=number(np.median(scene.losses)),
        below=number(100 * np.mean(exceeds(scene.losses.mean(), scene.losses)), 1),
    )
    captioned_figure(
        losses_figure(
            scene.losses,
            scene.right,
            (words("whole.right"), words("whole.wrong")),
            (words("whole.loss"), words("whole.pictures")),
        ),
        "results.losses",
        page.words,
        told,
        subject=str(scene.epoch),
        height=340,
        code=source(page, scene),
    )
    one, ten = (evaluation.share_of_worst(scene.losses, share) for share in (0.01, 0.1))
    worst = max(1, round(len(scene.losses) / 100))
    told = words("whole.worst", one=number(100 * one, 1), ten=number(100 * ten, 1), count=worst)
    captioned_figure(
        concentration_figure(
            *evaluation.concentration(scene.losses), (0.01, one), (words("whole.worst_share"), words("whole.borne"))
        ),
        "results.concentration",
        page.words,
        told,
        subject=str(scene.epoch),
        height=340,
        code=source(page, scene),
    )


def against(page: Page, scene: Scene) -> None:
    """Show mean loss and accuracy through the run, and where they disagree."""
    words = page.words
    st.markdown(words("whole.run_lead"))
    mean_losses, accuracies = curves(scene)
    disagree = evaluation.disagreements(mean_losses, accuracies)
    told = words(
        "whole.run",
        after=after(words, scene.results.reached(scene.epoch)),
        loss=number(mean_losses[scene.epochs.index(scene.epoch)]),
        percent=number(100 * accuracies[scene.epochs.index(scene.epoch)], 1),
        least=after(words, scene.reached[int(exceeds(mean_losses, mean_losses.min()).argmin())]),
        most=after(words, scene.reached[int(accuracies.argmax())]),
    )
    if len(disagree):
        how = words("whole.disagree", epochs=words.names(written(scene.reached[i]) for i in disagree))
    else:
        how = words("whole.agree")
    told = words.sentences(told, how)
    captioned_figure(
        run_figure(
            scene.reached,
            mean_losses,
            accuracies,
            scene.epochs.index(scene.epoch),
            disagree,
            (words("epoch"), words("whole.loss"), words("whole.accuracy")),
        ),
        "results.against",
        page.words,
        told,
        subject=str(scene.results.path),
        height=460,
        code=source(page, scene),
    )


def curves(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return mean loss and accuracy at every evaluation."""
    sample_losses, predicted = sample_history(scene)
    return sample_losses.mean(axis=1), (predicted == scene.labels).mean(axis=1)


def questions(now, scene: Scene) -> dict[str, bool]:
    """Say which questions the chosen view and evaluation answer."""
    if now.view == "run":
        return {"both_rose": scene.epochs.index(scene.epoch) in evaluation.disagreements(*curves(scene))}
    if now.view == "losses":
        shares = [evaluation.share_of_worst(row) for row in sample_history(scene)[0]]
        return {"evenly": len(shares) > 1 and not exceeds(shares[scene.epochs.index(scene.epoch)], min(shares))}
    shares = np.bincount(scene.predicted, minlength=10) / len(scene.labels)
    return {"one_answer": bool(shares.max() > 0.5)}
