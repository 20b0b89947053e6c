"""Who is who in a gathering, and how others come into it: by its address, also as a QR code, or by its code."""

import re
import secrets
import urllib.parse
from collections.abc import Callable

import streamlit as st
from streamlit import net_util

from explorer.classroom.gathering import Full, Gathering
from explorer.classroom.registry import LED
from explorer.components.qr_code import qr_code
from explorer.components.remember import remember
from explorer.protocol.routes import CLASSROOM
from explorer.shell.texts import Words
from explorer.shell.visit import address

LEADER, PLAYER = "explorer-round-", "explorer-player-"  # cookies, with the gathering's id
LEADING, LEADING_ID = "explorer-leading-", "browser"  # the cookie by which a leader's tabs are one's
LEAD = "lead"  # in a link: by which it is led from another machine
LOCAL = ("localhost", "127.0.0.1", "::1")  # names under which a machine knows only itself
HOURS = 12  # for which a browser is known again
TOKEN = re.compile(r"[\w.-]{10,60}", re.ASCII)
REFUSAL = "join.refused"  # in the session: why nothing could be started
KNOWN = "classroom.known"  # what this session holds, by the names of the cookies


def link(path: str, **query: str) -> tuple[str, bool]:
    """Return the link to a page of this app, and whether other machines can open it.

    On a server opened as localhost it names this machine by its address in the network, if it has one.
    """
    parts = urllib.parse.urlsplit(st.context.url or "")
    is_open = parts.hostname not in LOCAL
    if not is_open and st.get_option("server.address") not in LOCAL:
        found = net_util.get_internal_ip() or ""
        if found and not found.startswith("127."):
            port = f":{parts.port}" if parts.port else ""
            parts, is_open = parts._replace(netloc=f"{found}{port}"), True
    above, _, _ = parts.path.rpartition("/")
    if parts.path.strip("/") == st.get_option("server.baseUrlPath").strip("/"):  # the home page
        above = parts.path.rstrip("/")
    return parts._replace(path=f"{above}/{path}", query=urllib.parse.urlencode(query), fragment="").geturl(), is_open


def poster(key: str, words: Words, gathering: Gathering, address: tuple[str, bool], counter) -> None:
    """Show how others join: by the `link`, as a QR code too, or by the code; counter() shows how many have."""
    shown, is_open = address
    square, said = st.columns([3, 2], gap="medium")
    with square:
        qr_code(f"{key}.qr", shown, words("join.link"))
    with said, st.container(key=f"join-{key}", gap="small"):
        st.markdown(words("join.link"))
        st.code(shown, language=None, wrap_lines=True)
        st.markdown(words("join.or_code"))
        st.markdown(f"**{gathering.code.upper()}**")
        counter()
        if not is_open:
            st.warning(words("join.only_here"), icon=":material/wifi_off:")


def route(gathering: Gathering) -> str:
    """Return where browsers ask about it, and answer."""
    return f"{CLASSROOM}/{gathering.id}"


def start(begin: Callable[[str, str], tuple[Gathering, str]]) -> Gathering | None:
    """Start a gathering by begin(leader, address), and lead it; what stands in the way is left for the page to tell."""
    try:
        started, secret = begin(leader_id(), address())
    except Full as full:
        st.session_state[REFUSAL] = full.code
    except OSError:
        st.session_state[REFUSAL] = "disk"
    else:
        lead(started, secret)
        return started
    return None


def tell_refusal(words: Words) -> None:
    """Tell why nothing could be started, if something stood in the way."""
    if refusal := st.session_state.pop(REFUSAL, None):
        st.error(words(f"join.refused.{refusal}", led=LED), icon=":material/error:")


def secret_of(gathering: Gathering) -> str:
    """Return by what this visitor leads, "" if that is not known; a link that leads is taken for it."""
    asked = st.query_params.get(LEAD, "")
    if gathering.led_by(asked):
        lead(gathering, asked)  # the page's address is written anew without it
    return known(LEADER, gathering.id)


def lead(gathering: Gathering, secret: str) -> None:
    """Note in this session that the visitor leads."""
    _note(f"{LEADER}{gathering.id}", secret)


def remember_leader(gathering: Gathering) -> None:
    """Have the browser know after a reload that the visitor leads."""
    remember(LEADER, gathering.id, secret_of(gathering), HOURS)
    remember(LEADING, LEADING_ID, leader_id(), HOURS)


def remember_player(gathering: Gathering) -> None:
    """Have the browser know after a reload who the visitor is here."""
    remember(PLAYER, gathering.id, player_of(gathering), HOURS)


def known(prefix: str, id: str) -> str:
    """Return what this session, or the browser's cookie, holds under a prefix and the id of a gathering, or ""."""
    name = f"{prefix}{id}"
    found = st.session_state.get(KNOWN, {}).get(name) or st.context.cookies.get(name, "")
    return found if TOKEN.fullmatch(found) else ""


def player_of(gathering: Gathering) -> str:
    """Return by what this visitor is known in a gathering; a new name at the first visit."""
    found = known(PLAYER, gathering.id)
    if not gathering.admits(found):
        found = gathering.ticket()
        _note(f"{PLAYER}{gathering.id}", found)
    return found


def leader_id() -> str:
    """Return what identifies this browser as a leader, to count what it leads in all its tabs."""
    return st.session_state.setdefault("classroom.leader", known(LEADING, LEADING_ID) or secrets.token_urlsafe(12))


def _note(name: str, value: str) -> None:
    st.session_state[KNOWN] = st.session_state.get(KNOWN, {}) | {name: value}
