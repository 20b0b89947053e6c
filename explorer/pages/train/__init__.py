"""The training page's settings, and what they are for the training program."""

import contextlib
from pathlib import Path

from explorer.protocol import recipes
from explorer.protocol.options import TABLE
from explorer.shell.kinds import Choice, Flag, MultiChoice, Number, RunId
from explorer.shell.settings import Settings
from explorer.stage import prediction

LEFT_OPEN = "recipe"  # the option that leaves a setting to the recipe, or to the model
YES = "yes"
OWN = "own"  # of the data: images that the visitor brings


class RunIds:
    """The ids of runs to be compared, separated by commas. The page checks whether they exist."""

    default = ()
    most = 5
    separator = ","

    def check(self, value) -> tuple[str, ...]:
        # No run has an id of more than 64 characters: the beginning of such a text is enough to say that it is unknown.
        ids = tuple(dict.fromkeys(id[:64] for id in value if id))
        if len(ids) > self.most:
            raise ValueError
        return ids

    def parse(self, text: str) -> tuple[str, ...]:
        return self.check(text.split(","))

    def format(self, value: tuple[str, ...]) -> str:
        return ",".join(value)

    def allowed(self) -> str:
        return f"1 … {self.most} × (A-Z a-z 0-9 _ -)"


def _left_open(option: str, *values: str) -> Choice:
    return Choice((LEFT_OPEN, *(values or TABLE[option].choices)))


# Each setting with the option of the training program that it stands for.
PROGRAM = {
    "data": ("dataset", Choice((*TABLE["dataset"].choices, OWN))),
    "model": ("model", Choice(TABLE["model"].choices, "softmax")),
    "optimizer": ("optimizer", _left_open("optimizer")),
    "rate": (
        "learning_rate",
        _left_open(
            "", "0.0001", "0.0003", "0.0005", "0.001", "0.002", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"
        ),
    ),
    "batch": ("batch_size", _left_open("", "16", "32", "64", "128", "256", "512", "1024", "2048")),
    "epochs": ("epochs", _left_open("", "1", "2", "3", "5", "10", "20", "50", "100", "200")),
    "loss": ("loss", _left_open("loss")),
    "limit": ("max_seconds", Choice(("30", "60", "300", "1800", "7200"), "300")),
    "schedule": ("schedule", _left_open("schedule")),
    "momentum": ("momentum", _left_open("", "0", "0.5", "0.8", "0.9", "0.95", "0.99")),
    "decay": ("weight_decay", _left_open("", "0", "0.0001", "0.0005", "0.001", "0.01", "0.1", "1")),
    "smoothing": ("label_smoothing", _left_open("", "0", "0.05", "0.1", "0.2", "0.5")),
    "augment": ("augment", _left_open("augment")),
    "flip": ("flip", _left_open("flip")),
    "crop": ("crop", _left_open("", "1", "2", "3", "4", "6", "8")),
    "size": ("train_size", _left_open("", "20", "100", "1000", "5000", "10000")),
    "small": ("small_images", _left_open("", "0", "0.3", "0.6", "0.9")),
    "skip": ("skip_easy", _left_open("", "0", "0.25", "0.5", "0.75")),
    "views": ("six_views", _left_open("", YES)),
    "shuffled": ("shuffle_labels", _left_open("", YES)),
    "raw": ("no_normalise", _left_open("", YES)),
    "width": ("width", _left_open("", "4", "16", "64", "256", "1024", "4096")),
    "filters": ("filters", _left_open("", "4", "8", "16", "32", "48", "64")),
    "activation": ("activation", _left_open("activation")),
    "zero": ("zero_weights", _left_open("", YES)),
    "device": ("device", Choice(TABLE["device"].choices)),
    "precision": ("precision", Choice(TABLE["precision"].choices)),
    "seed": ("seed", Choice(("0", "1", "2", "3", "4"))),
}

SETTINGS = Settings(
    "train",
    **{name: choice for name, (_, choice) in PROGRAM.items()},
    recipe=Choice(("none", *recipes.RECIPES)),
    where=Choice(("server", "browser")),
    run=RunId(),
    compare=RunIds(),
    view=Choice(("loss", "accuracy", "rate", "gradient", "update", "classes", "speed")),
    x=Choice(("step", "epoch", "seconds")),
    logx=Flag(),
    logy=Flag(),
    smooth=Number(3.0, 0.0, 20.0, digits=1),
    replay=Choice(("off", "1", "5", "20")),
    predict=prediction.setting("train"),
    show=MultiChoice(("text", "presets", "controls", "monitor", "questions", "code")),
)

UNSAID = ("device", "precision", "seed")  # left out of a command line where they are the default
OF_THE_SERVER = {name for name, option in TABLE.items() if option.kind is Path} | {
    "threads",
    "commands",
    "json",
    "checkpoint_seconds",
}
# How a recipe is best looked at.
LOOK = {
    "rate-too-high": {"logx": True, "logy": True},
    "no-normalisation": {"view": "gradient", "logy": True},
    "zero-weights": {"view": "gradient"},
}


def recipe_values(now) -> dict[str, str]:
    """Return what is trained with unless told otherwise, by the recipe or the model, as the controls write it."""
    optimizer = None if now.optimizer == LEFT_OPEN else now.optimizer
    full = recipes.complete({"recipe": recipe_name(now), "model": now.model, "optimizer": optimizer})
    values = {name: full.get(option) for name, (option, choice) in PROGRAM.items() if LEFT_OPEN in choice.options}
    return {name: written(value) for name, value in values.items()}


def recipe_name(now) -> str | None:
    """Return the recipe that the controls name, if they name one."""
    return None if now.recipe == "none" else now.recipe


def option_label(words, name: str, option: str) -> str:
    """Return how an option of the control `name` is shown: its words where it has some, else as it is."""
    try:
        return words(f"{name}.{option}")
    except KeyError:
        return f"{int(option):,}" if option.isdecimal() else option


def written(value) -> str:
    """Return a setting's value as the controls write it."""
    if value is None:
        return "all"
    if isinstance(value, bool):
        return YES if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def chosen(now) -> dict:
    """Return the settings of the training program for what the controls say, without those left to the recipe.

    The epochs are among them unless the recipe leaves them to time: the program takes a time limit alone so.
    """
    values = {name: getattr(now, name) for name in PROGRAM}
    if values["data"] == OWN:  # where they are is not the controls' to say
        values["data"] = "folder"
    if values["epochs"] == LEFT_OPEN and (epochs := recipe_values(now)["epochs"]) != "all":
        values["epochs"] = epochs
    given = {PROGRAM[name][0]: value == YES or value for name, value in values.items() if value != LEFT_OPEN}
    read = {option: TABLE[option].read(value) for option, value in given.items()}
    said = {option: value for option, value in read.items() if option not in UNSAID or value != recipes.GENERAL[option]}
    return ({"recipe": recipe_name(now)} if recipe_name(now) else {}) | said


def run_with(run) -> dict:
    """Return with what settings of the training program a run trains or was trained, as far as they can be read.

    Options of the server alone are left out, as are values from foreign folders that no option allows.
    """
    run.state()
    told = (run.folder.started or {}).get("configuration")
    settings = told if isinstance(told, dict) else run.settings or {}
    readable = {}
    for name in TABLE.keys() - OF_THE_SERVER:
        with contextlib.suppress(ValueError):
            if settings.get(name) is not None:
                readable[name] = TABLE[name].read(settings[name])
    return {name: readable[name] for name in TABLE if name in readable}


def completed(settings: dict) -> dict:
    """Return settings of the training program with all that they leave open."""
    return recipes.complete(dict.fromkeys(TABLE) | settings)


def shortest(settings: dict) -> dict:
    """Return of complete settings those that a command line has to say."""
    named = {name: settings[name] for name in ("recipe", "dataset", "model") if settings.get(name) is not None}
    if settings.get("optimizer") != completed(named)["optimizer"]:
        named["optimizer"] = settings.get("optimizer")
    usual = completed(named)
    said = {name: value for name, value in settings.items() if value is not None and value != usual[name]}
    if settings.get("max_seconds") is not None and settings.get("epochs") is not None:
        said["epochs"] = settings["epochs"]  # a time limit alone would leave them open
    return named | said


def preset(name: str) -> dict:
    """Return what the controls say for a recipe of the training program: its model, its time and its view."""
    values = recipes.RECIPES[name]
    limit = f"{values['max_seconds']:g}" if "max_seconds" in values else "300"
    unset = {setting: choice.default for setting, (_, choice) in PROGRAM.items()}
    view = {name: SETTINGS.specs[name].default for name in ("view", "logx", "logy")} | LOOK.get(name, {})
    return unset | view | {"recipe": name, "model": values["model"], "limit": limit}


def implied(values: dict) -> dict:
    """Return what a recipe says of the settings that a link leaves out."""
    if values["recipe"] == "none":
        return {}
    return {name: value for name, value in preset(values["recipe"]).items() if name != "recipe"}


SETTINGS.implied = implied
