"""The prediction board: a picture with something covered, where an answer is given, and later the truth drawn."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS

BOARD = "predict.board"
_mount = assets.component("prediction_board")


def prediction_board(
    picture: dict,
    names: Sequence[str],
    answer: Sequence[float] | None,
    turn: int,
    words: dict[str, str],
    uncovered: dict | None = None,
    others: Sequence[Sequence[float]] = (),
    on_answer: Callable[[object], None] = lambda answer: None,
) -> None:
    """Show a picture (`kind` and `covered()` of a Situation), with the `names` of its rows as they are read.

    turn: another number each time that a situation is opened, by which its answers are known from those before. While
    nothing is `uncovered`, on_answer is called with whatever the browser gives as the answer. What is uncovered
    (`uncovered()` of the Situation) the browser is not told before. words: what the board, its columns or axes, and
    their parts are called. others: the answers of a class, drawn beside this one.
    """

    def take() -> None:
        state = st.session_state[BOARD].get("state")
        if isinstance(state, dict) and state.get("turn") == turn:
            on_answer(state.get("answer"))

    data = {
        "state": {"answer": answer, "turn": turn},
        "picture": picture,
        "names": list(names),
        "colours": CLASS_COLOURS,
        "uncovered": uncovered,
        "others": list(others),
        "words": words,
    }
    _mount(key=BOARD, data=data, on_state_change=take)
