"""The run monitor: polls the server for a training run, and shows it without a rerun of the page."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

BOARD = "train.monitor"  # its parts, for which a page makes room: PARTS in run_monitor.js
SHOWN = ("view", "x", "logx", "logy", "smooth", "replay")
_mount = assets.component("run_monitor")


def run_monitor(
    settings: Settings,
    words: Words,
    runs: list[tuple[str, str]] = (),
    page_state: dict | None = None,
    resumed: int = 0,
    preview: dict | None = None,
    in_browser: dict | None = None,
    photographs: bool = False,
) -> None:
    """Show a run, or several in one chart, each as (the address of its routes, its name).

    Its parts stand where a `board_figure` of `BOARD` makes room for them, else below each other.

    The settings `view`, `x`, `logx`, `logy` and `smooth` say what the chart shows, `replay` the speed of a replay.
    page_state: the state that the page shows beside the monitor, {"name": of a text in the answers of the route,
        "text": that text, "over": whether the run is over}; the page is rerun when the text has changed.
    resumed: how often the run was resumed.
    preview: what is shown without a run, or until it has something to show, {"sprite": URL of images one below the
        other, "labels": (n,), "logits": (n, K), "classes": K names, "test_loss", "test_accuracy",
        "rows": the layers of the model, see `explorer.protocol.layers`}.
    in_browser: what a start in this browser trains, {"started": the event of that name, "sheet": the route of its
        images, "begin": a name for the wish to start it now, or None}; then it shows that training, and its buttons.
    photographs: whether this server has them; when they have come, the images of the run are asked for again.
    """
    buttons = {"start": words("start"), "again": words("again"), "rate": words("change_learning_rate")}
    data = {
        "runs": [{"route": route, "name": name} for route, name in runs],
        "page_state": page_state,
        "preview": preview,
        "in_browser": in_browser,
        "photographs": photographs,
        "board": BOARD,
        "state": settings.values(*SHOWN),
        "colours": CLASS_COLOURS,
        "names": words.table("classes") | words.table("shapes"),
        "words": words.table("monitor") | {"commands": words.table("command") | buttons},
        "menu": words.table("figure"),
    }
    # Every run is an element of its own, because calls with the data of two runs could reach the browser's module in
    # any order while it is being loaded.
    shown = ",".join(route for route, _ in runs) or ("browser" if in_browser else "preview")
    shown = shown.replace("_", "~")  # a run's id may contain two underscores, which Streamlit does not allow in keys
    key = f"train.monitor.{shown}.{resumed}"
    _mount(
        key=key,
        data=data,
        on_page_state_change=lambda: None,
        on_state_change=settings.on_state_change(key),
    )
