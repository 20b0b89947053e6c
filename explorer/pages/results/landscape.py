"""The loss around the trained weights: computed by the training program, with the way of the training on it."""

import numpy as np
import streamlit as st

from explorer import runs
from explorer.figures.landscape import landscape_figure
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.results import ResultsSection
from explorer.pages.shared import ownership, refusal
from explorer.protocol.landscape_options import complete, file_name, sample_indices
from explorer.runs import landscapes
from explorer.runs.landscape_job import Computation
from explorer.shell.numbers import number

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

# What answers each question.
ANSWERS = {"seen": PRESETS["along"]}

CODE = """# python -m explorer.training landscape {run} {options}
import json
found = json.loads(Path("{run}/landscapes/{file}").read_text())
print(found["trained"], min(map(min, found["loss"])), max(map(max, found["loss"])), found["seen"])
for epoch, x, y in zip(*(found["path"][name] for name in ("epochs", "x", "y"))):
    print(epoch, round(x, 4), round(y, 4))
"""


class LossLandscape(ResultsSection):
    """The chosen plane: what was computed, what is being computed, or how to have it computed."""

    presets = PRESETS
    answers = ANSWERS
    at_one_epoch = False

    def __init__(self, page, scene, notices):
        super().__init__(page, scene, notices)
        now = self.now
        self.settings = {
            "directions": now.plane,
            "points": int(now.points),
            "samples": int(now.samples),
            "seed": int(now.draw),
        }
        self.home = runs.of_this_server().limits.folder
        self.found_landscape = landscapes.find(scene.results.path, self.home, self.settings)

    def controls(self):
        super().controls()
        words, widget = self.words, self.page.settings.widget
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            self.choice("plane", words("plane.label"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            self.choice("look", words("look.label"))
            st.toggle(words("landscape.logz"), **widget("logz"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for name, options in (("points", POINTS), ("samples", SAMPLES), ("draw", SEEDS)):
                self.page.settings.select_box(
                    name,
                    words(f"landscape.{name}"),
                    options,
                    lambda option, name=name: f"{option} × {option}" if name == "points" else f"{int(option):,}",
                    width="stretch",
                    help=words(f"landscape.{name}_help"),
                )
        if self.found_landscape:
            st.markdown(self.said())
            st.markdown(self.path_said())

    def figure(self):
        now, words = self.now, self.words
        if not self.found_landscape:
            self.missing()
            return
        loss = "log₁₀ L" if now.logz else words("landscape.loss_axis")
        self.live_figure(
            landscape_figure(
                self.found_landscape,
                (words("landscape.axis", k=1), words("landscape.axis", k=2), loss),
                words("landscape.path"),
                words("landscape.after"),
                contours=now.look == "contours",
                log=now.logz,
            ),
            "landscape",
            self.said(),
            f"{now.plane} {now.look} {now.logz}",
        )

    def lowest(self) -> float:
        """Return the smallest loss on the plane."""
        return float(np.min(self.found_landscape.z[np.isfinite(self.found_landscape.z)]))

    def said(self) -> str:
        """Say in words what the landscape shows."""
        found = self.found_landscape
        return self.words(
            "landscape.told",
            trained=number(found.trained),
            lowest=number(self.lowest()),
            highest=number(float(np.max(found.z[np.isfinite(found.z)])), 2),
            count=found.facts["pictures"],
        )

    def path_said(self) -> str:
        """Say in words how much of the path of the training is seen."""
        found = self.found_landscape
        if found.seen is None or len(found.epochs) < 2:
            return self.words("landscape.no_path")
        return self.words("landscape.seen", percent=number(100 * found.seen, 4 if found.seen < 0.01 else 1))

    def text(self):
        words, found = self.words, self.found_landscape
        st.markdown(words("landscape.lead"))
        if weights := self.scene.results.config["parameters"]:
            st.markdown(words("landscape.weights", weights=weights))
        if found:
            st.markdown(words(f"landscape.meaning_{self.now.plane}", weights=found.facts["weights"]))
            st.markdown(self.check())
            if exceeds(found.trained, self.lowest(), by=5e-5):  # as far as the numbers above tell them apart
                st.markdown(words("landscape.lower"))
        super().text()

    def check(self) -> str:
        """Say what the run's own logits give for the same images."""
        scene, found = self.scene, self.found_landscape
        drawn = sample_indices(len(scene.labels), found.facts["samples"], found.facts["seed"])
        logits, labels = scene.results.logits(scene.epochs[-1])[drawn], scene.labels[drawn]
        own = losses.softmax_loss(logits, labels).mean()
        key = "same" if scene.results.config.get("precision") == "float32" else "rounded"
        return self.words(f"landscape.check_{key}", own=number(own), trained=number(found.trained))

    def missing(self) -> None:
        """Show how far the computation is, or what came of it, or the button that starts it."""
        words, path = self.words, self.scene.results.path
        limits = runs.of_this_server().limits
        allowed = limits.apply({"max_seconds": limits.landscape_seconds})
        wanted = Computation(path.name, path, landscapes.folder_for(path, self.home), self.settings | allowed)
        going = runs.of_this_server().computation(wanted.id)
        if going and not going.over():
            self.progress(going)
            return
        if not (path / "weights.pt").is_file():
            st.info(words("landscape.no_weights"), icon=":material/info:")
            return
        ended = going.ended() if going else None
        if ended and ended["event"] == "failed":
            reason = ended.get("message", "")
            st.error(words.why("landscape.failed", ended["code"], reason, minutes=minutes(allowed)))
        refusal.show(words)
        side, samples = self.settings["points"], min(self.settings["samples"], len(self.scene.labels))
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
                other = self.settings | {name: int(RECORDED[name]) for name in ("points", "samples")} | {"seed": 0}
                if landscapes.find(path, self.home, other | {"directions": plane}):
                    st.button(
                        words(f"presets.{'basin' if plane == 'random' else 'along'}"),
                        key=f"results.ready_{plane}",
                        on_click=self.page.settings.set,
                        kwargs=RECORDED | {"plane": plane},
                    )

    def progress(self, going: Computation) -> None:
        """Show how far a computation is until it is over. Who looks keeps it going, who started it can stop it."""
        words, most = self.words, minutes(going.settings)
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
                st.progress(0.0, words("landscape.awaited" if going.awaited else "landscape.preparing"))
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

    def found(self):
        return {"seen": bool(self.found_landscape) and self.now.plane == "path"}

    def code(self):
        options = " ".join(f"--{name} {value}" for name, value in self.settings.items())
        file = file_name(complete(self.settings))
        return CODE.format(run=self.scene.results.path.name, options=options, file=file)


def minutes(settings: dict) -> str:
    """Write how many minutes a computation may take."""
    found = settings["max_seconds"] / 60
    return number(found, 0 if found == round(found) else 1)


def start(wanted: Computation) -> None:
    """Start the computation, or join it if somebody has started it already."""
    with refusal.left():
        if runs.of_this_server().compute(wanted, *ownership.visitor()) is wanted:
            ownership.own(wanted, wanted.secret)
