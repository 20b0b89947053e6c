"""While a run goes on, and after it: its chart and images, and what its owner can do."""

import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import ownership, photographs, recorded_label
from explorer.pages.train import SETTINGS, code, compare, completed, in_browser, questions, run_with, shortest
from explorer.pages.train.monitor_section import MonitorSection, preview, route
from explorer.protocol import recipes
from explorer.protocol.data_sources import has_image_folders
from explorer.protocol.options import CHANGEABLE, TABLE, data_folder
from explorer.protocol.safe_files import OWN
from explorer.runs import recorded
from explorer.runs.results import IMAGES
from explorer.runs.run import RUNNING, WAITING
from explorer.shell.numbers import number
from explorer.stage.page import page_path
from explorer.stage.questions import by_visitor


class OnARun(MonitorSection):
    """A run, and what its owner can do; everybody else watches."""

    def __init__(self, page, run: runs.Run):
        super().__init__(page)
        self.run = run
        self.mine = ownership.mine(run)
        # Taken first: what is drawn later is as new or newer, and the browser asks for the page again if it changes.
        self.part = "controls" if self.mine else "stage"
        self.page_state = run.page_state()[self.part]
        self.settings = run_with(run)
        ownership.remember(run)

    def controls(self):
        if not self.page.shows("controls"):
            return
        self.still_going(but=self.run)
        if self.run.over():
            self.afterwards()
            if self.run.id in recorded.OF_MODELS.values():
                photographs.offer(self.page)
        elif self.mine:
            self.commands()
        else:
            st.caption(self.words("watching"))
            self.elsewhere()
        if self.run.state() == WAITING:
            self.meanwhile()
        self.look(self.settings.get("recipe"))
        self.room("facts")

    def commands(self) -> None:
        """Show what the owner can do while the run goes on, in the same places all the time."""
        run, words = self.run, self.words
        trains = bool(run.trainer) and run.state() == RUNNING and not run.stopping
        rests = trains and run.pause_requested
        with st.container(horizontal=True, gap="small"):
            if rests:
                self.command("resume", "play_arrow", type="primary")
            else:
                self.command("pause", "pause", disabled=not trains)
            self.command("stop", "stop", disabled=run.stopping)
        with st.container(horizontal=True, gap="small"):
            self.command("step", "skip_next", disabled=not rests, steps=1)
            self.command("ten_steps", "fast_forward", "step", disabled=not rests, steps=10)
            self.command("epoch", "last_page", disabled=not rests)
        self.changes(trains)
        st.toggle(
            words("keep"),
            value=run.keep_running,
            key=f"train.keep.{run.id}",
            help=words("keep_help", seconds=number(runs.of_this_server().limits.grace, 0)),
            disabled=run.queue_position is not None,
            on_change=ownership.keep,
            args=(run, f"train.keep.{run.id}"),
        )
        self.elsewhere()

    def command(self, label: str, icon: str, name: str = "", disabled=False, type="secondary", **values) -> None:
        """Show the button of a command to the run."""
        st.button(
            self.words(f"command.{label}"),
            icon=f":material/{icon}:",
            key=f"train.{label}",
            type=type,
            disabled=disabled,
            on_click=ownership.command,
            args=(self.run, name or label),
            kwargs=values,
        )

    def changes(self, trains: bool) -> None:
        """Show what can be changed while the run goes on; the chart marks where it was."""
        run, words = self.run, self.words
        at_first = recipes.complete(run.settings)
        now = at_first | run.changed
        for column, option in zip(st.columns(len(CHANGEABLE), gap="small"), CHANGEABLE, strict=True):
            key = f"train.set.{option}.{run.id}"
            if st.session_state.get(key) != now[option]:
                st.session_state[key] = float(now[option])
            column.number_input(
                words(f"change_{option}"),
                min_value=float(TABLE[option].minimum),
                max_value=float(TABLE[option].maximum),
                step=float(at_first[option]) / 10 or 0.001,
                format="%g",
                key=key,
                persist_state="session",  # see Settings.widget
                help=words("change_rate_help" if option == "learning_rate" else "change_help"),
                disabled=not trains,
                on_change=ownership.set_while_running,
                args=(run, option, key),
            )

    def elsewhere(self) -> None:
        """Offer the way back to the settings of a new run, and other runs beside this one."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                self.words("new"),
                icon=":material/tune:",
                key="train.new",
                on_click=SETTINGS.set,
                kwargs={"run": ""},
            )
            compare.choice(self.page, self.run)

    def meanwhile(self) -> None:
        """While the run waits: offer to train in the browser, or to watch the run that trains, or a recorded one."""
        in_browser.offer(self.page)
        busy = (one for one in runs.of_this_server().busy() if isinstance(one, runs.Run))
        front = next((one for one in busy if one.queue_position is None and one is not self.run), None)
        with st.container(horizontal=True, gap="small"):
            if front:
                st.button(
                    self.words("watch_front"),
                    key="train.watch_front",
                    icon=":material/visibility:",
                    type="tertiary",
                    on_click=SETTINGS.set,
                    kwargs={"run": front.id},
                )
            self.watch_recorded()

    def afterwards(self) -> None:
        """Offer what can be done with a run that is over."""
        words = self.words
        ownership.prepare()
        if augmented := (self.run.folder.ended or {}).get("augmented_accuracy"):
            st.caption(words("six_views", percent=number(100 * augmented, 1)))
        self.room("replay")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if self.mine and self.run.resumable:
                st.button(
                    words("go_on"),
                    icon=":material/play_arrow:",
                    key="train.go_on",
                    on_click=ownership.resume,
                    args=(self.run,),
                )
            if again := self.again():
                st.button(
                    words("again"),
                    icon=":material/replay:",
                    key="train.again",
                    on_click=ownership.start,
                    args=(again, SETTINGS.set),
                )
        self.elsewhere()
        if self.run.folder.epochs:
            st.page_link(
                page_path("results"),
                label=words("to_results"),
                icon=":material/arrow_forward:",
                query_params={"run": self.run.id},
            )

    def again(self) -> dict:
        """Return the settings of the same training, none where its images are not here."""
        path, images = self.run.folder.path, self.run.folder.there(IMAGES)
        if self.run.has_own_images:
            return self.settings | {"dataset": "folder", "data_dir": path / OWN}
        return {} if images and not has_image_folders(data_folder({"data_dir": None})) else self.settings

    def monitor(self):
        full = completed(self.settings)
        run_monitor(
            SETTINGS,
            self.words,
            [route(self.run.id)],
            page_state={"name": self.part, "text": self.page_state, "over": self.run.over()},
            resumed=self.run.resumed,
            preview=None if self.run.folder.started else preview(full),
            photographs=runs.of_this_server().photographs.there,
        )

    def text(self):
        recorded_label.label(self.words, self.run.id)
        super().text()

    def found(self):
        answered = questions.about(self.settings.get("recipe"), self.run, [])
        return answered if self.mine else by_visitor(self.page, "train", answered, self.run.id)

    def show_code(self):
        if self.settings:
            code.show(self.page, shortest(self.settings), self.run.folder)
