"""H(p,q) = H(p) + D_KL(p‖q) for any p and q over the ten classes (E8, E9, E11)."""

import numpy as np
import streamlit as st

from explorer.components.distribution_board import distribution_board
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import divergence
from explorer.maths.comparison import without_roundings
from explorer.pages.cross_entropy import class_names, measure, shows
from explorer.shell.numbers import number
from explorer.stage.page import Page

FIRST = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)
PEOPLE = (0, 0, 0, 0.6, 0.1, 0.3, 0, 0, 0, 0)  # what people said of a blurred picture
UNIFORM = (0.1,) * 10

PRESETS = {
    "smoothed": {"target": "smoothed", "eps": 0.2, "y": 3, "guess": "logits", "z": FIRST},
    "onehot": {"target": "onehot", "y": 3, "guess": "logits", "z": FIRST},
    "people": {"target": "hand", "p": PEOPLE, "guess": "logits", "z": FIRST},
    "equal": lambda now: {"guess": "hand", "q": tuple(measure(now).p)},
    "knows_nothing": {"target": "onehot", "y": 3, "guess": "hand", "q": UNIFORM},
    "ruled_out": {"target": "hand", "p": PEOPLE, "guess": "hand", "q": (0, 0, 0, 0.7, 0.3, 0, 0, 0, 0, 0)},
}

CODE = """import numpy as np

p = np.array({p})  # the true distribution
{q}  # the predicted one

log = np.{log}  # {unit}
with np.errstate(divide="ignore", invalid="ignore"):
    entropy = -np.where(p > 0, p * log(p), 0).sum()  # 0 · log 0 counts as 0
    cross_entropy = -np.where(p > 0, p * log(q), 0).sum()
    divergence = np.where(p > 0, p * (log(p) - log(q)), 0).sum()
print(entropy, cross_entropy, divergence, entropy + divergence)
"""
SOFTMAX = "f = np.array({z})  # the logits\nq = np.exp(f - f.max()) / np.exp(f - f.max()).sum()"


def code(now, p) -> str:
    """Return the lines that compute the three numbers of the board."""
    q = f"q = np.array({list(now.q)})" if now.guess == "hand" else SOFTMAX.format(z=list(now.z))
    log = "log2" if now.unit == "bits" else "log"
    return CODE.format(p=p.tolist(), q=q, log=log, unit=now.unit)


def show(page: Page) -> None:
    """Show the board, what it says in a sentence, and the questions."""
    now, words = page.now, page.words
    board = measure(now)
    unit = np.log(2) if now.unit == "bits" else 1.0
    if shows(page, "board"):
        distribution_board(
            "cross_entropy.board",
            page.settings,
            words,
            class_names(page),
            CLASS_COLOURS,
            {name: name for name in ("target", "y", "eps", "p", "guess", "z", "q", "unit")},
            compare=True,
        )
        st.caption(
            words(
                "board.says",
                entropy=number(board.entropy / unit),
                cross_entropy=number(board.cross_entropy / unit),
                forward=number(board.forward / unit),
                reverse=number(board.reverse / unit),
                symmetric=number(
                    without_roundings(divergence.jensen_shannon_divergence(board.p, board.q), of=board.entropy) / unit
                ),
                unit=words(f"distribution_board.unit_{now.unit}"),
            )
        )
    page.questions(
        {
            "floor": now.target == "smoothed" and board.entropy > 0 and board.forward < 5e-4,
            "infinite": now.guess == "hand" and np.isinf(board.forward),
            "symmetric": board.reverse < np.inf and abs(board.forward - board.reverse) < 5e-4 < board.forward,
            "bits": now.unit == "bits" and now.target == "hand" and abs(board.entropy / unit - 3) < 5e-4,
        }
    )
    page.code(code(now, board.p))
