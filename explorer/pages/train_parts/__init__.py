"""The training page's settings, and what they are for the training program."""

from explorer.settings import Choice, Flag, Number, Settings, Several
from explorer.training import options, recipes

OPTION = {option.name: option for option in options.OPTIONS}
RECIPE = "recipe"  # leave it to the model's recipe


class RunId:
    """The id of a run, or "": whether there is such a run is for the page to say."""

    default = ""

    def check(self, value: str) -> str:
        return value[:64]

    parse = format = check

    def allowed(self) -> str:
        return ""


def _left_open(option: str, *values: str) -> Choice:
    return Choice((RECIPE, *(values or OPTION[option].choices)))


# Each setting with the option of the training program that it stands for.
PROGRAM = {
    "data": ("dataset", Choice(OPTION["dataset"].choices)),
    "model": ("model", Choice(OPTION["model"].choices, "softmax")),
    "optimizer": ("optimizer", _left_open("optimizer")),
    "rate": (
        "learning_rate",
        _left_open(
            "", "0.0001", "0.0003", "0.0005", "0.001", "0.002", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"
        ),
    ),
    "batch": ("batch_size", _left_open("", "16", "32", "64", "128", "256", "512", "1024", "2048")),
    "epochs": ("epochs", _left_open("", "1", "2", "3", "5", "10", "20", "50", "100", "200")),
    "limit": ("max_seconds", Choice(("30", "60", "300", "1800", "7200"), "300")),
    "schedule": ("schedule", _left_open("schedule")),
    "momentum": ("momentum", _left_open("", "0", "0.5", "0.8", "0.9", "0.95", "0.99")),
    "decay": ("weight_decay", _left_open("", "0", "0.0001", "0.0005", "0.001", "0.01", "0.1", "1")),
    "smoothing": ("label_smoothing", _left_open("", "0", "0.05", "0.1", "0.2", "0.5")),
    "augment": ("augment", _left_open("augment")),
    "size": ("train_size", Choice(("all", "10", "100", "1000", "5000", "10000"))),
    "device": ("device", Choice(OPTION["device"].choices)),
    "seed": ("seed", Choice(("0", "1", "2", "3", "4"))),
}

SETTINGS = Settings(
    "train",
    **{name: choice for name, (_, choice) in PROGRAM.items()},
    run=RunId(),
    view=Choice(("loss", "accuracy", "rate", "gradient", "update", "classes", "speed")),
    x=Choice(("step", "epoch", "seconds")),
    logx=Flag(),
    logy=Flag(),
    smooth=Number(3.0, 0.0, 20.0, digits=1),
    show=Several(("text", "presets", "controls", "monitor", "questions", "code")),
)


def recipe(now) -> dict[str, str]:
    """Return what the model is trained with unless told otherwise, as the controls write it."""
    optimizer = None if now.optimizer == RECIPE else now.optimizer
    full = recipes.complete({"model": now.model, "optimizer": optimizer})
    values = {name: full[option] for name, (option, choice) in PROGRAM.items() if RECIPE in choice.options}
    return {name: value if isinstance(value, str) else f"{value:g}" for name, value in values.items()}


def chosen(now) -> dict:
    """Return the settings of the training program for what the controls say, without those left to the recipe.

    The epochs are always among them: the program takes a time limit alone to mean that time decides.
    """
    values = {name: getattr(now, name) for name in PROGRAM}
    if values["epochs"] == RECIPE:
        values["epochs"] = recipe(now)["epochs"]
    if values["size"] == "all":
        values["size"] = RECIPE
    options = {PROGRAM[name][0]: value for name, value in values.items() if value != RECIPE}
    read = {option: OPTION[option].read(value) for option, value in options.items()}
    return {option: value for option, value in read.items() if option in NAMED or value != OPTION[option].default}


NAMED = ("dataset", "model")  # said in every command line, even where they are the default
