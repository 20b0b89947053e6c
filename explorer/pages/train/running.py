"""While a run goes on, and after it: what its owner can do."""

import streamlit as st

from explorer import runs
from explorer.pages.shared import ownership
from explorer.pages.train import SETTINGS, compare, run_with
from explorer.protocol import recipes
from explorer.protocol.options import TABLE
from explorer.shell.numbers import number
from explorer.stage.page import Page, page_path

CHANGEABLE = ("learning_rate", "momentum", "weight_decay")


def controls(page: Page, run: runs.Run) -> None:
    """Show what the owner of a run can do while it goes on; everybody else watches."""
    words = page.words
    if run.over():
        return _afterwards(page, run)
    if not ownership.mine(run):
        st.caption(words("watching"))
        with st.container(horizontal=True, vertical_alignment="center"):
            _new(page)
            compare.choice(page, run)
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(horizontal=True, width="content"):
            if run.trainer and run.state() == "running" and not run.stopping:
                if run.pause_requested:
                    _button(page, run, "resume", "play_arrow")
                    _button(page, run, "step", "skip_next", steps=1)
                    _button(page, run, "ten_steps", "fast_forward", "step", steps=10)
                    _button(page, run, "epoch", "last_page")
                else:
                    _button(page, run, "pause", "pause")
                _changes(words, run)
            _button(page, run, "stop", "stop", disabled=run.stopping)
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            st.toggle(
                words("keep"),
                value=run.keep_running,
                key=f"train.keep.{run.id}",
                help=words("keep_help", seconds=number(runs.of_this_server().limits.grace, 0)),
                disabled=run.queue_position is not None,
                on_change=ownership.keep,
                args=(run, f"train.keep.{run.id}"),
            )
            _new(page)
            compare.choice(page, run)
    return None


def _button(page: Page, run: runs.Run, label: str, icon: str, name: str = "", disabled=False, **values) -> None:
    st.button(
        page.words(f"command.{label}"),
        icon=f":material/{icon}:",
        key=f"train.{label}",
        disabled=disabled,
        on_click=ownership.command,
        args=(run, name or label),
        kwargs=values,
    )


def _new(page: Page) -> None:
    """Offer the way back to the settings of a new run."""
    st.button(page.words("new"), icon=":material/tune:", key="train.new", on_click=SETTINGS.set, kwargs={"run": ""})


def _changes(words, run: runs.Run) -> None:
    """Offer what can be changed while the run goes on; the chart marks where it was."""
    at_first = recipes.complete(run.settings)
    now = at_first | run.changed
    with st.popover(words("change"), icon=":material/tune:"):
        st.markdown(words("change_help"))
        for option in CHANGEABLE:
            key = f"train.set.{option}.{run.id}"
            if st.session_state.get(key) != now[option]:
                st.session_state[key] = float(now[option])
            st.number_input(
                words(f"change_{option}"),
                min_value=float(TABLE[option].minimum),
                max_value=float(TABLE[option].maximum),
                step=float(at_first[option]) / 10 or 0.001,
                format="%g",
                key=key,
                on_change=ownership.set_while_running,
                args=(run, option, key),
            )


def _afterwards(page: Page, run: runs.Run) -> None:
    settings = run_with(run)
    ownership.prepare()
    with st.container(horizontal=True, vertical_alignment="center"):
        if ownership.mine(run) and run.resumable:
            st.button(
                page.words("go_on"),
                icon=":material/play_arrow:",
                key="train.go_on",
                on_click=ownership.resume,
                args=(run,),
            )
        if settings:
            st.button(
                page.words("again"),
                icon=":material/replay:",
                key="train.again",
                on_click=ownership.start,
                args=(settings, SETTINGS.set),
            )
        _new(page)
        compare.choice(page, run)
        if run.folder.epochs:
            label = page.words("to_results")
            query = {"run": run.id}
            st.page_link(page_path("results"), label=label, icon=":material/arrow_forward:", query_params=query)
