"""The options of a training run: one table, from which the command line is read and written.

This module and `recipes` do without torch, so that the server can check settings with the same table as the program.
"""

import argparse
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.protocol import recipes
from explorer.protocol.layers import ACTIVATIONS


@dataclass(frozen=True)
class Option:
    """One setting: its name, its kind (str, int, float, Path or bool) and the values that are allowed."""

    name: str
    kind: type
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def default(self) -> object:
        """The default; None if it depends on the recipe, the model or the machine."""
        return recipes.GENERAL.get(self.name)

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and help."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.minimum is not None:
            kind = "a whole number" if self.kind is int else "a number"
            return f"{kind} from {self.minimum:,} to {self.maximum:,}"
        return "a folder" if self.kind is Path else "true or false"

    def read(self, value: object) -> object:
        """Return `value` as the option's kind; if it is not allowed, raise ValueError, which says what is."""
        try:
            if self.kind is bool and not isinstance(value, bool):
                raise ValueError
            if self.kind is int and isinstance(value, float) and not value.is_integer():
                raise ValueError
            read = self.kind(value)
            if self.choices and read not in self.choices:
                raise ValueError
            if self.minimum is not None and not self.minimum <= read <= self.maximum:
                raise ValueError  # nan lands here too
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{self.flag}: {value!r} is not valid; it must be {self.allowed}") from None
        return read


OPTIONS = (
    Option("recipe", str, "a preset; other options override it", tuple(recipes.RECIPES)),
    Option(
        "dataset",
        str,
        "which images to train on; folder: your own, one folder for each class, perhaps within train and test",
        ("auto", "cifar10", "folder", "synthetic"),
    ),
    Option("data_dir", Path, "where the images are, or are downloaded to, by default $EXPLORER_DATA_DIR"),
    Option("train_size", int, "train on only this many images", minimum=1, maximum=10_000_000),
    Option("shuffle_labels", bool, "shuffle the training labels, so that there is nothing to learn, only to memorise"),
    Option("no_normalise", bool, "feed raw pixels, 0 to 255, without normalisation"),
    Option("model", str, "the classifier", tuple(recipes.DEFAULTS)),
    Option("width", int, "hidden units of the mlp", minimum=1, maximum=65536),
    Option(
        "filters",
        int,
        "filters of the cnn's first group; the next have 2 and 4 times as many",
        minimum=1,
        maximum=1024,
    ),
    Option("activation", str, "the nonlinearity of the cnn", tuple(ACTIVATIONS)),
    Option("zero_weights", bool, "start with all weights at zero"),
    Option(
        "loss",
        str,
        "the loss to minimise; hinge asks the true class's logit to lead every other by 1",
        ("cross-entropy", "kl", "sigmoids", "squared", "hinge", "double-softmax"),
    ),
    Option(
        "label_smoothing", float, "share of the target that is spread evenly over all classes", minimum=0, maximum=1
    ),
    Option("optimizer", str, "the optimiser", ("sgd", "adamw", "muon")),
    Option("learning_rate", float, "peak learning rate", minimum=0, maximum=1000),
    Option("schedule", str, "how the learning rate changes over time", ("constant", "linear", "cosine", "one-cycle")),
    Option("momentum", float, "momentum of SGD and Muon; beta1 of AdamW", minimum=0, maximum=0.9999),
    Option("weight_decay", float, "strength of the pull on weights towards zero", minimum=0, maximum=1000),
    Option("batch_size", int, "images per step", minimum=1, maximum=65536),
    Option("epochs", int, "passes over the training images", minimum=1, maximum=100_000),
    Option("max_seconds", float, "stop after this many seconds of training", minimum=0.1, maximum=10_000_000),
    Option("augment", str, "data augmentation", ("none", "flip", "flip-crop")),
    Option(
        "flip",
        str,
        "at random, or half of the images in one epoch and the other half in the next",
        ("random", "alternate"),
    ),
    Option("crop", int, "maximum shift in pixels", minimum=1, maximum=16),
    Option("small_images", float, "share of the run in which the cnn's images are smaller", minimum=0, maximum=1),
    Option("skip_easy", float, "probability that an epoch skips an image of low loss", minimum=0, maximum=0.9),
    Option("six_views", bool, "at the end, also evaluate six views of each test image: shifted and mirrored"),
    Option(
        "seed", int, "random seed for weights, order, augmentation and synthetic shapes", minimum=0, maximum=2**32 - 1
    ),
    Option("device", str, "where to compute", ("auto", "cpu", "cuda", "mps")),
    Option("precision", str, "precision of the forward pass", ("auto", "float32", "bfloat16", "float16")),
    Option("threads", int, "threads on the CPU, by default as torch chooses", minimum=1, maximum=1024),
    Option("run_dir", Path, "write a run folder here"),
    Option("checkpoint_seconds", float, "seconds between checkpoints", minimum=0, maximum=10_000_000),
    Option("resume", Path, "resume the run in this folder with its own settings; options given here override them"),
    Option("commands", bool, "read commands from standard input; end of input stops the run"),
    Option("json", bool, "write events as JSON on a terminal too, as always to a pipe or a file"),
)
TABLE = {option.name: option for option in OPTIONS}
CHANGEABLE = ("learning_rate", "momentum", "weight_decay")  # while a run goes on
# Options that concern the machine; the configuration in a run folder, which everybody may see, omits them.
OF_THE_MACHINE = ("data_dir", "run_dir", "resume", "commands", "json")


EPILOG = """\
commands, each with its own --help:
  fetch                  get the photographs of CIFAR-10, and decode them, before anyone trains on them
  landscape RUN_FOLDER   compute the loss around the trained weights
  classify RUN_FOLDER    classify an image read from standard input

Images are kept in {cache}, unless --data-dir or $EXPLORER_DATA_DIR names another folder.

examples:
  python -m explorer.training --recipe cpu-minute --run-dir my-run
  python -m explorer.training --resume my-run --max-seconds 120
  python -m explorer.training --dataset folder --data-dir my-images --run-dir my-run
  python -m explorer.training landscape my-run
"""


class Parser(argparse.ArgumentParser):
    """A parser that reports wrong arguments in one line, with exit status 2."""

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message} (--help lists what is allowed)\n")


def parse_fetch(arguments: list[str]) -> dict[str, object]:
    """Read the command line of `fetch` into settings by name, as `parse` does."""
    parser = Parser(
        prog="python -m explorer.training fetch",
        description="Get the photographs of CIFAR-10, or the images in the folders of a data folder, and decode them. "
        "An interrupted download resumes where it stopped.",
        allow_abbrev=False,
    )
    dataset = replace(TABLE["dataset"], help="which images to get", choices=("auto", "cifar10", "folder"))
    return read(parser, (dataset, *(TABLE[name] for name in ("data_dir", "commands", "json"))), arguments)


def parse(arguments: list[str]) -> dict[str, object]:
    """Read a command line into settings by name; options that are not given are None.

    Wrong arguments end the process with exit status 2 and a message that says what is allowed.
    """
    parser = Parser(
        prog="python -m explorer.training",
        description="Train an image classifier of two to ten classes.",
        epilog=EPILOG.format(cache=cache_folder()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    settings = read(parser, OPTIONS, arguments)
    if settings["resume"] and settings["run_dir"]:
        parser.error("--resume writes into the folder it resumes, so it cannot be combined with --run-dir")
    return settings


def read(parser: argparse.ArgumentParser, options: tuple[Option, ...], arguments: list[str]) -> dict[str, object]:
    """Read a command line of `options`, and of the arguments that `parser` already has; those not given are None."""
    for option in options:
        if option.kind is bool:
            parser.add_argument(option.flag, action="store_true", default=None, help=option.help)
        else:
            default = _default(option)
            details = [] if option.kind is Path else [option.allowed]
            details += [f"default {default}"] if default else []
            summary = f"{option.help} ({'; '.join(details)})" if details else option.help
            parser.add_argument(option.flag, help=summary, metavar=option.kind.__name__.upper())
    given = vars(parser.parse_args(arguments))
    try:
        return given | {
            option.name: option.read(given[option.name]) for option in options if given[option.name] is not None
        }
    except ValueError as error:
        parser.error(str(error))


def _default(option: Option) -> str:
    """Return an option's default in words, for each model where it depends on that, "" where there is none."""
    if option.default is not None:
        return str(option.default)
    of_models = {model: recipes.complete({"model": model}).get(option.name) for model in recipes.DEFAULTS}
    return ", ".join(f"{model} {value}" for model, value in of_models.items() if value is not None)


def command_line(settings: dict[str, object], table: dict[str, Option] = TABLE) -> list[str]:
    """Write `settings`, of the options in `table`, as the arguments of a command line; None is left out.

    Raises ValueError for a name that is no option or a value that is not allowed.

    >>> command_line({"model": "softmax", "learning_rate": 0.5, "epochs": None, "commands": True})
    ['--model', 'softmax', '--learning-rate', '0.5', '--commands']
    """
    if unknown := settings.keys() - table.keys():
        raise ValueError(f"unknown options: {', '.join(sorted(unknown))}")
    words = []
    for name, value in settings.items():
        option = table[name]
        if value is None or option.read(value) is False:
            continue
        words.append(option.flag)
        if option.kind is not bool:
            words.append(str(option.read(value)))
    return words


def configured(saved: dict[str, object]) -> dict[str, object]:
    """Return the complete settings of a run from the `configuration` in its config.json.

    Options that are newer than the run have their general defaults, whatever the recipe says of them by now. Raises
    ValueError, TypeError or KeyError for what is no configuration.
    """
    read = {
        option.name: option.read(saved[option.name])
        for option in OPTIONS
        if option.name not in OF_THE_MACHINE and saved.get(option.name) is not None
    }
    return recipes.complete(read | {"recipe": None}) | {"recipe": read.get("recipe")}


def cache_folder() -> Path:
    """The folder for data where no other is set."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "softmax-explorer"


def decoded_folders(folder: Path) -> list[Path]:
    """The folders in which the decoded images of a data folder may be."""
    return [folder / ".decoded", cache_folder() / "decoded" / short_digest(str(folder.resolve()))]


def short_digest(text: str) -> str:
    """A short name for any text, including paths that are not valid UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def data_folder(settings: dict[str, object]) -> Path:
    """The data folder: as set, else $EXPLORER_DATA_DIR, else the cache folder."""
    return Path(settings["data_dir"] or os.environ.get("EXPLORER_DATA_DIR") or cache_folder())
