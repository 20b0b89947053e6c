"""Training: start a run, watch it, stop it, open one by its link; before that, what an untrained model says."""

import base64
import functools
import math

import numpy as np
import streamlit as st

from explorer import frame, losses, runs
from explorer.components.run_monitor import run_monitor
from explorer.notation import number
from explorer.runs.folder import sprite
from explorer.server import RUNS
from explorer.settings import Choice, Settings, Several
from explorer.synthetic import SHAPES, draw
from explorer.training import options, recipes

RECIPE = "recipe"


class RunId:
    """The id of a run, or "": whether there is such a run is for the page to say."""

    default = ""

    def check(self, value: str) -> str:
        return value[:64]

    parse = format = check

    def allowed(self) -> str:
        return ""


SETTINGS = Settings(
    "train",
    data=Choice(("auto", "cifar10", "folder", "synthetic")),
    model=Choice(("softmax", "cnn")),
    optimizer=Choice(("sgd", "adamw")),
    rate=Choice((RECIPE, "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10")),
    batch=Choice((RECIPE, "16", "32", "64", "128", "256", "512", "1024")),
    epochs=Choice((RECIPE, "1", "2", "3", "5", "10", "20", "50", "100", "200")),
    limit=Choice(("30", "60", "300", "1800", "7200"), default="300"),
    run=RunId(),
    show=Several(("text", "presets", "controls", "monitor", "questions", "code")),
)

AS_RECOMMENDED = {"optimizer": "sgd", "rate": RECIPE, "batch": RECIPE, "epochs": RECIPE, "limit": "300"}
PRESETS = {
    "essay": {"data": "auto", "model": "softmax"} | AS_RECOMMENDED,
    "cnn": {"data": "auto", "model": "cnn"} | AS_RECOMMENDED,
    "shapes": {"data": "synthetic", "model": "cnn"} | AS_RECOMMENDED | {"epochs": "3", "limit": "60"},
    "too_far": {"data": "auto", "model": "softmax"} | AS_RECOMMENDED | {"rate": "3", "epochs": "3"},
}


def recipe(now) -> dict[str, str]:
    """Return what the model is trained with unless told otherwise, as the controls write it."""
    full = recipes.complete({"model": now.model, "optimizer": now.optimizer})
    values = {"rate": full["learning_rate"], "batch": full["batch_size"], "epochs": full["epochs"]}
    return {name: f"{value:g}" for name, value in values.items()}


def chosen(now) -> dict:
    """Return the settings of the training program for what the controls say."""
    values = {name: value if (value := getattr(now, name)) != RECIPE else recipe(now)[name] for name in recipe(now)}
    return {
        "dataset": now.data,
        "model": now.model,
        "optimizer": now.optimizer,
        "learning_rate": float(values["rate"]),
        "batch_size": int(values["batch"]),
        "epochs": int(values["epochs"]),
        "max_seconds": float(now.limit),
    }


def visitor():
    """Return this session's id, and a function that says whether the visitor is still there."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    if not st.runtime.exists():
        return context.session_id, lambda: True
    return context.session_id, functools.partial(st.runtime.get_instance().is_active_session, context.session_id)


def start(now) -> None:
    """Start a run and show it."""
    st.session_state.pop("train.refused", None)
    try:
        run = runs.of_this_server().start(chosen(now), *visitor())
    except OSError as error:
        st.session_state["train.refused"] = str(error)
        return
    SETTINGS.set(run=run.id)
    st.session_state["train.own"] = run.id


def controls(page: frame.Page) -> None:
    """Show what can be set about the next run, and the button that starts it."""
    now, words = page.now, page.words
    own = recipe(now)
    rows = (("data", "model", "optimizer"), ("rate", "batch", "epochs", "limit"))
    for row in rows:
        for column, name in zip(st.columns(len(row)), row, strict=True):
            column.selectbox(
                words(f"controls.{name}"),
                SETTINGS.table[name].options,
                format_func=functools.partial(label, words, name, own.get(name, "")),
                help=words(f"help.{name}"),
                **SETTINGS.widget(name),
            )
    st.button(
        words("start"), icon=":material/play_arrow:", type="primary", key="train.start", on_click=start, args=(now,)
    )


def label(words, name: str, recommended: str, option: str) -> str:
    if option == RECIPE:
        return words("recipe", value=recommended)
    return option if name in ("rate", "batch", "epochs") else words(f"{name}.{option}")


@functools.cache
def untrained(count: int = 500):
    """Draw shapes, and return them with their labels and an untrained softmax regression's logits of them."""
    random = np.random.default_rng(0)
    images, labels = draw(count, random)
    pixels = images.reshape(count, -1) / 255.0
    weights = random.normal(0, 0.001, (pixels.shape[1], len(SHAPES)))
    return images, labels, (pixels - pixels.mean()) / pixels.std() @ weights


def before_training(words) -> None:
    """Show ten pictures and what an untrained model says of them."""
    images, labels, logits = untrained()
    loss = np.mean(losses.softmax_loss(logits, labels))
    right = np.mean(logits.argmax(axis=1) == labels)
    st.subheader(words("untrained.title"), anchor=False)
    st.markdown(words("untrained.text", n=len(labels), loss=number(loss, 3), percent=number(100 * right, 1)))
    _, ten = np.unique(labels, return_index=True)
    picture = base64.b64encode(sprite(images[ten])).decode()
    preview = {
        "sprite": f"data:image/png;base64,{picture}",
        "labels": labels[ten],
        "logits": logits[ten],
        "classes": list(SHAPES),
    }
    run_monitor(words, None, preview=preview)


def opened(page: frame.Page) -> runs.Run | None:
    """Return the run that the page shows, after a word about one that is not there."""
    if not page.now.run:
        return None
    run = runs.of_this_server().find(page.now.run)
    if run is None:
        st.warning(page.words("unknown_run", run=frame.plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run="")
    return run


def own_run_going() -> runs.Run | None:
    """Return the run that this visitor started, if it still goes on."""
    run = runs.of_this_server().find(st.session_state.get("train.own", ""))
    return run if run and not run.over() else None


def found(run: runs.Run | None) -> dict[str, bool]:
    """Say which questions the run that is shown answers."""
    seen = run.folder if run else None
    first = seen.epochs[0]["test_loss"] if seen and seen.epochs else math.nan
    last = seen.epochs[-1] if seen and seen.epochs else {"test_loss": math.nan, "test_accuracy": 0.0}
    started = seen.started["configuration"] if seen and seen.started else {}
    return {
        "ln10": abs(first - math.log(10)) < 0.1,
        "too_far": bool(seen) and len(seen.epochs) > 1 and not last["test_loss"] <= math.log(10),
        "cnn": started.get("model") == "cnn" and last["test_accuracy"] > 0.6,
    }


with frame.page(SETTINGS) as page:
    now, words = page.now, page.words
    run = opened(page)
    if "train.refused" in st.session_state:
        reason = frame.plain(st.session_state["train.refused"])
        st.error(words("cannot_start", reason=reason), icon=":material/error:")
    if run is None:
        page.presets(PRESETS)
        if going := own_run_going():
            st.info(words("still_going"), icon=":material/info:")
            st.button(words("show_it"), key="train.show_it", on_click=SETTINGS.set, kwargs={"run": going.id})
        if page.shows("controls"):
            controls(page)
        if page.shows("monitor"):
            before_training(words)
    else:
        active = not run.over()
        runs.of_this_server().visit(run, *visitor())
        if page.shows("controls"):
            with st.container(horizontal=True):
                if active:
                    st.button(
                        words("stop"),
                        icon=":material/stop:",
                        key="train.stop",
                        on_click=runs.of_this_server().stop,
                        args=(run,),
                    )
                else:
                    st.button(words("again"), icon=":material/replay:", key="train.again", on_click=start, args=(now,))
                    st.button(
                        words("new"), icon=":material/tune:", key="train.new", on_click=SETTINGS.set, kwargs={"run": ""}
                    )
        if page.shows("monitor"):
            run_monitor(words, f"{RUNS}/{run.id}", active)
    page.questions(found(run))
    page.code("python -m explorer.training " + " ".join(options.command_line(chosen(now))))
