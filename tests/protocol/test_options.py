"""The table of options: what it reads, refuses and writes."""

from pathlib import Path

import pytest

from explorer.protocol import landscape_options, options, recipes
from explorer.training import classify


@pytest.mark.parametrize(
    ("flag", "value", "allowed"),
    [
        ("--dataset", "mnist", "auto, cifar10, folder, synthetic"),
        ("--optimizer", "sgdd", "sgd, adamw, muon"),
        ("--learning-rate", "nan", "a number from 0 to 1,000"),
        ("--learning-rate", "-0.1", "a number from 0 to 1,000"),
        ("--batch-size", "0", "a whole number from 1 to 65,536"),
        ("--batch-size", "1.5", "a whole number from 1 to 65,536"),
        ("--max-seconds", "inf", "a number from 0.1"),
        ("--label-smoothing", "2", "a number from 0 to 1"),
        ("--seed", "x", "a whole number from 0"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(flag, value, allowed, capsys):
    with pytest.raises(SystemExit) as error:
        options.parse([f"{flag}={value}"])
    assert error.value.code == 2
    message = capsys.readouterr().err
    assert flag in message and repr(value) in message and allowed in message
    assert message.count("\n") == 1, "one line says it"


def test_help_says_what_is_allowed_each_models_defaults_where_images_go_and_how_it_is_used(capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit) as end:
        options.parse(["--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    for said in (
        "(a whole number from 1 to 100,000; default softmax 20, mlp 20, cnn 10, resnet 8)",
        "the optimiser (one of sgd, adamw, muon; default softmax sgd, mlp sgd, cnn sgd, resnet muon)",
        "the classifier (one of softmax, mlp, cnn, resnet; default cnn)",
        "kept in /cache/softmax-explorer",
        "landscape RUN_FOLDER",
        "classify RUN_FOLDER",
    ):
        assert said in told
    assert told.count("\n  python -m explorer.training ") == 4


@pytest.mark.parametrize("arguments", [["--modle", "cnn"], ["--lear", "1"], ["cnn"], ["--epochs"]])
def test_unknown_and_abbreviated_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as error:
        options.parse(arguments)
    assert error.value.code == 2
    message = capsys.readouterr().err
    assert arguments[0] in message and "--help" in message and message.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("landscape", [], "RUN_FOLDER"),
        ("landscape", ["run", "--points", "2"], "from 3 to 201"),
        ("landscape", ["run", "--span", "nan"], "from 0.001 to 100"),
        ("landscape", ["run", "--directions", "up"], "random, path"),
        ("landscape", ["run", "--resume", "run"], "--resume"),
        ("classify", [], "RUN_FOLDER"),
        ("classify", ["one", "two"], "two"),
        ("classify", ["--device", "cuda", "run"], "--device"),
    ],
)
def test_wrong_arguments_of_the_other_commands_are_refused_in_one_line(capsys, command, arguments, said):
    with pytest.raises(SystemExit) as error:
        classify.main(arguments, None) if command == "classify" else landscape_options.parse(arguments)
    told = capsys.readouterr()
    assert (error.value.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert said in told.err and "--help" in told.err


def test_what_command_line_writes_parse_reads():
    settings = options.parse(["--model", "softmax", "--learning-rate", "1e-3", "--data-dir", "a b", "--commands"])
    assert options.parse(options.command_line(settings)) == settings
    assert settings["data_dir"] == Path("a b") and settings["commands"] is True


@pytest.mark.parametrize("settings", [{"modle": "cnn"}, {"epochs": 0}, {"epochs": 2.5}, {"commands": "yes"}])
def test_command_line_refuses_what_the_program_would_refuse(settings):
    with pytest.raises(ValueError):
        options.command_line(settings)


OPEN = {"recipe", "data_dir", "max_seconds", "train_size", "threads", "run_dir", "resume"}


@pytest.mark.parametrize("model", recipes.DEFAULTS)
@pytest.mark.parametrize("optimizer", [None, "sgd", "adamw", "muon"])
def test_every_models_own_settings_are_complete_and_allowed(model, optimizer):
    settings = options.parse(["--model", model]) | {"optimizer": optimizer}
    complete = recipes.complete(settings)
    assert recipes.complete(options.parse(options.command_line(complete))) == complete
    assert {name for name, value in complete.items() if value is None} <= OPEN


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_is_allowed_and_holds_unless_told_otherwise(name):
    complete = recipes.complete(options.parse(["--recipe", name]))
    options.command_line(complete)
    assert complete | recipes.RECIPES[name] == complete
    assert recipes.complete(options.parse(["--recipe", name, "--model", "mlp"]))["model"] == "mlp"
    assert {name for name, value in complete.items() if value is None} <= OPEN | {"epochs"}


def test_a_run_goes_on_in_its_own_folder(capsys):
    with pytest.raises(SystemExit):
        options.parse(["--resume", "a", "--run-dir", "b"])
    assert "--run-dir" in capsys.readouterr().err


def test_what_is_given_wins_over_the_recipe():
    settings = recipes.complete(options.parse(["--learning-rate", "0", "--momentum", "0"]))
    assert (settings["learning_rate"], settings["momentum"]) == (0, 0)


def test_a_time_limit_alone_leaves_the_epochs_open():
    assert recipes.complete(options.parse(["--max-seconds", "60"]))["epochs"] is None
    assert recipes.complete(options.parse(["--max-seconds", "60", "--epochs", "3"]))["epochs"] == 3


def test_the_data_folder_is_the_named_one_else_the_environments_else_the_cache(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.setenv("EXPLORER_DATA_DIR", "/data")
    assert options.data_folder({"data_dir": Path("/named")}) == Path("/named")
    assert options.data_folder({"data_dir": None}) == Path("/data")
    monkeypatch.delenv("EXPLORER_DATA_DIR")
    assert options.data_folder({"data_dir": None}) == Path("/cache/softmax-explorer")


def test_shapes_which_are_drawn_are_not_to_be_fetched(capsys):
    assert options.parse_fetch(["--dataset", "folder"])["dataset"] == "folder"
    with pytest.raises(SystemExit):
        options.parse_fetch(["--dataset", "synthetic"])
    assert "one of auto, cifar10, folder" in capsys.readouterr().err
