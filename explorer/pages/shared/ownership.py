"""Who owns a run, or a computation on one: whoever started it, in this session or in one before that left a cookie."""

import functools

import streamlit as st

from explorer import runs
from explorer.components.remember import remember as keep_in_browser
from explorer.pages.shared import refusal
from explorer.protocol.options import TABLE
from explorer.runs.photographs import Photographs
from explorer.shell.visit import address

SECRETS = "train.secrets"
Owned = runs.Run | runs.Computation | Photographs
# What the browser keeps a secret under, before the id, and for how many hours.
COOKIES = {
    runs.Run: ("explorer-run-", 30 * 24),
    runs.Computation: ("explorer-computation-", 12),
    Photographs: ("explorer-computation-", 12),
}


def secret(run: Owned) -> str:
    """Return what this visitor can show to own `run`, or ""."""
    prefix, id, _ = _cookie(run)
    return st.session_state.get(SECRETS, {}).get(run.id) or st.context.cookies.get(prefix + id, "")


def _cookie(run: Owned) -> tuple[str, str, int]:
    prefix, hours = COOKIES[type(run)]
    return prefix, run.id.replace("/", "."), hours  # no name of a cookie holds a slash


def own(run: Owned, given: str) -> None:
    """Note in this session that the visitor owns `run`, by the secret that was given."""
    st.session_state[SECRETS] = st.session_state.get(SECRETS, {}) | {run.id: given}


def remember(run: Owned) -> None:
    """Have the browser of whoever owns `run` show so after a reload."""
    if mine(run):
        prefix, id, hours = _cookie(run)
        keep_in_browser(prefix, id, secret(run), hours)


def mine(run: Owned) -> bool:
    """Return whether this visitor owns `run`."""
    return run.owned_by(secret(run))


def visitor():
    """Return this session's id, a function that says whether the visitor is still there, and the visitor's address."""
    id = st.runtime.scriptrunner.get_script_run_ctx().session_id
    if not st.runtime.exists():
        return id, lambda: True, ""
    return id, functools.partial(st.runtime.get_instance().is_active_session, id), address()


def start(settings: dict, show) -> None:
    """Start a run and call show(its id); what stands in the way is left for the page to tell."""
    with refusal.left():
        run, given = runs.of_this_server().start(settings, *visitor())
        own(run, given)
        show(run=run.id)


def resume(run: runs.Run) -> None:
    """Let `run` go on from its checkpoint; what stands in the way is left for the page to tell."""
    with refusal.left():
        runs.of_this_server().resume(run, secret(run), *visitor())


def keep(run: runs.Run, key: str) -> None:
    """Let `run` go on without its owner, or not, as the control `key` says; where it may not, the control says no."""
    with refusal.left():
        runs.of_this_server().keep(run, secret(run), st.session_state[key])
    st.session_state[key] = run.keep_running


def prepare(settings: dict | None = None) -> None:
    """Have the training program ready for this visitor's next start, if it is known with these settings."""
    if st.runtime.exists():
        runs.of_this_server().prepare(settings)


def command(run: runs.Run, name: str, **values) -> None:
    """Send `run` a command."""
    runs.of_this_server().command(run, secret(run), name, **values)


def set_while_running(run: runs.Run, option: str, key: str) -> None:
    """Send `run` the value of the control `key` as that of an option of the training program."""
    value = TABLE[option].read(st.session_state[key])
    command(run, "set", **{option: value})


def mark_present() -> None:
    """Let what this visitor owns go on while the visitor is there."""
    for run in runs.of_this_server().busy():
        runs.of_this_server().mark_present(run, secret(run), *visitor()[:2])


def started() -> list[str]:
    """Return the ids of the runs that this session started, the last first."""
    return [id for id in reversed(st.session_state.get(SECRETS, {})) if "/" not in id]  # as a computation's has


def going() -> runs.Run | None:
    """Return a run that this visitor owns and that still goes on."""
    own = (run for run in runs.of_this_server().busy() if isinstance(run, runs.Run) and mine(run))
    return next((run for run in own if not run.over()), None)
