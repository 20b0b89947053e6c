"""Follows a round by the server's route: how many have answered, and a rerun only when the round has gone on."""

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("round_poller")


def round_poller(key: str, words: Words, route: str, place: str) -> None:
    """Show how many have answered in the round whose route is `route`; run the page again once `place` has changed."""
    data = {"route": route, "place": place, "words": words.table("round_poller")}
    _mount(key=key, data=data, on_place_change=lambda: None)
