"""Shows what the leader of a lecture moves to all who follow, while it moves."""

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("lecturer")


def lecturer(key: str, words: Words, route: str, secret: str) -> None:
    """Send the states of the page's boards to the lecture at `route`, and show how many follow, or have voted.

    secret: the leader's.
    """
    _mount(key=key, data={"route": route, "secret": secret, "words": words.table("lecturer")})
