"""Room for the figure of a board, which the board itself, elsewhere on the page, draws."""

from explorer.components import assets

_mount = assets.component("board_figure")


def board_figure(board: str, part: str = "figure") -> None:
    """Make room for a part of the figure of the board `board`; on a phone only the first stays in sight."""
    _mount(key=f"{board}.{part}", data={"room": f"{board}.{part}"})
