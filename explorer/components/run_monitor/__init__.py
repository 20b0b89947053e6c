"""The run monitor: follows a training run by the server's route, and draws it without a rerun of the page."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.wire import to_wire
from explorer.words import Words

_mount = assets.component("run_monitor")


def run_monitor(
    words: Words,
    run: str | None,
    active: bool = False,
    remember: tuple[str, str] | None = None,
    preview: dict | None = None,
) -> None:
    """Show the run whose routes lie under `run`, or, if there is none, `preview`.

    active: the run is not over yet; the page is run again once it is.
    remember: name and value of the cookie by which the browser shows, until the run is over, whose run it is.
    preview: {"sprite": URL of pictures one below the other, "labels": (n,), "logits": (n, 10), "classes": names}.
    """
    data = {
        "run": run,
        "active": active,
        "remember": remember,
        "preview": preview,
        "colours": CLASS_COLOURS,
        "names": words.table("classes") | words.table("shapes"),
        "words": words.table("monitor"),
    }
    # Every run is an element of its own: calls with the data of two runs could reach the browser's module in any
    # order while it is being loaded.
    _mount(key=f"train.monitor.{run or 'preview'}", data=to_wire(data), on_ended_change=lambda: None)
