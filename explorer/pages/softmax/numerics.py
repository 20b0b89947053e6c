"""What the three ways to compute a softmax loss give in three precisions, from small logits to huge ones."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import VERDICTS, verdicts_figure
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import losses, precision
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

# Near the limits of float16 (11.09), float32 (88.72) and float64 (709.78) the steps are small.
MAGNITUDES = ("1", "5", "10", "11", "12", "20", "50", "88", "89", "100", "500", "709", "710", "1000", "10000", "100000")
METHODS = ("naive", "shifted", "log_softmax")

PRESETS = {
    "all_well": {"z": EXAMPLE, "y": 3, "grow": "plus", "M": "5"},
    "float16_full": {"z": EXAMPLE, "y": 3, "grow": "plus", "M": "12"},
    "float32_full": {"z": EXAMPLE, "y": 3, "grow": "plus", "M": "89"},
    "all_vanish": {"z": EXAMPLE, "y": 3, "grow": "minus", "M": "1000"},
    "probability_vanishes": {"z": EXAMPLE, "y": 3, "grow": "times", "M": "1000"},
    "digits_lost": {"z": EXAMPLE, "y": 3, "grow": "plus", "M": "10000"},
}

# What answers each question.
ANSWERS = {
    "first_failure": {"z": EXAMPLE, "y": 3, "grow": "plus", "M": "89"},
    "saved_by_log": {"z": EXAMPLE, "y": 3, "grow": "times", "M": "10000"},
}

CODE = """import numpy as np

logits = np.array({f})
y = {y}  # the true class

for dtype in (np.float16, np.float32, np.float64):
    with np.errstate(all="ignore"):  # the overflow is what is to be seen
        f = logits.astype(dtype)
        powers = np.exp(f)
        naive = -np.log(powers[y] / powers.sum(dtype=dtype))
        powers = np.exp(f - f.max())
        shifted = -np.log(powers[y] / powers.sum(dtype=dtype))
        log_softmax = np.log(powers.sum(dtype=dtype)) - (f - f.max())[y]
    print(dtype.__name__, naive, shifted, log_softmax)
"""


class Numerics(NamedSection):
    """What goes wrong where, and the steps of the computation at the chosen magnitude."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.classes = self.class_names()
        self.logits = precision.grown(self.now.z, self.now.grow, float(self.now.M))
        y = self.now.y
        self.exact = losses.softmax_loss(self.logits, y)
        self.stored = [precision.cast(self.logits, dtype) for dtype in precision.DTYPES]
        with np.errstate(all="ignore"):
            self.powers = [np.exp(f) for f in self.stored]
            self.sums = [e.sum(dtype=e.dtype) for e in self.powers]
            self.naive = [precision.naive_softmax(f)[y] for f in self.stored]
            self.shifted = [precision.shifted_softmax(f)[y] for f in self.stored]
        self.results = [precision.loss_by_method(f, y) for f in self.stored]

    def controls(self):
        st.select_slider(self.words("numerics.M"), MAGNITUDES, **self.page.settings.widget("M"))
        self.choice("grow", self.words("numerics.grow"))
        signs = (f"**{sign}** {self.words(f'verdict.{name}')}" for name, (_, sign) in VERDICTS.items())
        st.caption(" &emsp; ".join(signs))
        self.steps()

    def figure(self):
        """Draw what becomes of the loss in each precision, by each way, at all magnitudes."""
        now, words = self.now, self.words
        rows, verdicts, hover = [], [], []
        for method in METHODS:
            for dtype in precision.DTYPES:
                rows.append((words(f"method.{method}"), dtype.__name__))
                verdicts.append([])
                hover.append([])
                for magnitude in MAGNITUDES:
                    logits = precision.grown(now.z, now.grow, float(magnitude))
                    exact = losses.softmax_loss(logits, now.y)
                    value = precision.loss_by_method(precision.cast(logits, dtype), now.y)[method]
                    verdict = precision.judge(value, exact)
                    verdicts[-1].append(verdict)
                    compared = words("numerics.hover", value=number(float(value)), exact=number(exact))
                    where = words.names([*rows[-1], f"M = {magnitude}"])
                    hover[-1].append(f"{where}<br>{compared}<br>{words(f'verdict.{verdict}')}")
        at = MAGNITUDES.index(now.M)
        told = [
            f"{method} {dtype} – {words(f'verdict.{verdict[at]}')}"
            for (method, dtype), verdict in zip(rows, verdicts, strict=True)
        ]
        live_figure(
            verdicts_figure(verdicts, list(MAGNITUDES), rows, now.M, words("numerics.axis"), hover),
            key="softmax.numerics",
            words=words,
            alt=words("numerics.alt", M=now.M, rows=words.names(told)),
            code=self.code(),
        )

    def steps(self) -> None:
        """Show the computation step by step in the three precisions."""
        y, exact, words = self.now.y, self.exact, self.words
        # Each row with the value that it should have, where it is to be judged.
        rows = [
            (r"$\max_k f_k$", [f.max() for f in self.stored], None),
            (r"$f_y$", [f[y] for f in self.stored], None),
            (r"$e^{f_y}$", [e[y] for e in self.powers], None),
            (r"$\sum_j e^{f_j}$", self.sums, None),
            (words("numerics.naive_p"), self.naive, None),
            (words("numerics.naive_loss"), [result["naive"] for result in self.results], exact),
            (words("numerics.shifted_p"), self.shifted, None),
            (words("numerics.shifted_loss"), [result["shifted"] for result in self.results], exact),
            (words("numerics.log_loss"), [result["log_softmax"] for result in self.results], exact),
        ]
        lines = [f"| {words('numerics.step')} | float16 | float32 | float64 |", "|:--|--:|--:|--:|"]
        for label, values, right in rows:
            lines.append(f"| {label} | {' | '.join(_cell(value, right) for value in values)} |")
        st.markdown("\n".join(lines))
        st.markdown(words("numerics.exact", loss=number(exact), y=self.classes[y]))

    def text(self):
        st.subheader(self.words("numerics.title"), anchor=False)
        reasons = [self.words(f"why.{reason}") for reason in self.reasons()]
        st.markdown("\n".join(f"- {reason}" for reason in reasons) if reasons else self.words("why.nothing"))
        st.markdown(self.words("numerics.lead"))

    def reasons(self) -> list[str]:
        """Name what happened in the computation, in any of the precisions, in the order of its steps."""
        log_softmax = [result["log_softmax"] for result in self.results]
        happened = {
            "stored": any(np.isinf(f).any() for f in self.stored),
            "overflow": any(
                np.isinf(e).any() and np.isfinite(f).all() for f, e in zip(self.stored, self.powers, strict=True)
            ),
            "zero_sum": any(total == 0 for total in self.sums),
            "log_of_zero": any(p == 0 for p in self.shifted),
            "digits": any(precision.judge(loss, self.exact) == "off" for loss in log_softmax),
            "zero_loss": any(loss == 0 != self.exact for loss in log_softmax),
        }
        return [reason for reason, yes in happened.items() if yes]

    def found(self):
        now = self.now
        found = {
            dtype: precision.loss_by_method(precision.cast(self.logits, dtype), now.y) for dtype in precision.DTYPES
        }
        before = MAGNITUDES[max(MAGNITUDES.index(now.M) - 1, 0)]
        one_less = precision.cast(precision.grown(now.z, now.grow, float(before)), np.float32)
        return {
            "first_failure": bool(
                now.grow == "plus"
                and not np.isfinite(found[np.float32]["naive"])
                and np.isfinite(precision.loss_by_method(one_less, now.y)["naive"])
            ),
            "saved_by_log": bool(
                np.isinf(found[np.float64]["shifted"])
                and precision.judge(found[np.float64]["log_softmax"], self.exact) == "right"
            ),
        }

    def code(self):
        return CODE.format(f=self.logits.tolist(), y=self.now.y)


def _cell(value, exact) -> str:
    text = "0" if value == 0 else number(float(value), 4 if abs(value) < 100 else 1)
    if not np.isfinite(value):
        return f":red[**{text}**]"
    if value == 0 or (exact is not None and precision.judge(value, exact) != "right"):
        return f":orange[**{text}**]"
    return text
