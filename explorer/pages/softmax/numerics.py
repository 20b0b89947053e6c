"""What the three ways to compute a softmax loss give in three precisions, from small logits to huge ones."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import VERDICTS, verdicts_figure
from explorer.maths import losses, precision
from explorer.pages.softmax import FIRST, heading
from explorer.shell.numbers import number
from explorer.shell.page import Page

# Near the limits of float16 (11.09), float32 (88.72) and float64 (709.78) the steps are small.
MAGNITUDES = ("1", "5", "10", "11", "12", "20", "50", "88", "89", "100", "500", "709", "710", "1000", "10000", "100000")
METHODS = ("naive", "shifted", "log_softmax")

PRESETS = {
    "all_well": {"z": FIRST, "y": 3, "grow": "plus", "M": "5"},
    "float16_full": {"z": FIRST, "y": 3, "grow": "plus", "M": "12"},
    "float32_full": {"z": FIRST, "y": 3, "grow": "plus", "M": "89"},
    "all_vanish": {"z": FIRST, "y": 3, "grow": "minus", "M": "1000"},
    "probability_vanishes": {"z": FIRST, "y": 3, "grow": "times", "M": "1000"},
    "digits_lost": {"z": FIRST, "y": 3, "grow": "plus", "M": "10000"},
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


def show(page: Page, classes: list[str]) -> None:
    """Show the map of what goes wrong where, and the steps of the computation at the chosen magnitude."""
    now, words, widget = page.now, page.words, page.settings.widget
    heading(page, "numerics")
    left, right = st.columns([1.3, 2])
    left.segmented_control(
        words("numerics.grow"),
        page.settings.table["grow"].options,
        format_func=lambda how: words(f"grow.{how}"),
        required=True,
        **widget("grow"),
    )
    right.select_slider(words("numerics.M"), MAGNITUDES, **widget("M"))
    logits = precision.grown(now.z, now.grow, float(now.M))
    code = CODE.format(f=logits.tolist(), y=now.y)
    draw_map(page, code)
    steps(page, classes, logits)
    found = {dtype: precision.losses(precision.cast(logits, dtype), now.y) for dtype in precision.DTYPES}
    exact = losses.softmax_loss(logits, now.y)
    before = MAGNITUDES[max(MAGNITUDES.index(now.M) - 1, 0)]
    one_less = precision.cast(precision.grown(now.z, now.grow, float(before)), np.float32)
    page.questions(
        {
            "first_failure": bool(
                now.grow == "plus"
                and not np.isfinite(found[np.float32]["naive"])
                and np.isfinite(precision.losses(one_less, now.y)["naive"])
            ),
            "saved_by_log": bool(
                np.isinf(found[np.float64]["shifted"])
                and precision.judge(found[np.float64]["log_softmax"], exact) == "right"
            ),
        }
    )
    page.code(code)


def draw_map(page: Page, code: str) -> None:
    """Draw what becomes of the loss in each precision, by each way, at all magnitudes."""
    now, words = page.now, page.words
    rows, verdicts, hover = [], [], []
    for method in METHODS:
        for dtype in precision.DTYPES:
            rows.append((words(f"method.{method}"), dtype.__name__))
            verdicts.append([])
            hover.append([])
            for magnitude in MAGNITUDES:
                logits = precision.grown(now.z, now.grow, float(magnitude))
                exact = losses.softmax_loss(logits, now.y)
                value = precision.losses(precision.cast(logits, dtype), now.y)[method]
                verdict = precision.judge(value, exact)
                verdicts[-1].append(verdict)
                compared = words("numerics.hover", value=number(float(value)), exact=number(exact))
                hover[-1].append(
                    f"{', '.join(rows[-1])}, M = {magnitude}<br>{compared}<br>{words(f'verdict.{verdict}')}"
                )
    at = MAGNITUDES.index(now.M)
    told = [
        f"{method} {dtype}: {words(f'verdict.{verdict[at]}')}"
        for (method, dtype), verdict in zip(rows, verdicts, strict=True)
    ]
    live_figure(
        verdicts_figure(verdicts, list(MAGNITUDES), rows, now.M, words("numerics.axis"), hover),
        key="softmax.numerics",
        words=words,
        alt=words("numerics.alt", M=now.M, rows="; ".join(told)),
        height=380,
        code=code,
    )
    st.caption(" &emsp; ".join(f"**{sign}** {words(f'verdict.{name}')}" for name, (_, sign) in VERDICTS.items()))


def steps(page: Page, classes: list[str], logits) -> None:
    """Show the computation step by step in the three precisions, and why it failed where it did."""
    now, words = page.now, page.words
    stored = [precision.cast(logits, dtype) for dtype in precision.DTYPES]
    exact = losses.softmax_loss(logits, now.y)
    with np.errstate(all="ignore"):
        powers = [np.exp(f) for f in stored]
        sums = [e.sum(dtype=e.dtype) for e in powers]
        naive = [precision.naive_softmax(f)[now.y] for f in stored]
        shifted = [precision.shifted_softmax(f)[now.y] for f in stored]
    results = [precision.losses(f, now.y) for f in stored]
    table = {
        r"$\max_k f_k$": [f.max() for f in stored],
        r"$f_y$": [f[now.y] for f in stored],
        r"$e^{f_y}$": [e[now.y] for e in powers],
        r"$\sum_j e^{f_j}$": sums,
        words("numerics.naive_p"): naive,
        words("numerics.naive_loss"): [result["naive"] for result in results],
        words("numerics.shifted_p"): shifted,
        words("numerics.shifted_loss"): [result["shifted"] for result in results],
        words("numerics.log_loss"): [result["log_softmax"] for result in results],
    }
    lines = [f"| {words('numerics.step')} | float16 | float32 | float64 |", "|:--|--:|--:|--:|"]
    losses_below = len(table) - 1
    for row, (name, values) in enumerate(table.items()):
        judged = name.startswith("$L") or row == losses_below
        lines.append(f"| {name} | " + " | ".join(_cell(value, exact if judged else None) for value in values) + " |")
    left, right = st.columns([4, 3], gap="medium")
    left.markdown("\n".join(lines))
    right.markdown(words("numerics.exact", loss=number(exact), y=classes[now.y]))
    why = [words(f"why.{reason}") for reason in reasons(stored, powers, sums, shifted, results, exact)]
    right.markdown("\n".join(f"- {reason}" for reason in why) if why else words("why.nothing"))


def reasons(stored, powers, sums, shifted, results, exact):
    """Name what happened in the computation, in any of the precisions, in the order of its steps."""
    happened = {
        "stored": any(np.isinf(f).any() for f in stored),
        "overflow": any(np.isinf(e).any() and np.isfinite(f).all() for f, e in zip(stored, powers, strict=True)),
        "zero_sum": any(total == 0 for total in sums),
        "log_of_zero": any(p == 0 for p in shifted),
        "digits": any(precision.judge(result["log_softmax"], exact) == "off" for result in results),
        "zero_loss": any(result["log_softmax"] == 0 != exact for result in results),
    }
    return [reason for reason, yes in happened.items() if yes]


def _cell(value, exact) -> str:
    text = "0" if value == 0 else number(float(value), 4 if abs(value) < 100 else 1)
    if not np.isfinite(value):
        return f":red[**{text}**]"
    if value == 0 or (exact is not None and precision.judge(value, exact) != "right"):
        return f":orange[**{text}**]"
    return text
