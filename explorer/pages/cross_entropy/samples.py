"""Why cross-entropy: samples drawn from p cost −ln q each, and H(p,q) on average (E8)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.live_figure import live_figure
from explorer.figures.sampling import frequencies_figure, running_mean_figure
from explorer.images.cifar10_classes import EXAMPLE, PEOPLE
from explorer.maths import losses, sampling
from explorer.maths.comparison import exceeds
from explorer.pages.cross_entropy import code_of_q, measure, ten_classes
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.drawn"
MANY, MOST = 1000, 100_000  # samples that one press draws, and that are drawn at all
HALVES = (0, 0, 0, 0.5, 0.125, 0.25, 0.125, 0, 0, 0)  # the shares of a code of 1, 2, 3 and 3 bits
REVERSED = (0, 0, 0, 0.125, 0.25, 0.125, 0.5, 0, 0, 0)
NO_FROG = (0, 0, 0, 0.6, 0, 0.4, 0, 0, 0, 0)
SOME_FROG = (0, 0, 0, 0.55, 0, 0.4, 0.05, 0, 0, 0)

PRESETS = {
    "people": {"target": "hand", "p": PEOPLE, "guess": "logits", "z": EXAMPLE, "drawn": 10},
    "every_time": {"target": "onehot", "y": 3, "guess": "logits", "z": EXAMPLE, "drawn": 10},
    "fitting_code": {"target": "hand", "p": HALVES, "guess": "hand", "q": HALVES, "drawn": 10},
    "wrong_code": {"target": "hand", "p": HALVES, "guess": "hand", "q": REVERSED, "drawn": 10},
    "frog_ruled_out": {"target": "hand", "p": SOME_FROG, "guess": "hand", "q": NO_FROG, "drawn": 10, "seed": 2},
}

# What answers each question.
ANSWERS = {
    "one_digit": PRESETS["people"] | {"drawn": 10_000, "seed": 2},
    "same_cost": {"target": "hand", "p": PEOPLE, "guess": "hand", "q": (0.1,) * 10, "drawn": 10},
    "shortest_code": PRESETS["fitting_code"],
    "luck": PRESETS["frog_ruled_out"],
}

CODE = """import numpy as np

p = np.array({p})  # the true distribution
{q}  # the predicted one

with np.errstate(divide="ignore"):
    cost = -np.log(q)  # of a sample of each class, in nats; / np.log(2) for bits
drawn = np.random.default_rng({seed}).random({drawn})  # {drawn} numbers from 0 to 1
labels = np.searchsorted(p.cumsum() / p.cumsum()[-1], drawn, side="right")
possible = p > 0
expected = p[possible] @ cost[possible]  # H(p,q)
with np.errstate(invalid="ignore"):
    deviation = np.sqrt(p[possible] @ (cost[possible] - expected) ** 2 / {drawn})
print(np.bincount(labels, minlength=10) / {drawn}, expected, deviation, cost[labels].mean())
"""


class Samples(NamedSection):
    """Draws from p, one by one or by the thousand: their frequencies, and the mean of −ln q."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.measured = measure(now)
        p = self.measured.p
        with np.errstate(divide="ignore"):
            costs = -(np.log(now.q) if now.guess == "hand" else losses.log_softmax(now.z))
        self.costs = costs + 0.0  # no −0
        self.expected, self.deviation = sampling.mean_and_deviation(p, self.costs)
        self.labels = sampling.draw(p, now.seed, now.drawn)
        self.means = sampling.running_mean(self.costs[self.labels])

    def controls(self):
        linked_image.show(self.page)
        self.buttons()
        self.announce(self.words.sentences(self.last(), self.mean_says()))
        ten_classes(self, BOARD, "target", "y", "eps", "p", "guess", "z", "q", fixed={"unit": "nats"})
        board_figure(BOARD)
        seed = self.page.settings.specs["seed"]
        with st.container(key="seed-samples"):
            st.number_input(self.words("seed"), seed.low, seed.high, width=100, **self.page.settings.widget("seed"))
        board_figure(BOARD, "terms")

    def buttons(self) -> None:
        """Offer to draw one sample or many, and to begin anew."""
        now, words, settings = self.now, self.words, self.page.settings

        def draw(size: int) -> None:
            settings.set(drawn=min(MOST, settings.values()["drawn"] + size))

        with st.container(horizontal=True, gap="small"):
            for name, size in (("one", 1), ("many", MANY)):
                st.button(
                    words(f"samples.{name}"),
                    key=f"cross_entropy.samples.{name}",
                    type="primary" if size == 1 else "secondary",
                    disabled=now.drawn == MOST,
                    on_click=draw,
                    args=(size,),
                )
            st.button(
                words("samples.again"),
                key="cross_entropy.samples.again",
                disabled=now.drawn == 0,
                on_click=settings.set,
                kwargs={"drawn": 0},
            )

    def figure(self):
        words, classes = self.words, self.class_names()
        size = self.now.drawn
        live_figure(
            frequencies_figure(
                self.measured.p,
                np.bincount(self.labels, minlength=10) / max(size, 1),
                classes,
                [number(cost, 2) for cost in self.costs / np.log(2)],
                int(self.labels[-1]) if size else None,
                (words("samples.p"), words("samples.frequency"), words("samples.code_length")),
            ),
            key="cross_entropy.frequencies",
            words=words,
            alt=words.sentences(self.last(), self.code_says()),
            code=self.code(),
        )
        live_figure(
            running_mean_figure(
                self.means,
                self.expected,
                self.deviation,
                (words("samples.so_far"), "H(p,q)", "H(p,q) ± 2s/√n", words("samples.infinite")),
                (words("samples.n"), words("samples.mean_axis")),
            ),
            key="cross_entropy.running_mean",
            words=words,
            alt=self.mean_says(),
            subject=str(len(str(size))),
            code=self.code(),
        )

    def last(self) -> str:
        """Return in words which class came last, and what it cost."""
        if not self.now.drawn:
            return self.words("samples.none")
        label = self.labels[-1]
        cost = float(self.costs[label])
        return self.words(
            "samples.last_impossible" if cost == np.inf else "samples.last",
            i=f"{self.now.drawn:,}",
            name=self.class_names()[label],
            cost=number(cost),
            bits=number(cost / np.log(2), 2),
        )

    def mean_says(self) -> str:
        """Return in words what the samples cost on average, and what is expected."""
        words, size = self.words, self.now.drawn
        expected, half = number(float(self.expected)), number(float(2 * self.deviation / np.sqrt(max(size, 1))))
        if not size:
            return words("samples.expects", expected=expected)
        mean = number(float(self.means[-1]))
        if np.isfinite(self.expected):
            return words("samples.mean_says", n=f"{size:,}", mean=mean, expected=expected, half=half)
        if np.isfinite(self.means[-1]):
            never = float(self.measured.p[np.isinf(self.costs)].sum())
            return words(
                "samples.mean_lucky", n=f"{size:,}", mean=mean, p=number(never), chance=number((1 - never) ** size)
            )
        return words("samples.mean_infinite", i=f"{int(np.isinf(self.means).argmax()) + 1:,}")

    def code_says(self) -> str:
        """Return in words how long a code for q is on average, and how long the best one."""
        measured = self.measured
        return self.words(
            "samples.code_says",
            length=number(measured.cross_entropy / np.log(2), 2),
            least=number(measured.entropy / np.log(2), 2),
            more=number(measured.forward / np.log(2), 2),
        )

    def text(self):
        st.markdown(self.code_says())
        st.markdown(self.words("samples.lead"))

    def found(self):
        now, measured = self.now, self.measured
        is_spread = exceeds(measured.entropy, 0)
        mean = self.means[-1] if now.drawn else np.nan
        shares = sorted(measured.p, reverse=True)[:4]
        return {
            "one_digit": bool(exceeds(self.deviation, 0.1) and now.drawn >= MANY and abs(mean - self.expected) < 0.005),
            "same_cost": bool(is_spread and now.drawn >= 2 and not exceeds(self.deviation, 0)),
            "shortest_code": bool(np.allclose(shares, (0.5, 0.25, 0.125, 0.125)) and measured.forward < 5e-4),
            "luck": bool(now.drawn >= 10 and np.isinf(self.expected) and np.isfinite(mean)),
        }

    def code(self):
        now = self.now
        if not now.drawn:
            return ""
        return CODE.format(p=self.measured.p.tolist(), q=code_of_q(now), seed=now.seed, drawn=now.drawn)
