"""Training in the visitor's own browser: where the page offers it, and what it says where that cannot be."""

from types import SimpleNamespace

import pytest

from explorer.pages.train import SETTINGS, in_browser, preset

CANNOT = {"en": "What is set now cannot", "zh": "目前的设置不行"}

pytestmark = pytest.mark.usefixtures("cookies")


@pytest.fixture(autouse=True)
def runs(fake_runs):
    return fake_runs


@pytest.fixture
def busy(runs):
    """A run of somebody else."""
    run, secret = runs.start({"model": "cnn"}, "somebody else", lambda: True)
    yield run
    runs.command(run, secret, "stop")


def button(app, name):
    return app.button(key=f"train.{name}")


def names(app):
    return {element.key for element in app.button if element.key}


def now(**values):
    unset = {name: choice.default for name, choice in SETTINGS.specs.items()}
    return SimpleNamespace(**unset | values)


def test_what_a_browser_trains_is_told_to_the_monitor_complete():
    told = in_browser.training(now(model="mlp", width="16", batch="32", rate="0.1", seed="3", raw="yes"))["started"]
    assert (told["images"], told["test_images"], told["parameters"]) == (2000, 500, 3073 * 16 + 17 * 10)
    wanted = {"model": "mlp", "width": 16, "batch_size": 32, "learning_rate": 0.1, "seed": 3, "no_normalise": True}
    full = wanted | {"momentum": 0.9, "schedule": "one-cycle", "augment": "flip", "epochs": 20, "max_seconds": 300.0}
    assert full.items() <= told["configuration"].items()
    assert told["configuration"]["dataset"] == "synthetic"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, []),
        ({"model": "mlp", "smoothing": "0.1", "zero": "yes", "device": "cuda"}, []),
        ({"model": "cnn"}, ["model"]),
        ({"data": "cifar10", "optimizer": "adamw", "loss": "hinge"}, ["data", "optimizer", "loss"]),
        ({"model": "mlp", "width": "4096", "flip": "alternate", "size": "20"}, ["flip", "size", "width"]),
        (preset("softmax-regression"), []),
        (preset("zero-weights"), []),
        (preset("overfit-twenty"), ["model", "size"]),
        (preset("double-softmax"), ["model", "optimizer", "loss", "size"]),
    ],
)
def test_what_is_in_the_way_is_named_and_what_is_set_instead_is_not(values, names):
    asked = now(**values)
    assert in_browser.obstacles(asked) == names
    assert bool(in_browser.training(asked)) == (not names)
    assert not in_browser.obstacles(now(**values | in_browser.remedy(asked)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_that_asks_for_what_it_cannot_gets_a_sentence_and_a_way_out(open_page, shown, language):
    app = open_page("train", language, where="browser", model="cnn", optimizer="adamw")
    assert CANNOT[language] in shown(app)
    assert "train.start" not in names(app)
    button(app, "change_for_browser").click().run()
    assert not app.exception
    assert CANNOT[language] not in shown(app)
    assert (app.session_state["train.model"], app.session_state["train.where"]) == ("softmax", "browser")


def test_where_it_trains_is_chosen_and_kept_in_the_link(open_page):
    app = open_page("train")
    assert "train.begin_in_browser" not in names(app)
    app.button_group(key="train.where").set_value("browser").run()
    assert not app.exception
    assert app.query_params["where"] == "browser"
    assert "train.start" not in names(app)


def test_where_the_server_is_busy_it_is_offered_before_a_start(open_page, busy, shown):
    app = open_page("train")
    assert "waits in the queue" in shown(app)
    button(app, "begin_in_browser").click().run()
    assert not app.exception
    assert app.session_state["train.where"] == "browser"
    assert app.session_state[in_browser.BEGIN]


def test_who_waits_in_the_queue_is_offered_it_and_keeps_the_place(open_page, runs, busy):
    app = open_page("train")
    button(app, "start").click().run()
    waiting = runs.find(app.session_state["train.run"])
    assert waiting.queue_position == 1
    button(app, "begin_in_browser").click().run()
    assert not app.exception
    assert not app.session_state["train.run"] and app.session_state["train.where"] == "browser"
    assert waiting in runs.busy()


def test_who_waits_with_a_network_that_it_cannot_is_told_what_it_can(open_page, busy, shown):
    app = open_page("train", model="cnn")
    button(app, "start").click().run()
    assert "train.begin_in_browser" not in names(app)
    assert CANNOT["en"] in shown(app)
    button(app, "change_for_browser").click().run()
    assert not app.exception
    assert app.session_state["train.model"] == "softmax"
