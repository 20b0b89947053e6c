"""Who owns a run: whoever started it, in this session, or in one before with the cookie that it left."""

import functools

import streamlit as st

from explorer import runs
from explorer.pages.shared import refusal
from explorer.protocol.options import TABLE

SECRETS = "train.secrets"


def cookie(run: runs.Run) -> str:
    """Return the name of the cookie in which the browser keeps the secret of a run that it started."""
    return f"explorer-run-{run.id}"


def secret(run: runs.Run) -> str:
    """Return what this visitor can show to own `run`, or ""."""
    return st.session_state.get(SECRETS, {}).get(run.id) or st.context.cookies.get(cookie(run), "")


def mine(run: runs.Run) -> bool:
    """Return whether this visitor owns `run`."""
    return run.owned_by(secret(run))


def visitor():
    """Return this session's id, a function that says whether the visitor is still there, and the visitor's address.

    The address is that of the connection; what a proxy says of it counts if uvicorn trusts the proxy. It is "" if it is
    not known, or this machine's own.
    """
    id, address = st.runtime.scriptrunner.get_script_run_ctx().session_id, st.context.ip_address or ""
    if not st.runtime.exists():
        return id, lambda: True, address
    return id, functools.partial(st.runtime.get_instance().is_active_session, id), address


def start(settings: dict, show) -> None:
    """Start a run and call show(its id); what stands in the way is left for the page to tell."""
    with refusal.left():
        run, given = runs.of_this_server().start(settings, *visitor())
        st.session_state[SECRETS] = st.session_state.get(SECRETS, {}) | {run.id: given}
        show(run=run.id)


def resume(run: runs.Run) -> None:
    """Let `run` go on from its checkpoint; what stands in the way is left for the page to tell."""
    with refusal.left():
        runs.of_this_server().resume(run, secret(run), *visitor())


def keep(run: runs.Run, key: str) -> None:
    """Let `run` go on without its owner, or not, as the control `key` says; where it may not, the control says no."""
    with refusal.left():
        runs.of_this_server().keep(run, secret(run), st.session_state[key])
    st.session_state[key] = run.kept


def prepare() -> None:
    """Have the training program ready for this visitor's next start."""
    if st.runtime.exists():
        runs.of_this_server().prepare()


def command(run: runs.Run, name: str, **values) -> None:
    """Send `run` a command."""
    runs.of_this_server().command(run, secret(run), name, **values)


def set_while_running(run: runs.Run, option: str, key: str) -> None:
    """Send `run` the value of the control `key` as that of an option of the training program."""
    value = TABLE[option].read(st.session_state[key])
    command(run, "set", **{option: value})


def attend(run: runs.Run) -> None:
    """Let `run` go on while this visitor is there, if it is theirs."""
    runs.of_this_server().attend(run, secret(run), *visitor()[:2])


def started() -> list[str]:
    """Return the ids of the runs that this session started, the last first."""
    return list(reversed(st.session_state.get(SECRETS, {})))


def going() -> runs.Run | None:
    """Return a run that this session started and that still goes on."""
    for id in started():
        run = runs.of_this_server().find(id)
        if run and not run.over():
            return run
    return None
