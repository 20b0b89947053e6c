"""Where a board's picture stands: the board itself, elsewhere on the page, draws into it."""

from explorer.components import assets

_mount = assets.component("board_picture")


def board_picture(board: str) -> None:
    """Make room for the picture of the board that publishes as `board`."""
    _mount(key=f"{board}.picture", data={"board": board})
