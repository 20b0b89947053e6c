"""Polls the state of a round: shows how many have answered, and reruns the page when the round goes on."""

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("round_poller")


def round_poller(key: str, words: Words, route: str, place: str, player: str = "") -> None:
    """Show how many have answered in the round at `route`; rerun the page when `place` has changed.

    player: a player's name. What is new is then handed to a board that follows `route`, and the page is rerun only when
    the round is over.
    """
    data = {"route": route, "place": place, "player": player, "words": words.table("round_poller")}
    _mount(key=key, data=data, on_place_change=lambda: None)
