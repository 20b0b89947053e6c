"""A lecture: whoever leads it shows a page, and the pages of all who follow show the same until they look around."""

import streamlit as st

from explorer import classroom
from explorer.classroom.gathering import PLAYERS, Full
from explorer.classroom.lectures import Lecture
from explorer.classroom.registry import TooManyCodes, WrongCode
from explorer.components.follower import follower
from explorer.components.lecturer import lecturer
from explorer.shell.settings import Settings
from explorer.shell.texts import Words
from explorer.shell.visit import address
from explorer.stage import joining

FOLLOW = "follow"  # in a link, and in the session: the lecture's id
AROUND = "lecture.looks_around"  # whether somebody who follows looks around
ARRIVES = "lecture.arrives"  # whether the lecture has not been shown yet since its link was opened
LEFT = "lecture.left"  # why a lecture was left
ROUND = "join.round"  # in the session: a round to go to


def read() -> None:
    """Read from the link which lecture is led or followed here, and take or keep a place in it.

    "Back" in the browser leaves no lecture by accident, so the link is read once.
    """
    state = st.session_state
    if FOLLOW not in state:
        state[FOLLOW] = st.query_params.get(FOLLOW, "")
        state[ARRIVES] = bool(state[FOLLOW])
    if not state[FOLLOW]:
        return
    if (found := here()) is None:
        leave("over")
    elif not led(found):
        try:
            found.join(joining.player_of(found))
        except Full as full:
            leave(full.code)


def query() -> dict[str, str]:
    """Return what a link to this view says of the lecture."""
    return {FOLLOW: st.session_state[FOLLOW]} if st.session_state.get(FOLLOW) else {}


def here() -> Lecture | None:
    """Return the lecture that is led or followed here, if it still goes on."""
    id = st.session_state.get(FOLLOW)
    found = classroom.of_this_server().find(id) if id else None
    return found if isinstance(found, Lecture) else None


def led(lecture: Lecture) -> bool:
    """Return whether this visitor leads it."""
    return lecture.led_by(joining.secret_of(lecture))


def attended() -> Lecture | None:
    """Return the lecture that this visitor leads or follows, unless they look around by themselves."""
    return None if st.session_state.get(AROUND) else here()


def _followed() -> Lecture | None:
    """Return the lecture whose page this visitor has to see.

    Whoever follows sees it always; whoever leads, only on coming by its link, back to where it is.
    """
    found = attended()
    if found is None:
        return None
    return found if not led(found) or (st.session_state.get(ARRIVES) and found.stage["page"]) else None


def shown_page(current: str) -> str:
    """Return the page that this visitor has to see: that of the lecture, or `current`."""
    found = _followed()
    return (found and found.stage["page"]) or current


def take_over(settings: Settings) -> None:
    """Set what the lecture shows, if this visitor follows it and it shows this page."""
    found = _followed()
    if found is None or found.stage["page"] != settings.page:
        return
    st.session_state[ARRIVES] = False
    asked = {name: [text] for name, text in found.stage["query"].items()}
    values = settings.parse(asked)[0]
    if "round" in asked:  # of the game, in which everybody answers by themselves
        values = {"round": values["round"]}
    settings.set(**values)


def show(settings: Settings) -> None:
    """Show this page with its settings to all who follow, if this visitor leads."""
    found = here()
    if found is not None and led(found):
        found.show(joining.secret_of(found), settings.page, settings.query())


def start() -> None:
    """Start a lecture, and lead it."""
    if found := joining.start(classroom.of_this_server().start_lecture):
        st.session_state[FOLLOW] = found.id


def end(found: Lecture) -> None:
    """End the lecture for everybody."""
    classroom.of_this_server().end(found, joining.secret_of(found))
    st.session_state[FOLLOW] = ""


def leave(why: str = "") -> None:
    """Follow no longer; `why` is told the visitor."""
    st.session_state.update({FOLLOW: "", AROUND: False, LEFT: why})


def look_around(around: bool) -> None:
    """Let the visitor look around, or bring them back to the lecture."""
    st.session_state[AROUND] = around


def offer(words: Words) -> None:
    """Offer to start a lecture, unless there is one here."""
    if here() is None:
        st.button(words("lecture.start"), icon=":material/cast:", key="lecture.start", on_click=start)
        joining.tell_refusal(words)


def bar(words: Words) -> None:
    """Show at the foot of the page that it is led or followed, and the ways out."""
    if why := st.session_state.pop(LEFT, ""):
        st.toast(words(f"join.{why}", players=PLAYERS), icon=":material/sports_score:", duration="long")
    if (found := here()) is None:
        return
    with st.container(key="lecture", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        _leading(words, found) if led(found) else _following(words, found)


def _leading(words: Words, found: Lecture) -> None:
    secret = joining.secret_of(found)
    lecturer("lecture.lead", words, joining.route(found), secret)
    place = st.popover(words("lecture.join"), icon=":material/qr_code:", type="tertiary", key="lecture.poster")
    with place:
        joining.poster("lecture", words, found, joining.link("", **{FOLLOW: found.id}), lambda: None)
        st.caption(words("join.lead_elsewhere"))
        link = joining.link("", **{FOLLOW: found.id, joining.LEAD: secret})[0]
        st.code(link, language=None, wrap_lines=True)
    with st.popover(words("lecture.end"), icon=":material/stop:", type="tertiary"):
        st.markdown(words("lecture.end_what"))
        st.button(words("lecture.end_now"), key="lecture.end", type="primary", on_click=end, args=(found,))
    joining.remember_leader(found)


def _following(words: Words, found: Lecture) -> None:
    around = st.session_state.get(AROUND, False)
    stage = found.stage
    free = around or not stage["query"].keys().isdisjoint(("round", "predict"))  # where everybody answers
    player = joining.player_of(found)
    follower("lecture.follow", words, joining.route(found), player, stage["step"], around, free)
    label = words("lecture.back" if around else "lecture.around")
    st.button(label, key="lecture.around", type="tertiary", on_click=look_around, args=(not around,))
    st.button(words("lecture.leave"), key="lecture.leave", type="tertiary", icon=":material/logout:", on_click=leave)
    joining.remember_player(found)


def join_by_code(words: Words, key: str) -> None:
    """Show where the code of a lecture or a round is typed, and what came of it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            words("join.code"), key=f"{key}.code", max_chars=12, width=160, on_change=take_code, args=(f"{key}.code",)
        )
        st.button(words("join.by_code"), key=f"{key}.join")  # leaving the field has sent it already
    if refusal := st.session_state.pop("join.refusal", None):
        st.error(words(f"join.{refusal}"), icon=":material/error:")


def take_code(key: str) -> None:
    """Go to the lecture or the round whose code was typed."""
    state = st.session_state
    if not (typed := state[key].strip()):
        return
    try:
        found = classroom.of_this_server().by_code(typed, address())
    except WrongCode as wrong:
        state["join.refusal"] = "many_codes" if isinstance(wrong, TooManyCodes) else "wrong_code"
        return
    if isinstance(found, Lecture):
        state.update({FOLLOW: found.id, AROUND: False})
    else:
        state.update({"guess.round": found.id, ROUND: found.id})
