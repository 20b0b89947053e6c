"""The guessing game: its settings, what is guessed about, and how a guess and the network's answer are compared."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.classroom import rounds
from explorer.classroom.rounds import FEWEST
from explorer.components.distribution_board import Shares
from explorer.components.live_figure import live_figure
from explorer.figures.guess import scores_figure
from explorer.images.sheets import image_url
from explorer.maths import evaluation, losses
from explorer.maths.comparison import exceeds
from explorer.pages.shared.lookup import folder, names_of, usable
from explorer.protocol.events import COUNTS
from explorer.runs import recorded
from explorer.runs.results import Results, TestImages
from explorer.shell.kinds import Integer, MultiChoice, RunId
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

IMAGES = 10  # in one game, or as many as there are
EVEN = (0.1,) * 10  # of a run with ten classes

SETTINGS = Settings(
    "guess",
    run=RunId(recorded.SHAPES, recorded.NAMES, recorded.usual),
    draw=Integer(0, 0, 999_999),
    at=Integer(1, 1, IMAGES),
    q=Shares(EVEN, COUNTS),
    round=RunId(),
    show=MultiChoice(("text", "game", "class", "questions", "code")),
)


@dataclass(frozen=True)
class Game:
    """A run to guess about: its test images, their true classes (n,), and its last logits (n, K).

    `own`: whether the images are its own, no photographs of CIFAR-10 or shapes.
    """

    classes: list[str]
    images: TestImages
    labels: np.ndarray
    logits: np.ndarray
    own: bool

    def draw(self, seed: int) -> list[int]:
        """Draw the images of one game, of those that are on this server."""
        there = np.flatnonzero(self.images.found)
        margins = evaluation.margin(self.logits[there], self.labels[there])
        return there[rounds.draw(margins, min(IMAGES, len(there)), seed)].tolist()

    @property
    def even(self) -> tuple[float, ...]:
        """The same probability for each class."""
        return SETTINGS.specs["q"].check((1.0,) * len(self.classes))

    def shown(self, sample: int, revealed: bool) -> dict:
        """Return what a browser draws of an image; the network's answer and the truth once it is `revealed`."""
        truth = {"network": None, "label": None, "loss": None}
        if revealed:
            loss = self.network_loss(sample)
            truth = {"network": self.network(sample), "label": int(self.labels[sample]), "loss": loss}
        return {"image": image_url(self.images[sample][np.newaxis])} | truth

    def network(self, sample: int) -> np.ndarray:
        """Return the probabilities (K,) that the network gives for one image."""
        return losses.softmax(self.logits[sample])

    def network_loss(self, sample: int) -> float:
        return float(losses.softmax_loss(self.logits[sample], self.labels[sample]))

    def score(self, sample: int, answers) -> np.ndarray:
        """Return H(p,q) in nats of answers q (…, K) to one image; its target p is one-hot, so that is −ln q(y)."""
        return losses.cross_entropy(np.eye(len(self.classes))[self.labels[sample]], answers)


def game(run: str, words: Words) -> Game | None:
    """Return what there is to guess about a run; None if few of its images are here, or it has no finite logits."""
    place = folder(run)
    try:
        results = Results(place) if place else None
    except (OSError, ValueError):
        return None
    if results is None or results.images is None:
        return None
    if results.images.found.sum() < min(FEWEST * IMAGES, len(results.labels)):
        return None
    epochs = usable(results)
    if not epochs:
        return None
    logits = results.logits(epochs[-1])
    return Game(names_of(words, results.classes), results.images, results.labels, logits, results.has_own_images)


def verdict(words: Words, found: Game, sample: int, answer: tuple[float, ...]) -> str:
    """Return in words what was true, and what the answer and the network's cost."""
    y = int(found.labels[sample])
    mine, its = float(found.score(sample, answer)), found.network_loss(sample)
    key = "impossible" if answer[y] == 0 else "cheaper" if exceeds(its, mine) else "more_expensive"
    return words(
        f"told.{key}",
        y=found.classes[y],
        q=number(answer[y]),
        loss=number(mine),
        p=number(found.network(sample)[y]),
        network=number(its),
    )


def standing(words: Words, found: Game, samples: list[int], answers: dict[int, tuple[float, ...]]) -> str:
    """Return in words the running means over what has been answered."""
    mine, its = _losses(found, samples, answers)
    said = [words("standing.mean", n=len(mine), mine=number(mine.mean()), network=number(its.mean()))]
    endless = int(np.isinf(mine).sum())
    if endless:
        said.append(words("standing.endless", count=endless))
    if 0 < endless < len(mine):
        said.append(words("standing.rest", mine=number(mine[np.isfinite(mine)].mean())))
    return words.sentences(*said)


def has_scores(answers: dict[int, tuple[float, ...]]) -> bool:
    """Return whether there are scores to be compared image by image."""
    return len(answers) > 1


def scores(words: Words, found: Game, samples: list[int], answers: dict[int, tuple[float, ...]]) -> None:
    """Show the scores image by image, if there are any to be compared."""
    if not has_scores(answers):
        return
    with st.container(key="stage-minor-game"):
        live_figure(
            scores_figure(
                [at + 1 for at in sorted(answers)],
                *_losses(found, samples, answers),
                (words("you"), words("network")),
                (words("picture"), words("loss")),
            ),
            key="guess.scores",
            words=words,
            alt=standing(words, found, samples, answers),
        )


def _losses(found: Game, samples: list[int], answers: dict[int, tuple[float, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the losses of the answers and those of the network, in the order of the images."""
    places = sorted(answers)
    mine = np.array([found.score(samples[at], answers[at]) for at in places])
    return mine, np.array([found.network_loss(samples[at]) for at in places])
