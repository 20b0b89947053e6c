"""Who owns a run: whoever started it, in this session, or in one before with the cookie that it left."""

import functools

import streamlit as st

from explorer import runs
from explorer.protocol.options import TABLE
from explorer.protocol.redact import without_places

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
    """Return this session's id, and a function that says whether the visitor is still there."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    if not st.runtime.exists():
        return context.session_id, lambda: True
    return context.session_id, functools.partial(st.runtime.get_instance().is_active_session, context.session_id)


def start(settings: dict, show) -> None:
    """Start a run and call show(its id); what stands in the way is left for the page to tell."""
    st.session_state.pop("train.refused", None)
    try:
        run, given = runs.of_this_server().start(settings, *visitor())
    except runs.StillWaiting:
        st.session_state["train.refused"] = ("still_waiting", "")
        return
    except (OSError, ValueError) as error:
        reason = without_places(str(error), runs.of_this_server().limits.folder)
        key = "cannot_start" if isinstance(error, OSError) else "not_allowed"
        st.session_state["train.refused"] = (key, reason)
        return
    st.session_state[SECRETS] = st.session_state.get(SECRETS, {}) | {run.id: given}
    show(run=run.id)


def resume(run: runs.Run) -> None:
    """Let `run` go on from its checkpoint; what stands in the way is left for the page to tell."""
    st.session_state.pop("train.refused", None)
    try:
        runs.of_this_server().resume(run, secret(run), *visitor())
    except runs.StillWaiting:
        st.session_state["train.refused"] = ("still_waiting", "")
    except runs.NoCheckpoint:
        st.session_state["train.refused"] = ("no_checkpoint", "")


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
    runs.of_this_server().attend(run, secret(run), *visitor())


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
