"""Several runs laid over each other, and in what their settings differ."""

import contextlib
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import ownership
from explorer.pages.shared.lookup import names_of
from explorer.pages.train import PROGRAM, SETTINGS, code, option_label, questions, run_with, shortest, written
from explorer.pages.train.monitor_section import MonitorSection, route
from explorer.protocol.safe_files import digest, regular_file
from explorer.shell.numbers import number
from explorer.shell.texts import plain
from explorer.stage.page import Page

LETTERS = "ABCDE"
NO_RUN = {"compare": (), "run": ""}


def choice(page: Page, run: runs.Run) -> None:
    """Offer to lay other runs over this one."""
    words = page.words
    own = {id: described(words, id) for id in ownership.started() if id != run.id}
    with st.popover(words("compare"), icon=":material/compare_arrows:"):
        st.markdown(words("compare_help"))
        st.multiselect(
            words("compare_with"),
            list(own),
            format_func=lambda id: own.get(id, id),
            accept_new_options=True,
            max_selections=SETTINGS.specs["compare"].most - 1,
            key="train.others",
        )
        st.button(words("compare"), key="train.compare_now", on_click=_compare, args=(run,))


def _compare(run: runs.Run) -> None:
    SETTINGS.set(compare=(run.id, *(id.strip() for id in st.session_state["train.others"])))


def described(words, id: str) -> str:
    """Return how a run is told from others in a list: its model, how well it does, and the beginning of its id."""
    run = runs.of_this_server().find(id)
    if run is None:
        return id
    parts = [_model(words, run), f"{id[:6]}…"]
    if run.folder.epochs:
        accuracy = number(100 * run.folder.epochs[-1]["test_accuracy"], 1)
        parts.insert(1, words("monitor.percent", n=accuracy))
    return " · ".join(parts)


def _model(words, run: runs.Run) -> str:
    model = run_with(run).get("model")
    return words(f"monitor.models.{model}") if model else "?"


def name(words, compared: list[runs.Run], run: runs.Run) -> str:
    """Return how one of several runs is called beside the others: a letter and its model."""
    return f"{LETTERS[compared.index(run)]} · {_model(words, run)}"


def found(page: Page) -> list[runs.Run]:
    """Return the runs that the link names, after a word about those that are not there."""
    there = []
    for id in page.now.compare:
        if run := runs.of_this_server().find(id):
            there.append(run)
        else:
            st.warning(page.words("unknown_run", run=plain(id)), icon=":material/link_off:")
    if page.now.compare and not there:
        SETTINGS.set(compare=())
    return there


class Compared(MonitorSection):
    """Runs laid over each other, and what was set differently."""

    presets = MappingProxyType({})

    def __init__(self, page, compared: list[runs.Run]):
        super().__init__(page)
        self.compared = compared
        self.with_images = len(compared) == 1
        self.names = [name(self.words, compared, run) for run in compared]

    def controls(self):
        words = self.words
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(words("new"), icon=":material/tune:", key="train.new", on_click=SETTINGS.set, kwargs=NO_RUN)
            for run, called in zip(self.compared, self.names, strict=True):
                st.button(
                    words("show_one", name=called),
                    icon=":material/arrow_forward:",
                    key=f"train.show.{run.id}",
                    on_click=SETTINGS.set,
                    kwargs={"compare": (), "run": run.id},
                )
            if len(self.compared) == 1:
                choice(self.page, self.compared[0])
        if len(self.compared) == 1:
            st.markdown(words("one_compared"))
            return
        used = [data(run) for run in self.compared]
        st.markdown(f"**{words('differences')}**")
        st.markdown(table(words, self.names, self.compared, used))
        if said := of_other_data(words, self.compared, used):
            st.markdown(said)

    def monitor(self):
        routes = [route(run.id)[0] for run in self.compared]
        run_monitor(SETTINGS, self.words, list(zip(routes, self.names, strict=True)))

    def found(self):
        return questions.about(None, None, self.compared)

    def show_code(self):
        settings = [shortest(run_with(run)) | code.place_of_images(run.folder) for run in self.compared]
        code.show_all(self.page, dict(zip(self.names, settings, strict=True)))


class Data(NamedTuple):
    """What a run trains on, as far as it is known; of image folders what tells them from others of the same kind."""

    kind: str
    classes: tuple[str, ...] = ()
    images: int = 0
    test_images: int = 0
    tested_on: str = ""  # a digest of the test images


def data(run: runs.Run) -> Data:
    """Return what a run trains on; of "auto", once it has begun, what that came to."""
    started = run.folder.started or {}
    kind = started.get("dataset") or run_with(run).get("dataset") or ""
    if kind != "folder" or not started.get("classes"):
        return Data(kind)
    tested_on = ""
    with contextlib.suppress(OSError):
        tested_on = digest(regular_file(run.folder.path / "fingerprints.npy"))
    return Data(kind, tuple(started["classes"]), started["images"], started["test_images"], tested_on)


def table(words, names: list[str], compared: list[runs.Run], used: list[Data]) -> str:
    """Return as a Markdown table what is not the same in all runs; used: the data of each."""
    settings = [run_with(run) | {"dataset": of_run} for run, of_run in zip(compared, used, strict=True)]
    labels = {option: own for own, (option, _) in PROGRAM.items()}
    rows = []
    for option in ("recipe", *labels):
        values = [run.get(option) for run in settings]
        if len(set(values)) > 1:
            own = labels.get(option, "presets")
            of_data = option == "dataset"
            cells = _data_cells(words, names, values) if of_data else [_cell(words, own, value) for value in values]
            rows.append([words(f"controls.{own}"), *cells])
    if not rows:
        return words("no_differences")
    heads = [words("setting"), *(plain(called) for called in names)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])


def _cell(words, own: str, value) -> str:
    return "–" if value is None else plain(option_label(words, own, written(value)))


def _data_cells(words, names: list[str], used: list[Data]) -> list[str]:
    """Say what each run trains on; where number and classes are alike, also from whose images its own differ."""
    cells = []
    for at, own in enumerate(used):
        said = _cell(words, "data", own.kind or None)
        if own.classes:
            classes = plain(words.names(names_of(words, own.classes)))
            said = words("data_of", data=said, classes=classes, train=own.images, test=own.test_images)
        alike = [k for k in range(at) if used[k]._replace(tested_on="") == own._replace(tested_on="")]
        same = [k for k in alike if used[k].tested_on == own.tested_on]
        if same:
            said = cells[same[0]]
        elif alike:
            said = words("data_other", data=said, name=plain(names[alike[0]]))
        cells.append(said)
    return cells


def of_other_data(words, compared: list[runs.Run], used: list[Data]) -> str:
    """Say why losses and accuracies of runs on different data cannot be compared; "" where they can."""
    begun = [(run.folder.started, of_run) for run, of_run in zip(compared, used, strict=True) if run.folder.started]
    counts = {len(started.get("classes") or ()) for started, _ in begun} - {0}
    if len(counts) > 1:
        return words("other_classes", counts=words.names(str(count) for count in sorted(counts)))
    tested_on = {(of_run.kind, of_run.classes, of_run.tested_on) for _, of_run in begun}
    return words("other_images") if len(tested_on) > 1 else ""
