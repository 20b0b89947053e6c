"""The loss around the trained weights: computed by the training program, with the way of the training on it."""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer import runs
from explorer.components.live_figure import captioned_figure
from explorer.figures.landscape import landscape_figure
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.results import Scene, choice
from explorer.pages.shared import ownership, refusal
from explorer.protocol.landscape_options import complete, file_name, sample_indices
from explorer.runs import landscapes
from explorer.runs.landscape_job import Computation
from explorer.runs.landscapes import Landscape
from explorer.shell.numbers import number
from explorer.stage.page import Page, plain

PLANES = ("random", "path")
POINTS = ("11", "17", "25", "41")
SAMPLES = ("200", "500", "2000")
SEEDS = ("0", "1", "2", "3")

RECORDED = {"points": "17", "samples": "200", "draw": "0"}
PRESETS = {
    "basin": RECORDED | {"plane": "random", "look": "surface", "logz": False},
    "along": RECORDED | {"plane": "path", "look": "surface", "logz": False},
    "from_above": RECORDED | {"plane": "path", "look": "contours", "logz": True},
}

CODE = """# python -m explorer.training landscape {run} {options}
import json
from pathlib import Path

found = json.loads(Path("{run}/landscapes/{file}").read_text())
print(found["trained"], min(map(min, found["loss"])), max(map(max, found["loss"])), found["seen"])
for epoch, x, y in zip(*(found["path"][name] for name in ("epochs", "x", "y"))):
    print(epoch, round(x, 4), round(y, 4))
"""


def show(page: Page, scene: Scene) -> None:
    """Show the chosen plane: what was computed, what is being computed, or how to have it computed."""
    now = page.now
    if (weights := scene.results.config["parameters"]) and page.shows("text"):
        st.markdown(page.words("landscape.weights", weights=weights))
    controls(page)
    settings = {
        "directions": now.plane,
        "points": int(now.points),
        "samples": int(now.samples),
        "seed": int(now.draw),
    }
    home = runs.of_this_server().limits.folder
    found = landscapes.find(scene.results.path, home, settings)
    if found:
        drawn(page, scene, found)
        page.questions({"seen": now.plane == "path"})
    else:
        missing(page, scene, settings, home)
    options = " ".join(f"--{name} {value}" for name, value in settings.items())
    page.code(CODE.format(run=scene.results.path.name, options=options, file=file_name(complete(settings))))


def controls(page: Page) -> None:
    """Show the choice of the plane, of how it is drawn, and of how finely it is computed."""
    words, widget = page.words, page.settings.widget
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choice(page, "plane")
        choice(page, "look")
        st.toggle(words("landscape.logz"), **widget("logz"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for name, options in (("points", POINTS), ("samples", SAMPLES), ("draw", SEEDS)):
            page.settings.select_box(
                name,
                words(f"landscape.{name}"),
                options,
                lambda option, name=name: f"{option} × {option}" if name == "points" else f"{int(option):,}",
                width=190,
                help=words(f"landscape.{name}_help"),
            )


def drawn(page: Page, scene: Scene, found: Landscape) -> None:
    """Show a landscape and say what it shows."""
    words, now = page.words, page.now
    lowest, highest = (float(edge(found.z[np.isfinite(found.z)])) for edge in (np.min, np.max))
    told = words(
        "landscape.told",
        trained=number(found.trained),
        lowest=number(lowest),
        highest=number(highest, 2),
        count=found.facts["pictures"],
    )
    loss = "log₁₀ L" if now.logz else words("landscape.loss_axis")
    captioned_figure(
        landscape_figure(
            found,
            (words("landscape.axis", k=1), words("landscape.axis", k=2), loss),
            words("landscape.path"),
            words("landscape.after"),
            contours=now.look == "contours",
            log=now.logz,
        ),
        key="results.landscape",
        words=words,
        alt=told,
        subject=f"{scene.results.path} {now.plane} {now.look} {now.logz}",
        height=540,
    )
    st.markdown(words(f"landscape.meaning_{now.plane}", weights=found.facts["weights"]))
    if found.seen is not None and len(found.epochs) > 1:
        st.markdown(words("landscape.seen", percent=number(100 * found.seen, 4 if found.seen < 0.01 else 1)))
    else:
        st.markdown(words("landscape.no_path"))
    st.markdown(check(page, scene, found))
    if exceeds(found.trained, lowest, by=5e-5):  # as far as the numbers above tell them apart
        st.markdown(words("landscape.lower"))


def check(page: Page, scene: Scene, found: Landscape) -> str:
    """Say what the run's own logits give for the same pictures."""
    pictures = sample_indices(len(scene.labels), found.facts["samples"], found.facts["seed"])
    logits, labels = scene.results.logits(scene.epochs[-1])[pictures], scene.labels[pictures]
    own = losses.softmax_loss(logits, labels).mean()
    precision = scene.results.config.get("precision")
    key = "same" if precision == "float32" else "rounded"
    return page.words(f"landscape.check_{key}", own=number(own), trained=number(found.trained))


def missing(page: Page, scene: Scene, settings: dict, home: Path) -> None:
    """Show how far the computation is, or what came of it, or the button that starts it."""
    words, path = page.words, scene.results.path
    place = landscapes.folder_for(path, home)
    limits = runs.of_this_server().limits
    allowed = limits.apply({"max_seconds": limits.landscape_seconds})
    wanted = Computation(path.name, path, place, settings | allowed)
    going = runs.of_this_server().computation(wanted.id)
    if going and not going.over():
        progress(page, going)
        return
    if not (path / "weights.pt").is_file():
        st.info(words("landscape.no_weights"), icon=":material/info:")
        return
    ended = going.ended() if going else None
    if ended and ended["event"] == "failed":
        codes = words.table("landscape.failed")
        reason = plain(str(ended.get("message", ""))[:300])
        code = ended["code"] if ended["code"] in codes else "other"
        st.error(words(f"landscape.failed.{code}", reason=reason, minutes=minutes(allowed)))
    refusal.show(words)
    side, samples = settings["points"], min(settings["samples"], len(scene.labels))
    count = {"points": side**2, "samples": samples, "all": side**2 * samples}
    st.info(words("landscape.missing", **count, minutes=minutes(allowed)), icon=":material/landscape:")
    with st.container(horizontal=True):
        st.button(
            words("landscape.start"),
            icon=":material/play_arrow:",
            type="primary",
            key="results.compute",
            on_click=start,
            args=(wanted,),
        )
        for plane in PLANES:
            other = settings | {name: int(RECORDED[name]) for name in ("points", "samples")} | {"seed": 0}
            if landscapes.find(path, home, other | {"directions": plane}):
                st.button(
                    words(f"presets.{'basin' if plane == 'random' else 'along'}"),
                    key=f"results.ready_{plane}",
                    on_click=page.settings.set,
                    kwargs=RECORDED | {"plane": plane},
                )


def minutes(settings: dict) -> str:
    """Write how many minutes a computation may take."""
    found = settings["max_seconds"] / 60
    return number(found, 0 if found == round(found) else 1)


def start(wanted: Computation) -> None:
    """Start the computation, or join it if somebody has started it already."""
    with refusal.left():
        if runs.of_this_server().compute(wanted, *ownership.visitor()) is wanted:
            ownership.own(wanted, wanted.secret)


def progress(page: Page, going: Computation) -> None:
    """Show how far a computation is until it is over; whoever looks keeps it going, whoever started it can stop it."""
    words, most = page.words, minutes(going.settings)
    runs.of_this_server().mark_present(going, going.secret, *ownership.visitor()[:2])
    ownership.remember(going)

    @st.fragment(run_every=1.0)
    def look() -> None:
        if going.over():
            st.rerun()
        if going.stopping:
            st.progress(0.0, words("landscape.stopping"))
            return
        if going.queue_position:
            st.progress(0.0, words("landscape.queued", before=going.queue_position))
            return
        name, done, total, left = going.progress()
        if name == "download":
            megabytes = {"done": round(done / 1e6), "total": round(total / 1e6)}
            st.progress(done / total, words("landscape.fetching", **megabytes))
        elif name != "landscape":
            st.progress(0.0, words("landscape.preparing"))
        elif left is None:
            st.progress(done / total, words("landscape.computing", done=done, total=total, minutes=most))
        else:
            far = {"done": done, "total": total, "seconds": number(left, 0), "minutes": most}
            st.progress(done / total, words("landscape.computing_left", **far))

    look()
    if ownership.mine(going) and not going.stopping:
        st.button(
            words("landscape.stop"),
            icon=":material/stop:",
            key="results.stop",
            on_click=ownership.command,
            args=(going, "stop"),
        )
