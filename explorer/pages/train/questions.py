"""The questions of the training page, and whether the run on it answers them."""

import math

from explorer import runs
from explorer.pages.train import run_with

NO_BATCH_NORM = ("softmax", "mlp")  # models without batch norm, which would hide the effect of raw pixels


class Seen:
    """What a run was set to, and what is known of it so far."""

    def __init__(self, run: runs.Run):
        self.settings = run_with(run)
        started = run.folder.started or {}
        self.own = started.get("dataset") == "folder"
        self.drawn = started.get("dataset") == "synthetic"
        self.uniform = math.log(len(started.get("classes") or range(10)))  # the loss of a uniform guess
        self.ended = run.folder.ended is not None
        self.evaluations = run.folder.epochs
        self.diverged = run.folder.history.diverged is not None

    def is_set(self, **settings) -> bool:
        return all(self.settings.get(name) == value for name, value in settings.items())

    def at(self, place: int, name: str) -> float:
        """Return what an evaluation, the first (0) or the last (-1), measured, nan where it did not."""
        value = self.evaluations[place].get(name)
        return float(value) if isinstance(value, int | float) else math.nan


# By the recipe that a question belongs to, or a name of its own; asked of runs with two evaluations or more.
ANSWERED = {
    "ln10": lambda seen: abs(seen.at(0, "test_loss") - seen.uniform) < 0.1,
    "softmax-regression": lambda seen: seen.is_set(model="softmax") and seen.ended,
    "softmax-on-shapes": lambda seen: seen.is_set(model="softmax") and seen.ended,
    "cpu-minute": lambda seen: seen.is_set(model="cnn") and seen.at(-1, "test_accuracy") > 0.6,
    "gpu-94": lambda seen: seen.is_set(loss="cross-entropy") and seen.settings.get("label_smoothing", 0) > 0,
    "overfit-twenty": lambda seen: seen.at(-1, "train_loss") < 0.05 and seen.at(-1, "test_loss") > 1,
    "rate-too-high": lambda seen: seen.diverged or not seen.at(-1, "test_loss") <= seen.uniform + 0.01,  # nan too
    "double-softmax": lambda seen: seen.is_set(loss="double-softmax"),
    "no-normalisation": lambda seen: seen.is_set(no_normalise=True) and seen.settings.get("model") in NO_BATCH_NORM,
    "zero-weights": lambda seen: seen.is_set(zero_weights=True) and not seen.is_set(model="softmax"),
    "shuffled-labels": lambda seen: seen.is_set(shuffle_labels=True) and seen.at(-1, "train_loss") < seen.uniform - 0.8,
}
WITHOUT_RECIPE = ("softmax-regression", "cpu-minute", "rate-too-high")


def about(recipe: str | None, run: runs.Run | None, compared: list[runs.Run]) -> dict[str, bool]:
    """Return the questions to ask, first what belongs to a recipe, each with whether what is on the page answers it."""
    seen = Seen(run) if run and len(run.folder.epochs) > 1 else None
    asked = (recipe,) if recipe in ANSWERED else WITHOUT_RECIPE
    if seen and seen.own and not recipe:  # its answer is about CIFAR-10
        asked = [name for name in asked if name != "softmax-regression"]
    if seen and seen.drawn:  # another answer
        asked = ["softmax-on-shapes" if name == "softmax-regression" else name for name in asked]
    return {name: bool(seen) and ANSWERED[name](seen) for name in (*asked, "ln10")} | {"same": _coincide(compared)}


def _coincide(compared: list[runs.Run]) -> bool:
    """Return whether two runs differ in nothing but cross-entropy and D_KL."""
    if len(compared) != 2 or not all(run.folder.epochs for run in compared):
        return False
    settings = [run_with(run) for run in compared]
    losses = {run.pop("loss", "") for run in settings}
    return losses == {"cross-entropy", "kl"} and settings[0] == settings[1]
