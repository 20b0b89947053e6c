"""The run monitor: polls the server for a training run, and shows it without a rerun of the page."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

BOARD = "train.monitor"  # by whose name the page makes room for its parts: status, chart, images, replay, facts, rest
SHOWN = ("view", "x", "logx", "logy", "smooth", "replay")
_mount = assets.component("run_monitor")


def run_monitor(
    settings: Settings,
    words: Words,
    runs: list[tuple[str, str]] = (),
    page_state: dict | None = None,
    resumed: int = 0,
    preview: dict | None = None,
) -> None:
    """Show a run, or several in one chart, each as (the address of its routes, its name).

    Its parts stand where a `board_figure` of `BOARD` makes room for them, else below each other.

    The settings `view`, `x`, `logx`, `logy` and `smooth` say what the chart shows, `replay` the speed of a replay.
    page_state: the state that the page shows beside the monitor, {"name": of a text in the answers of the route,
        "text": that text, "over": whether the run is over}; the page is rerun when the text has changed.
    resumed: how often the run was resumed.
    preview: what is shown without a run, or until it has something to show, {"sprite": URL of images one below the
        other, "labels": (n,), "logits": (n, 10), "classes": names, "test_loss", "test_accuracy",
        "rows": the layers of the model, see `explorer.protocol.layers`}.
    """
    values = settings.values()
    data = {
        "runs": [{"route": route, "name": name} for route, name in runs],
        "page_state": page_state,
        "preview": preview,
        "board": BOARD,
        "state": {name: values[name] for name in SHOWN},
        "colours": CLASS_COLOURS,
        "names": words.table("classes") | words.table("shapes"),
        "words": words.table("monitor"),
    }
    # Every run is an element of its own, because calls with the data of two runs could reach the browser's module in
    # any order while it is being loaded.
    shown = ",".join(route for route, _ in runs) or "preview"
    shown = shown.replace("_", "~")  # a run's id may contain two underscores, which Streamlit does not allow in keys
    key = f"train.monitor.{shown}.{resumed}"
    _mount(
        key=key,
        data=data,
        on_page_state_change=lambda: None,
        on_state_change=settings.on_state_change(key),
    )
