"""The offer to get the photographs of CIFAR-10 for this server, how far that is, and the word that they are there."""

import streamlit as st

from explorer import runs
from explorer.pages.shared import ownership, refusal
from explorer.protocol.data_sources import HOST
from explorer.runs import recorded
from explorer.runs.photographs import Photographs
from explorer.shell import texts
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.shell.texts import Words, plain
from explorer.shell.visit import language, presenting
from explorer.stage.page import Page

AWAITED = "photographs.awaited"  # in a session that has seen them come, until it is told that they are there


def welcome(settings: Settings) -> None:
    """Tell a visitor who has waited for the photographs that they are there.

    A page that showed the run on drawn shapes then shows one on photographs, so this comes before its widgets.
    """
    photographs = runs.of_this_server().photographs
    if AWAITED not in st.session_state or photographs.going or not photographs.there:
        return
    del st.session_state[AWAITED]
    st.toast(texts.load(language(), settings.page)("photographs.ready"), icon=":material/photo_library:")
    if "run" in settings.specs and st.session_state.get(settings.key("run")) == recorded.SHAPES:
        settings.set(run=recorded.usual())


def offer(page: Page) -> None:
    """Offer to get the photographs where they are missing; while they come, say how far it is."""
    words, photographs = page.words, runs.of_this_server().photographs
    if presenting() or not (photographs.going or photographs.may_be_had):
        return
    with st.container(key="photographs", gap="small"):
        if photographs.going:
            _progress(page, photographs)
        else:
            _button(words, photographs)


def _button(words: Words, photographs: Photographs) -> None:
    """Show the button, what it will do, and what came of the last try."""
    if failed := photographs.failure():
        told = texts.load(language(), "train").table("monitor.failures")
        reason = plain(str(failed.get("message", ""))[:300])
        st.error(words.sentences(told.get(failed["code"], told["other"]), reason), icon=":material/error:")
    refusal.show(words)
    again = failed or photographs.stopped
    st.button(
        words("photographs.again" if again else "photographs.get"),
        icon=":material/photo_library:",
        key="photographs.get",
        on_click=_get,
        args=(photographs,),
    )
    if fetched := photographs.bytes_to_fetch:
        st.caption(words("photographs.will_fetch", n=megabytes(fetched), host=HOST))
    else:
        st.caption(words("photographs.here"))


def _get(photographs: Photographs) -> None:
    with refusal.left():
        if secret := photographs.get():
            ownership.own(photographs, secret)


def _stop(photographs: Photographs) -> None:
    photographs.stop(ownership.secret(photographs))


def _progress(page: Page, photographs: Photographs) -> None:
    """Show how far it is until it is over. Whoever started it can stop it."""
    words = page.words
    ownership.remember(photographs)
    st.session_state[AWAITED] = True

    @st.fragment(run_every=1.0)
    def look() -> None:
        if not photographs.going:
            st.rerun()
        found = photographs.progress()  # which also ends what does not stop
        if photographs.stopping:
            st.progress(0.0, words("photographs.stopping"))
            return
        share = min(1.0, found.done / found.total)
        if found.name == "download" and found.left is not None:
            told = {"rate": number(found.rate / 1e6, 1), "left": words.duration(found.left)}
            st.progress(share, words("photographs.download_left", **_of(found), **told))
        elif found.name == "download":
            st.progress(share, words("photographs.download", **_of(found)))
        else:
            st.progress(share, words(f"photographs.work.{found.name or 'start'}"))

    look()
    if ownership.mine(photographs) and not photographs.stopping:
        st.button(
            words("photographs.stop"),
            icon=":material/stop:",
            key="photographs.stop",
            on_click=_stop,
            args=(photographs,),
        )


def _of(found) -> dict[str, str]:
    return {"done": megabytes(found.done), "total": megabytes(found.total)}


def megabytes(count: int) -> str:
    return number(count / 1e6, 0)
