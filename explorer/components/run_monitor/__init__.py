"""The run monitor: follows a training run by the server's route, and draws it without a rerun of the page."""

from explorer.components import assets
from explorer.figures.theme import CLASS_COLOURS
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

SHOWN = ("view", "x", "logx", "logy", "smooth", "replay")
_mount = assets.component("run_monitor")


def run_monitor(
    settings: Settings,
    words: Words,
    runs: list[tuple[str, str]] = (),
    drawn: dict | None = None,
    resumed: int = 0,
    preview: dict | None = None,
) -> None:
    """Show a run, or several laid over each other, each as (where its routes lie, its name); if none, `preview`.

    The settings `view`, `x`, `logx`, `logy` and `smooth` say what the chart shows, `replay` at which speed a run that
    is over is played once more.
    drawn: what the page shows of the run beside this, {"name": of a text in the answers of its route, "text": that text
        as the page shows it, "over": whether the run is}; the page is run again once the text is another.
    resumed: how often the run has gone on after its end.
    preview: {"sprite": URL of pictures one below the other, "labels": (n,), "logits": (n, 10), "classes": names,
        "rows": the layers of the model, see `explorer.training.layers`}.
    """
    values = settings.values()
    data = {
        "runs": [{"route": route, "name": name} for route, name in runs],
        "drawn": drawn,
        "preview": preview,
        "state": {name: values[name] for name in SHOWN},
        "colours": CLASS_COLOURS,
        "names": words.table("classes") | words.table("shapes"),
        "words": words.table("monitor"),
    }
    # Every run is an element of its own: calls with the data of two runs could reach the browser's module in any
    # order while it is being loaded.
    shown = ",".join(route for route, _ in runs) or "preview"
    shown = shown.replace("_", "~")  # a run's id may hold two underscores, which Streamlit allows in no key
    key = f"train.monitor.{shown}.{resumed}"
    _mount(
        key=key,
        data=data,
        on_drawn_change=lambda: None,
        on_state_change=settings.on_state_change(key),
    )
