"""Several runs laid over each other, and in what their settings differ."""

import streamlit as st

from explorer import frame, runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.train_parts import PROGRAM, SETTINGS, owner
from explorer.server import RUNS

IGNORED = {"run_dir", "data_dir", "commands", "threads", "max_seconds"}


def choice(page: frame.Page, run: runs.Run) -> None:
    """Offer to lay other runs over this one."""
    words = page.words
    with st.popover(words("compare"), icon=":material/compare_arrows:"):
        st.markdown(words("compare_help"))
        st.multiselect(
            words("compare_with"),
            [id for id in owner.started() if id != run.id],
            accept_new_options=True,
            max_selections=SETTINGS.table["compare"].most - 1,
            key="train.others",
        )
        st.button(words("compare"), key="train.compare_now", on_click=_compare, args=(run,))


def _compare(run: runs.Run) -> None:
    SETTINGS.set(compare=(run.id, *(id.strip() for id in st.session_state["train.others"])))


def name(id: str) -> str:
    """Return how a run is called beside others: its model, and enough of its id to tell it."""
    run = runs.of_this_server().find(id)
    model = str(configuration(run).get("model", "")) if run else ""
    return f"{model[:20]} {id[:6]}".strip()


def configuration(run: runs.Run) -> dict:
    """Return the settings that a run was trained with, as its folder or its start tells them."""
    run.state()
    found = (run.folder.started or {}).get("configuration")
    return found if isinstance(found, dict) else run.settings or {}


def show(page: frame.Page) -> None:
    """Show the runs that the link names laid over each other, after a word about those that are not there."""
    words = page.words
    found = {id: run for id in page.now.compare if (run := runs.of_this_server().find(id))}
    for id in page.now.compare:
        if id not in found:
            st.warning(words("unknown_run", run=frame.plain(id)), icon=":material/link_off:")
    st.button(words("new"), icon=":material/tune:", key="train.new", on_click=SETTINGS.set, kwargs={"compare": ()})
    if not found:
        return
    if page.shows("monitor"):
        run_monitor(SETTINGS, words, [(f"{RUNS}/{id}", name(id)) for id in found])
    st.subheader(words("differences"), anchor=False)
    st.markdown(table(words, list(found.values())))


def table(words, compared: list[runs.Run]) -> str:
    """Return as a Markdown table what is not the same in all runs."""
    settings = [configuration(run) for run in compared]
    options = sorted(set().union(*settings) - IGNORED)
    different = [o for o in options if len({str(values.get(o)) for values in settings}) > 1]
    if not different:
        return words("no_differences")
    labels = {option: words(f"controls.{own}") for own, (option, _) in PROGRAM.items()}
    heads = [words("setting"), *(frame.plain(name(run.id)) for run in compared)]
    rows = [[labels.get(o, frame.plain(o)), *(_cell(values.get(o)) for values in settings)] for o in different]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])


def _cell(value) -> str:
    return "–" if value is None else frame.plain(str(value)[:40])
