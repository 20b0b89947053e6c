"""Follows a lecture: boards move as the leader's do, and the page is drawn anew when the lecture goes on."""

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("follower")


def follower(key: str, words: Words, route: str, player: str, step: int, around: bool, free: bool) -> None:
    """Follow the lecture at `route` as `player`; the page shows its `step`.

    around: whether the visitor looks around, and only keeps their place. free: whether the controls can be moved.
    """
    data = {"route": route, "player": player, "step": str(step), "around": around, "free": free}
    _mount(key=key, data=data | {"words": words.table("follower")}, on_step_change=lambda: None)
