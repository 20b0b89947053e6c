"""The calibration board: a slider for one temperature of all logits, and the loss and confidence that result."""

from explorer.components import assets
from explorer.shell.settings import Settings
from explorer.shell.texts import Words

_mount = assets.component("calibration_board")


def calibration_board(settings: Settings, words: Words, steps: list[dict], now: dict) -> str:
    """Show the slider of the setting `T` and its numbers, and return the name under which it publishes its values.

    steps: for each temperature of the slider, in ascending order, what `now` is for the present one: {"T", "at" (its
    decimal logarithm), "loss", "error", "confidence", "accuracy"}, and of the bins the heights "over", "held" and
    "both" and "counts". These are what is published.
    """
    key = f"{settings.page}.calibration"
    limits = settings.specs["T"]
    data = {
        "board": key,
        "state": settings.values("T"),
        "steps": steps,
        "now": now,
        "limits": (limits.low, limits.high),
        "words": words.table("calibration_board"),
    }
    _mount(key=key, data=data, on_state_change=settings.on_state_change(key))
    return key
