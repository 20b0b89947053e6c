"""Predict first: a situation of a section with something covered, until an answer has been given.

While one is open, nothing of the section itself is drawn, and the visitor's settings stay as they are.
"""

import contextlib
from collections.abc import Collection

import streamlit as st

from explorer.components.prediction_board import prediction_board
from explorer.predictions.kinds import Situation
from explorer.predictions.table import SITUATIONS, of_page, of_section
from explorer.shell import texts
from explorer.shell.kinds import Choice
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.shell.visit import language
from explorer.stage.vote import Vote, voted_on

OFF = "off"
PRESENT = "predict.present"  # {"name", "turn": one for each opening, "answer", "given": whether it has been given}
OUTCOMES = "predict.outcomes"  # of each situation, the outcome of the first answer in this session
DIGITS = 2


def setting(page: str) -> Choice:
    """Return the setting `predict` of a page: which of its situations is open."""
    return Choice((OFF, *of_page(page)))


def place(values: dict) -> dict:
    """Return where a link that opens a situation leads: to the section of that situation."""
    name = values.get("predict", OFF)
    return {"part": SITUATIONS[name].part} if name != OFF and "part" in values else {}


def opened(page, part: str) -> str | None:
    """Return the name of the situation that is open in a section, if one is."""
    name = getattr(page.now, "predict", OFF)
    return name if name != OFF and SITUATIONS[name].part == part else None


def leave_unless_in(page, parts: Collection[str]) -> None:
    """Close the open situation where its section is not among those to be seen."""
    if not any(opened(page, part) for part in parts) and getattr(page.now, "predict", OFF) != OFF:
        page.settings.set(predict=OFF)
        page.now.predict = OFF


def offer(page, part: str) -> None:
    """Offer the predictions of a section, if it has any, from the first that has not been made yet."""
    names = of_section(page.settings.page, part)
    if not names:
        return
    first = next((name for name in names if name not in outcomes()), names[0])
    st.button(
        _words()("predict.start"),
        key=f"{page.settings.page}.{part}.predict",
        icon=":material/visibility_off:",
        type="tertiary",
        on_click=_open,
        args=(page.settings, first),
    )


def outcomes() -> dict[str, str]:
    """Return the outcome of each prediction that the visitor has made, by the name of its situation."""
    return st.session_state.setdefault(OUTCOMES, {})


def draw(page, part: str, name: str) -> None:
    """Show a situation in the place of its section: the question, where it is answered, and then what is right."""
    situation, words, present = SITUATIONS[name], _words(), _present(name)
    vote = voted_on(name, situation, words)
    names = of_section(situation.page, part)
    with st.container(key=f"prediction-{part}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/visibility_off: {words(f'situations.{name}.ask')}", width="stretch")
        st.caption(words("predict.count", i=names.index(name) + 1, n=len(names)), width="content")
        if vote is None or vote.leads:
            st.button(
                words("predict.leave"),
                key="predict.leave",
                icon=":material/close:",
                type="tertiary",
                on_click=page.settings.set,
                kwargs={"predict": OFF},
            )
    with st.container(key=f"section-predict-{part}"):
        controls = st.container(key=f"stage-controls-predict-{part}", gap="small")
        figure = st.container(key=f"stage-figure-predict-{part}", gap="small")
    with controls:
        if vote:
            _in_a_class(page, situation, names, name, present, vote)
        else:
            with st.container(key="live-prediction", gap="small"):
                if present["given"]:
                    _outcome(situation, name, present["answer"])
                else:
                    st.markdown(words(f"predict.how.{situation.kind}"))
        if not vote and present["given"]:
            _onward(page, situation, names, name)
        elif not vote:
            st.button(
                words("predict.give"),
                key="predict.give",
                type="primary",
                disabled=present["answer"] is None,
                on_click=_give,
                args=(name,),
            )
    with figure:
        _board(situation, name, present, vote)


def _in_a_class(page, situation: Situation, names: list[str], name: str, present: dict, vote: Vote) -> None:
    """Show what there is to vote, or what the class has voted."""
    given = vote.answer
    if vote.leads:
        vote.lead(lambda answer: _explained(situation, name, answer))
        if vote.uncovered:
            _onward(page, situation, names, name)
    elif vote.uncovered and given:
        outcomes().setdefault(name, situation.checked(given))
        _outcome(situation, name, given)
    elif vote.uncovered:
        st.info(_explained(situation, name, situation.truth()), icon=":material/lightbulb:")
    else:
        vote.follow(present["answer"], given is not None)


def _board(situation: Situation, name: str, present: dict, vote: Vote | None) -> None:
    words = _words()
    more = words.table(f"situations.{name}").get("picture", {})
    takes = vote.is_open if vote else not present["given"]
    answer = present["answer"] if takes or not vote else vote.answer or situation.start()
    uncovered = vote.uncovered and answer is not None if vote else present["given"]
    if vote and vote.leads:
        more = more | {"yours": words("vote.class")}

    def take(answer) -> None:
        with contextlib.suppress(ValueError):
            if takes:
                present["answer"] = situation.check(answer)

    covered = situation.covered()
    prediction_board(
        {"kind": situation.kind} | covered,
        [_name(name, key) for key in covered.get("names", ())],
        answer,
        present["turn"],
        words.table("board") | {"board": words(f"situations.{name}.ask")} | more,
        situation.uncovered() if uncovered else None,
        others=vote.others if vote else (),
        on_answer=take,
    )


def _outcome(situation: Situation, name: str, answer: tuple[float, ...]) -> None:
    """Say what was right, what was answered, and what speaks for the one and against the other."""
    words, outcome = _words(), situation.checked(answer)
    values = _values(situation, name, answer)
    show = st.success if outcome == "right" else st.info
    icon = ":material/check_circle:" if outcome == "right" else ":material/lightbulb:"
    show(_explained(situation, name, answer), icon=icon)
    if situation.kind != "choice" or outcome != "right":
        st.markdown(words(f"predict.gap.{situation.kind}", **values))
    made = outcomes()
    st.caption(words("predict.standing", right=sum(found == "right" for found in made.values()), n=len(made)))


def _explained(situation: Situation, name: str, answer: tuple[float, ...]) -> str:
    """Return what speaks for an answer, or against it."""
    return _words()(f"situations.{name}.said.{situation.checked(answer)}", **_values(situation, name, answer))


def _onward(page, situation: Situation, names: list[str], name: str) -> None:
    words, settings = _words(), page.settings
    after = names[names.index(name) + 1 :][:1]
    with st.container(horizontal=True, gap="small"):
        for following in after:
            st.button(
                words("predict.next"),
                key="predict.next",
                type="primary",
                icon=":material/arrow_forward:",
                on_click=_open,
                args=(settings, following),
            )
        st.button(
            words("predict.live"),
            key="predict.live",
            type="secondary" if after else "primary",
            icon=":material/touch_app:",
            on_click=settings.set,
            kwargs={**situation.state, **situation.after, "predict": OFF},
        )


def _values(situation: Situation, name: str, answer: tuple[float, ...]) -> dict[str, str]:
    """Return what a sentence may name: the answer and the truth, of several numbers where they are farthest apart."""
    truth = situation.truth()
    if situation.kind == "choice":
        options = [_name(name, key) for key in situation.options]
        return {"guess": options[int(answer[0])], "truth": options[int(truth[0])], "at": ""}
    at = situation.widest(answer)
    found = {"guess": number(answer[at], DIGITS), "truth": number(truth[at], DIGITS), "at": ""}
    if situation.kind == "bar":
        found["at"] = _name(name, situation.rows[situation.asked[at]])
    if situation.kind == "curve":
        found["at"] = f"{situation.at[at + 1]:g}"
    return found


def _name(situation: str, key: str) -> str:
    """Return how a row is called: a class by its name on all pages, another by its name in the situation."""
    words = _words()
    classes = words.table("classes")
    return classes[key] if key in classes else words(f"situations.{situation}.names.{key}")


def _present(name: str) -> dict:
    present = st.session_state.get(PRESENT)
    if present is None or present["name"] != name:
        return _begin(name, turn=present["turn"] + 1 if present else 0)
    return present


def _begin(name: str, turn: int) -> dict:
    st.session_state[PRESENT] = {"name": name, "turn": turn, "answer": SITUATIONS[name].start(), "given": False}
    return st.session_state[PRESENT]


def _open(settings: Settings, name: str) -> None:
    _begin(name, turn=_present(name)["turn"] + 1)
    settings.set(predict=name)


def _give(name: str) -> None:
    present = _present(name)
    if present["answer"] is not None:
        present["given"] = True
        outcomes().setdefault(name, SITUATIONS[name].checked(present["answer"]))


def _words() -> texts.Words:
    return texts.load(language(), "predictions")
