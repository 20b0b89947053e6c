"""The whole test set: confusion, accuracy of each class, where the loss comes from, loss against accuracy."""

import numpy as np
import streamlit as st

from explorer.components.confusion_board import confusion_board
from explorer.figures.results import accuracies_figure, concentration_figure, losses_figure, run_figure
from explorer.maths import evaluation
from explorer.maths.comparison import exceeds
from explorer.pages.results import LAST, ResultsSection, sample_history, written
from explorer.shell.numbers import number

PRESETS = {
    "confused": {"view": "confusion", "epoch": LAST},
    "who_pays": {"view": "losses", "epoch": LAST},
    "against": {"view": "run", "epoch": LAST},
    "before": {"view": "confusion", "epoch": 0},
}

# What answers each question; at which evaluation depends on the run.
ANSWERS = {
    "one_answer": {"view": "confusion"},
    "evenly": {"view": "losses"},
    "both_rose": {"view": "run"},
}

CODE = {
    "confusion": """import numpy as np

labels = np.load("{run}/test_labels.npy")
predicted = np.load("{run}/test_logits/{epoch:04d}.npy").argmax(axis=1)

counts = np.zeros(({classes}, {classes}), int)  # rows: true classes, columns: predicted ones
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


class WholeTestSet(ResultsSection):
    """One of three views of all test images, each with what stands beside it and what it says in words."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        self.at = scene.epochs.index(scene.epoch)
        self.through, predicted = sample_history(scene)
        self.mean_losses = self.through.mean(axis=1)
        self.accuracies = (predicted == scene.labels).mean(axis=1)
        self.disagree = evaluation.disagreements(self.mean_losses, self.accuracies)
        self.shares_of_worst = [evaluation.share_of_worst(row) for row in self.through]
        self.counts = evaluation.confusion(scene.labels, scene.predicted, len(scene.classes))
        found_at = {
            "one_answer": [i for i, row in enumerate(predicted) if _one_answer(row, len(scene.classes))],
            "evenly": [int(np.argmin(self.shares_of_worst))] if len(scene.epochs) > 1 else [],
            "both_rose": self.disagree,
        }
        self.answers = {
            name: ANSWERS[name] | {"epoch": LAST if places[0] == len(scene.epochs) - 1 else scene.epochs[places[0]]}
            for name, places in found_at.items()
            if len(places)
        }

    def controls(self):
        super().controls()
        self.choice("view", self.words("view.label"))
        st.markdown(self.said())
        if self.now.view == "confusion":
            st.caption(self.words("whole.click"))
            self.accuracy_of_classes()
        if self.now.view == "losses":
            self.concentration()

    def figure(self):
        words, scene = self.words, self.scene
        if self.now.view == "confusion":
            confusion_board(self.page.settings, words, scene.classes, self.counts, self.said())
        elif self.now.view == "losses":
            names, titles = (words("whole.right"), words("whole.wrong")), (words("whole.loss"), words("whole.pictures"))
            figure = losses_figure(scene.losses, scene.right, names, titles)
            self.live_figure(figure, "losses", self.said(), str(scene.epoch))
        else:
            titles = (words("epoch"), words("whole.loss"), words("whole.accuracy"))
            figure = run_figure(scene.reached, self.mean_losses, self.accuracies, self.at, self.disagree, titles)
            self.live_figure(figure, "against", self.said())

    def said(self) -> str:
        """Say in words what the chosen view shows."""
        words, scene = self.words, self.scene
        if self.now.view == "confusion":
            off = self.counts - np.diag(self.counts.diagonal())
            if not off.any():
                return words("whole.all_right", all=int(self.counts.sum()))
            label, predicted = np.unravel_index(off.argmax(), off.shape)
            return words(
                "whole.confusion",
                right=int(self.counts.trace()),
                all=int(self.counts.sum()),
                percent=number(100 * self.counts.trace() / self.counts.sum(), 1),
                y=scene.classes[label],
                predicted=scene.classes[predicted],
                count=int(off.max()),
            )
        if self.now.view == "losses":
            return words(
                "whole.losses",
                mean=number(scene.losses.mean()),
                median=number(np.median(scene.losses)),
                below=number(100 * np.mean(exceeds(scene.losses.mean(), scene.losses)), 1),
            )
        told = words(
            "whole.run",
            after=self.after(scene.reached[self.at]),
            loss=number(self.mean_losses[self.at]),
            percent=number(100 * self.accuracies[self.at], 1),
            least=self.after(scene.reached[int(exceeds(self.mean_losses, self.mean_losses.min()).argmin())]),
            most=self.after(scene.reached[int(self.accuracies.argmax())]),
        )
        if len(self.disagree):
            how = words("whole.disagree", epochs=words.names(written(scene.reached[i]) for i in self.disagree))
        else:
            how = words("whole.agree")
        return words.sentences(told, how)

    def accuracy_of_classes(self) -> None:
        """Show the accuracy of each class with its interval."""
        words, classes = self.words, self.scene.classes
        trials = self.counts.sum(axis=1)
        with np.errstate(invalid="ignore"):
            shares = self.counts.diagonal() / trials
        low, high = evaluation.wilson_interval(self.counts.diagonal(), trials)
        worst, best = int(np.nanargmin(shares)), int(np.nanargmax(shares))
        alike = not exceeds(shares[best], shares[worst])
        apart = "equal" if alike else "apart" if low[best] > high[worst] else "overlap"
        told = words(
            f"whole.accuracies_{apart}",
            worst=classes[worst],
            best=classes[best],
            **{
                f"{name}_{end}": number(100 * values[k], 1)
                for name, k in (("worst", worst), ("best", best))
                for end, values in (("share", shares), ("low", low), ("high", high))
            },
        )
        figure = accuracies_figure(classes, shares, (low, high), words("whole.accuracy"))
        self.live_figure(figure, "accuracies", told, str(self.scene.epoch))
        st.caption(told, help=words("whole.wilson"))

    def concentration(self) -> None:
        """Show what part of the mean the worst images bear."""
        words, sample_losses = self.words, self.scene.losses
        one, ten = (evaluation.share_of_worst(sample_losses, share) for share in (0.01, 0.1))
        worst = max(1, round(len(sample_losses) / 100))
        told = words("whole.worst", one=number(100 * one, 1), ten=number(100 * ten, 1), count=worst)
        titles = (words("whole.worst_share"), words("whole.borne"))
        figure = concentration_figure(*evaluation.concentration(sample_losses), (0.01, one), titles)
        self.live_figure(figure, "concentration", told, str(self.scene.epoch))
        st.caption(told)

    def text(self):
        st.markdown(self.words("whole.lead"))
        st.markdown(self.words(f"whole.{self.now.view}_lead"))
        super().text()

    def found(self):
        view, shares = self.now.view, self.shares_of_worst
        answered = {
            "one_answer": view == "confusion" and _one_answer(self.scene.predicted, len(self.scene.classes)),
            "evenly": bool(view == "losses" and len(shares) > 1 and not exceeds(shares[self.at], min(shares))),
            "both_rose": bool(view == "run" and self.at in self.disagree),
        }
        # What no evaluation of this run answers is not asked of it.
        return {name: is_found for name, is_found in answered.items() if name in self.answers}

    def code(self):
        scene = self.scene
        return CODE[self.now.view].format(run=scene.results.path.name, epoch=scene.epoch, classes=len(scene.classes))


def _one_answer(predicted: np.ndarray, classes: int) -> bool:
    """Return whether one class gets over three times its share of the predictions; of few classes, over nine tenths."""
    return bool(np.bincount(predicted, minlength=classes).max() > min(3 / classes, 0.9) * len(predicted))
