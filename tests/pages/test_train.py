"""The training page, with a program that stands in for the real one."""

import json
import os
import re
import signal

import numpy as np
import pytest

from explorer.pages.shared import ownership
from explorer.pages.train import completed, idle, monitor_section, questions, shortest
from explorer.protocol import machine, options, recipes
from explorer.runs import recorded
from explorer.shell import texts
from explorer.stage import questions as stage_questions
from explorer.stage.page import BESIDE, PAGES, page_path

COMMANDS = {f"train.{name}" for name in ("pause", "resume", "step", "ten_steps", "epoch", "stop")}
STEPS = {f"train.{name}" for name in ("step", "ten_steps", "epoch")}
START = {"en": "Start training", "zh": "开始训练"}


pytestmark = pytest.mark.usefixtures("cookies")


@pytest.fixture(autouse=True)
def runs(fake_runs):
    return fake_runs


def button(app, name):
    return app.button(key=f"train.{name}")


def shown_run(app, runs):
    return runs.find(app.session_state["train.run"])


def keys(app):
    """The buttons of the page that can be pressed."""
    own = [element for element in app.button if element.key and element.key.startswith("train.")]
    return {element.key for element in own if not element.disabled}


def choose(app, preset):
    app.button_group(key="train.train.preset").set_value(preset).run()
    assert not app.exception


def names(app):
    """All buttons of the page, those too that cannot be pressed now."""
    return {element.key for element in app.button if element.key}


def command(app):
    """Open the code, and return the arguments of the command line in it."""
    app.session_state["train.open.the_code.1"] = True
    app.run()
    assert not app.exception
    (line,) = [code.value for code in app.code if code.language == "bash"]
    return line.removeprefix("python -m explorer.training ").split()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_at_rest_it_shows_what_an_untrained_model_says(open_page, shown, language):
    app = open_page("train", language)
    assert button(app, "start").label == START[language]
    assert "2.30" in shown(app)
    assert "train.stop" not in keys(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_started_watched_and_stopped(open_page, runs, language, wait):
    app = open_page("train", language)
    button(app, "start").click().run()
    assert not app.exception
    run = shown_run(app, runs)
    assert app.query_params["run"] == run.id
    assert {"train.stop"} <= keys(app) and not {"train.start", "train.again"} & keys(app)
    wait(lambda: run.state() == "running" and run.folder.step)
    button(app, "stop").click().run()
    wait(run.over)
    app.run()
    assert {"train.again", "train.new"} <= keys(app) and "train.stop" not in keys(app)
    onward = [link.proto for link in app.get("page_link") if link.proto.page == "results"]
    assert any("run=" in link.query_string for link in onward)
    assert not app.exception


def test_the_controls_and_recipes_reach_the_program(open_page, runs, monkeypatch):
    given = []

    def start(settings, *visitor):
        given.append(settings)
        raise OSError("enough")

    monkeypatch.setattr(runs, "start", start)
    app = open_page(
        "train", model="cnn", optimizer="adamw", epochs="3", data="synthetic", limit="60", rate="0.3", smoothing="0.1"
    )
    button(app, "start").click().run()
    assert given == [
        {
            "dataset": "synthetic", "model": "cnn", "learning_rate": 0.3, "optimizer": "adamw",
            "epochs": 3, "max_seconds": 60.0, "label_smoothing": 0.1,
        }
    ]  # fmt: skip


def test_a_run_goes_on_through_reruns_and_other_pages(open_page, runs, wait):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    app.switch_page(page_path("softmax")).run()
    wait(lambda: run.state() == "running" and run.folder.step)
    app.switch_page(page_path("train")).run()
    assert shown_run(app, runs) is run
    assert run.state() == "running"
    assert "train.stop" in keys(app)


def test_a_link_opens_a_run_made_elsewhere(open_page, runs):
    folder = runs.limits.folder / "made-elsewhere"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").write_text('{"event": "finished", "reason": "epochs"}\n')
    app = open_page("train", run="made-elsewhere")
    assert "train.new" in keys(app) and not COMMANDS & keys(app)
    assert not app.warning
    button(app, "new").click().run()
    assert "train.start" in keys(app)


def test_an_answer_that_is_shown_by_a_training_says_so_before(open_page, runs):
    app = open_page("train")
    next(button for button in app.button if button.key.endswith("question.ask_hint")).click().run()
    (shows,) = [button for button in app.button if button.key.endswith("question.show")]
    assert shows.label == texts.load("en", "train")("question.train")


def test_whoever_else_opens_the_link_of_a_run_watches_only(open_page, runs, shown):
    own = open_page("train")
    button(own, "start").click().run()
    run = shown_run(own, runs)
    other = open_page("train", run=run.id)
    assert not COMMANDS & keys(other)
    assert not other.toggle
    assert "Someone else started this run" in shown(other)
    assert "train.stop" in keys(own.run())


def test_nobody_but_the_owner_is_told_the_owners_secret(open_page, runs, shown, caplog, capfd, wait):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    secret = app.session_state["train.secrets"][run.id]
    wait(lambda: run.state() == "running" and run.folder.step)
    watcher = open_page("train", run=run.id)
    told = "".join(str(element.proto) for element in watcher.get("bidi_component"))
    assert run.id in told and secret not in told
    assert secret not in shown(watcher) and secret not in run.answer("").decode()
    assert not [file for file in run.folder.path.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert secret not in caplog.text and not [text for text in capfd.readouterr() if secret in text]


def test_after_a_reload_the_cookie_tells_whose_run_it_is(open_page, runs, cookies, wait):
    first = open_page("train")
    button(first, "start").click().run()
    run = shown_run(first, runs)
    secret = first.session_state["train.secrets"][run.id]
    cookies[f"explorer-run-{run.id}"] = secret + "x"
    assert "train.stop" not in keys(open_page("train", run=run.id))
    cookies[f"explorer-run-{run.id}"] = secret
    reloaded = open_page("train", run=run.id)
    button(reloaded, "stop").click().run()
    wait(run.over)
    assert run.folder.ended["reason"] == "stopped"
    assert secret not in str(dict(reloaded.query_params))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_paused_stepped_changed_and_resumed(open_page, runs, language, wait):
    app = open_page("train", language, model="softmax")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running" and run.folder.step)
    button(app.run(), "pause").click().run()
    assert COMMANDS & keys(app) == COMMANDS - {"train.pause"}
    assert STEPS <= names(app)
    wait(lambda: run.state() == "running" and run.folder.paused)
    before = run.folder.step
    button(app, "ten_steps").click().run()
    wait(lambda: run.state() == "running" and run.folder.paused and run.folder.step == before + 10)
    rate = app.number_input(key=f"train.set.learning_rate.{run.id}")
    assert rate.value == 0.002, "the recipe's"
    rate.set_value(0.05).run()
    button(app, "resume").click().run()
    assert COMMANDS & keys(app) == {"train.pause", "train.stop"}
    wait(lambda: run.state() == "running" and run.folder.changes)
    assert run.folder.changes[0]["learning_rate"] == 0.05
    assert not app.exception


@pytest.mark.parametrize("page", PAGES | BESIDE)
def test_a_run_goes_on_while_its_owner_is_on_any_page_after_a_reload_too(open_page, runs, cookies, monkeypatch, page):
    run, secret = runs.start({}, "the session before the reload", lambda: True)
    cookies[f"explorer-run-{run.id}"] = secret
    monkeypatch.setattr(ownership, "visitor", lambda: ("the session after it", lambda: True, ""))
    open_page(page)
    assert "the session after it" in runs._attendance._visitors[run.id]
    cookies.clear()
    monkeypatch.setattr(ownership, "visitor", lambda: ("a stranger", lambda: True, ""))
    open_page(page)
    assert "a stranger" not in runs._attendance._visitors[run.id]


def drawn(app):
    """What the browser is told that the page shows of the run."""
    mounted = {element.proto.component_name: element.proto for element in app.get("bidi_component")}
    return json.loads(mounted["explorer.run_monitor"].bytes)["page_state"]


def test_the_field_of_a_setting_shows_what_is_in_force_wherever_it_was_changed(open_page, runs, cookies, wait):
    app = open_page("train", model="softmax")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running" and run.folder.step)

    def rate(app):
        return app.number_input(key=f"train.set.learning_rate.{run.id}")

    rate(app.run()).set_value(0.05).run()
    wait(lambda: run.state() == "running" and run.folder.changes)
    app.switch_page(page_path("softmax")).run()
    app.switch_page(page_path("train")).run()
    assert rate(app).value == 0.05
    cookies[f"explorer-run-{run.id}"] = app.session_state["train.secrets"][run.id]
    reloaded = open_page("train", run=run.id)
    assert rate(reloaded).value == 0.05
    before = drawn(app)
    rate(reloaded).set_value(0.3).run()
    assert before["text"] != json.loads(run.answer(""))["controls"], "which the browser sees, and has the page drawn"
    assert rate(app.run()).value == 0.3
    assert drawn(app)["text"] == json.loads(run.answer(""))["controls"]


def test_the_browser_can_see_that_the_page_shows_what_is_no_longer_so(open_page, runs, wait):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    watcher = open_page("train", run=run.id)
    wait(lambda: run.state() == "running" and run.folder.step)
    seen = []
    for command in ("pause", "resume", "stop", "go_on"):
        button(app.run(), command).click().run()
        wait((lambda: run.over()) if command == "stop" else (lambda: run.state() == "running"))
        answer = json.loads(run.answer(""))
        for tab, text in ((app.run(), "controls"), (watcher.run(), "stage")):
            assert drawn(tab) == {"name": text, "text": answer[text], "over": command == "stop"}
        seen.append((answer["stage"], answer["controls"]))
    (active, *_), (again, *_), (over, *_), _ = seen
    assert (active, again, over) == ("active", "active", "over") and len({controls for _, controls in seen[:3]}) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_it_trains_a_run_can_be_stopped_and_there_is_nothing_to_pause(
    open_page, runs, language, wait, monkeypatch
):
    monkeypatch.setenv("FAKE_TRAINER", "loads")
    app = open_page("train", language)
    button(app, "start").click().run()
    run = shown_run(app, runs)
    assert run.state() == "starting" and COMMANDS & keys(app.run()) == {"train.stop"}
    preparing = json.loads(run.answer(""))["controls"]
    monkeypatch.setenv("FAKE_TRAINER", "endless")
    button(app, "stop").click().run()
    wait(run.over)
    button(app.run(), "again").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running")
    assert COMMANDS & keys(app.run()) == {"train.pause", "train.stop"}
    assert json.loads(run.answer(""))["controls"] != preparing, "so that the browser has the page drawn anew"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compared_runs_are_shown_with_what_is_different(open_page, runs, shown, language):
    for name, rate in (("made-first", 0.1), ("made-second", 0.3)):
        (runs.limits.folder / name).mkdir(parents=True)
        started = {"event": "started", "configuration": {"model": "cnn", "learning_rate": rate, "epochs": 3}}
        (runs.limits.folder / name / "events.jsonl").write_text(json.dumps(started) + "\n")
    app = open_page("train", language, compare="made-first,made-second,<b>none|</b>")
    text = shown(app)
    assert len(app.warning) == 1
    (row,) = [line for line in text.splitlines() if line.endswith("| 0\\.1 | 0\\.3 |")]
    assert {"en": "Learning rate", "zh": "学习率"}[language] in row
    assert "<b>" not in text.replace("\\<b", "")
    button(app, "new").click().run()
    assert "train.start" in keys(app) and "compare" not in app.query_params


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_run_alone_is_not_said_to_be_like_others_and_another_can_be_chosen(open_page, runs, shown, language):
    words = texts.load(language, "train")
    app = open_page("train", language, compare="synthetic")
    assert words("one_compared") in shown(app) and words("no_differences") not in shown(app)
    app.session_state["train.others"] = ["cifar10"]
    button(app, "compare_now").click().run()
    assert not app.exception and app.query_params["compare"] == "synthetic,cifar10"
    assert words("one_compared") not in shown(app)


def on_folders(runs, name, classes, tested_on, **more):
    """Make a run on image folders of these classes, tested on images with these fingerprints."""
    place = runs.limits.folder / name
    place.mkdir(parents=True)
    configuration = {"model": "cnn", "dataset": "folder", "seed": 0}
    known = {"dataset": "folder", "classes": classes, "images": 40, "test_images": 10} | more
    (place / "events.jsonl").write_text(json.dumps({"event": "started", "configuration": configuration} | known) + "\n")
    np.save(place / "fingerprints.npy", np.full((10, 12), tested_on, np.float16))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compared_runs_on_different_images_are_told_apart(open_page, runs, shown, language):
    words = texts.load(language, "train")
    on_folders(runs, "made-first", ["cat", "owl|x"], 1)
    on_folders(runs, "made-again", ["cat", "owl|x"], 1)
    on_folders(runs, "made-other", ["cat", "owl|x"], 2)
    on_folders(runs, "made-fewer", ["cat", "owl|x"], 1, images=8)
    on_folders(runs, "made-three", ["cat", "lynx", "owl"], 3)
    said = shown(open_page("train", language, compare="made-first,made-again"))
    assert words("no_differences") in said and words("other_images") not in said
    said = shown(open_page("train", language, compare="made-first,made-again,made-other"))
    (row,) = [line for line in said.splitlines() if line.startswith(f"| {words('controls.data')}")]
    *_, first, again, other, _ = re.split(r"(?<!\\)\|", row)
    assert first == again and "owl x" in first and "40" in first and other.strip().startswith(first.strip())
    assert "A · CNN" in other.replace("\\", "") and words("other_images") in said
    said = shown(open_page("train", language, compare="made-first,made-fewer"))
    assert words("other_images") not in said and "8" in said
    said = shown(open_page("train", language, compare="made-first,made-three"))
    assert words("other_classes", counts=words.names("23")) in said and "lynx" in said


def test_a_link_to_too_many_runs_is_refused_with_how_many_there_may_be(open_page):
    app = open_page("train", compare=",".join(f"made-{i}-of-six" for i in range(6)))
    (notice,) = [warning.value for warning in app.warning]
    assert "compare" in notice and "1 … 5" in notice.replace("\\", "")
    assert "train.start" in keys(app) and "compare" not in app.query_params


def test_a_run_that_is_over_is_compared_with_another_and_each_shown_alone(open_page, runs):
    for name in ("made-first", "made-second"):
        (runs.limits.folder / name).mkdir(parents=True)
        (runs.limits.folder / name / "events.jsonl").write_text('{"event": "finished", "reason": "epochs"}\n')
    app = open_page("train", run="made-first")
    app.session_state["train.others"] = ["made-second"]
    button(app, "compare_now").click().run()
    assert not app.exception
    assert app.query_params["compare"] == "made-first,made-second"
    button(app, "show.made-second").click().run()
    assert not app.exception
    assert app.query_params["run"] == "made-second" and "compare" not in app.query_params


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_recipe_has_its_button_and_says_what_to_look_at(open_page, shown, language):
    app = open_page("train", language)
    told_by = texts.load(language, "train")
    assert told_by.table("presets").keys() == told_by.table("look").keys() == recipes.RECIPES.keys()
    for name in recipes.RECIPES:
        choose(app, name)
        assert any(caption.value.endswith(told_by(f"look.{name}")) for caption in app.caption)
        told, meant = (recipes.complete(options.parse(line)) for line in (command(app), ["--recipe", name]))
        assert {**told, "max_seconds": 0} == {**meant, "max_seconds": 0}


def test_the_owner_may_leave_a_run_to_itself(open_page, runs):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    app.toggle[0].set_value(True).run()
    assert run.keep_running
    app.toggle[0].set_value(False).run()
    assert not run.keep_running


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_second_run_in_the_queue_is_refused_with_the_reason(open_page, runs, language):
    app = open_page("train", language)
    for _ in range(2):
        button(app, "start").click().run()
        button(app, "new").click().run()
    button(app, "start").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "train.start" in keys(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_left_to_itself_only_while_it_trains_and_only_so_many_are(open_page, runs, language):
    other, secret = runs.start({}, "somebody else", lambda: True)
    app = open_page("train", language)
    button(app, "start").click().run()
    mine = shown_run(app, runs)
    assert app.toggle(key=f"train.keep.{mine.id}").disabled
    object.__setattr__(runs.limits, "runs", 2)
    runs.keep(other, secret, True)
    runs._advance()
    app.run()
    app.toggle(key=f"train.keep.{mine.id}").set_value(True).run()
    assert not app.exception
    assert [error.value for error in app.error] == [texts.load(language, "train")("refused.keep_full", most=1)]
    assert not app.toggle(key=f"train.keep.{mine.id}").value and not mine.keep_running


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_training_for_which_memory_is_lacking_is_named_before_the_start_and_not_started(
    open_page, runs, monkeypatch, language
):
    app = open_page("train", language, model="resnet", batch="2048")
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    monkeypatch.setattr(machine, "multiplies_bfloat16", lambda: True)
    monkeypatch.setattr(machine, "available", lambda: 1_150_000_000)
    app.run()
    (warning,) = app.warning
    assert "2.4 GB" in warning.value and "1.1 GB" in warning.value and "512" in warning.value
    button(app, "start").click().run()
    assert app.error[0].value == warning.value
    assert not runs.limits.folder.exists() and "train.start" in keys(app)
    app.session_state["train.batch"] = "512"
    app.run()
    assert not app.warning and not app.error
    button(app, "start").click().run()
    assert "train.stop" in keys(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_full_queue_says_how_many_wait(open_page, runs, language):
    object.__setattr__(runs._queue, "_places", 1)
    for visitor in "ab":
        runs.start({}, visitor, lambda: True)
    app = open_page("train", language)
    button(app, "start").click().run()
    assert [error.value for error in app.error] == [texts.load(language, "train")("refused.queue_full", most=1)]
    assert "train.start" in keys(app)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id", ["unknown-run", "../../etc", "x" * 5000, "<b>*bold*</b>"])
def test_a_link_to_no_run_gets_a_notice_and_the_first_view(open_page, language, id):
    app = open_page("train", language, run=id)
    assert len(app.warning) == 1
    assert "train.start" in keys(app)
    assert "run" not in app.query_params


def test_a_run_that_one_has_left_can_be_found_again(open_page, runs):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    button(app, "new").click().run()
    assert {"train.start", "train.show_it"} <= keys(app)
    button(app, "show_it").click().run()
    assert shown_run(app, runs) is run


def test_the_first_view_of_a_run_is_that_of_its_charts(open_page, runs):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    app.session_state["train.view"] = "gradient"
    app.run()
    button(app, "reset").click().run()
    assert shown_run(app, runs) is run
    assert app.session_state["train.view"] == "loss"


def test_a_run_that_was_killed_goes_on_from_its_checkpoint(open_page, runs, wait):
    app = open_page("train")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running" and run.folder.step)
    os.kill(run.trainer.pid, signal.SIGKILL)
    wait(lambda: run.over() and not runs._training)
    app.run()
    button(app, "go_on").click().run()
    assert "train.stop" in keys(app)
    wait(lambda: run.state() == "running" and run.folder.step)
    button(app, "stop").click().run()
    wait(run.over)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_that_was_stopped_goes_on_at_once_and_why_it_cannot_is_told_truly(
    open_page, runs, monkeypatch, language, wait
):
    monkeypatch.setenv("FAKE_TRAINER", "endless lingers")
    app = open_page("train", language)
    button(app, "start").click().run()
    run = shown_run(app, runs)
    for _ in range(2):
        wait(lambda: run.state() == "running" and run.folder.step)
        button(app, "stop").click().run()
        wait(run.over)
        app.run()
        button(app, "go_on").click().run()
        assert not app.error and "train.stop" in keys(app)
    wait(lambda: run.state() == "running" and run.folder.step)
    button(app, "stop").click().run()
    wait(run.over)
    app.run()
    (run.folder.path / "checkpoint.pt").unlink()
    button(app, "go_on").click().run()
    assert app.error[0].value == texts.load(language, "train")("refused.no_checkpoint")


def test_a_folder_that_cannot_be_written_to_is_told(open_page, runs, shown):
    runs.limits.folder.write_text("no folder")
    app = open_page("train")
    button(app, "start").click().run()
    assert not app.exception
    assert "EXPLORER" in app.error[0].value


def test_the_command_on_the_page_is_what_the_controls_say(open_page):
    app = open_page("train", model="cnn", rate="0.3", data="synthetic")
    settings = options.parse(command(app))
    assert (settings["model"], settings["learning_rate"], settings["dataset"]) == ("cnn", 0.3, "synthetic")
    assert settings["batch_size"] is None, "left to the recipe"


def test_what_a_visitor_chooses_wins_over_what_a_model_usually_takes(open_page):
    app = open_page("train", model="resnet", flip="random", smoothing="0", crop="4", zero="yes", precision="float32")
    settings = recipes.complete(options.parse(command(app)))
    chosen = {name: settings[name] for name in ("flip", "label_smoothing", "crop", "zero_weights", "precision")}
    assert chosen == {
        "flip": "random", "label_smoothing": 0.0, "crop": 4, "zero_weights": True, "precision": "float32",
    }  # fmt: skip


@pytest.mark.parametrize(
    "model, has",
    [("softmax", set()), ("mlp", {"width"}), ("cnn", {"filters", "activation", "small"}), ("resnet", set())],
)
def test_only_controls_that_have_a_say_are_shown(open_page, model, has):
    def boxes():
        return {box.key.rpartition(".")[0]: box for box in app.selectbox}

    app = open_page("train", model=model, augment="none")
    of_a_model = {f"train.{name}" for name in ("width", "filters", "activation", "small")}
    assert boxes().keys() & of_a_model == {f"train.{name}" for name in has}
    assert not {"train.flip", "train.crop"} & boxes().keys()
    boxes()["train.augment"].set_value("flip-crop").run()
    assert {"train.flip", "train.crop"} <= boxes().keys()


@pytest.mark.parametrize("recipe", recipes.RECIPES)
def test_the_shortest_command_line_of_a_run_trains_the_same(recipe):
    for more in ({}, {"max_seconds": 300.0, "epochs": 7}, {"optimizer": "adamw", "label_smoothing": 0.0}):
        settings = completed({"recipe": recipe} | more)
        line = options.command_line(shortest(settings))
        assert completed(options.parse(line)) == settings


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_recipe_has_a_question_with_an_answer(language):
    told = texts.load(language, "train").table("questions")
    assert told.keys() == questions.ANSWERED.keys() | {"same"}
    assert recipes.RECIPES.keys() <= told.keys()


def made_elsewhere(runs, name, evaluations=(), **configuration):
    """Put a finished run into the runs' folder."""
    folder = runs.limits.folder / name
    folder.mkdir(parents=True)
    events = [
        {"event": "started", "dataset": "cifar10", "device": "cpu", "precision": "float32"}
        | {"configuration": completed(configuration)},
        *({"event": "epoch", "epoch": n, "seconds": float(n)} | seen for n, seen in enumerate(evaluations)),
        {"event": "finished", "reason": "epochs"},
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return runs.find(name)


def test_the_accuracy_over_six_views_stands_beside_the_plain_one(open_page, runs):
    run = made_elsewhere(runs, "run-of-six-views", [UNTRAINED])
    events = run.folder.path / "events.jsonl"
    events.write_text(events.read_text().replace('"epochs"}', '"epochs", "augmented_accuracy": 0.9412}'))
    told = [caption.value for caption in open_page("train", run="run-of-six-views").caption]
    assert "With the logits averaged over six views of each test image, 94.1% are right." in told


UNTRAINED = {"train_loss": None, "test_loss": 2.31, "test_accuracy": 0.1}
ANSWERS = {
    "softmax-regression": ({"train_loss": 1.8, "test_loss": 1.8, "test_accuracy": 0.4}, UNTRAINED | {"test_loss": 2.5}),
    "cpu-minute": ({"train_loss": 0.5, "test_loss": 0.7, "test_accuracy": 0.78}, UNTRAINED),
    "overfit-twenty": ({"train_loss": 0.01, "test_loss": 3.9, "test_accuracy": 0.2}, UNTRAINED),
    "rate-too-high": ({"train_loss": 9.0, "test_loss": "nan", "test_accuracy": 0.1}, UNTRAINED | {"test_loss": 1.9}),
    "shuffled-labels": ({"train_loss": 0.3, "test_loss": 7.0, "test_accuracy": 0.1}, UNTRAINED | {"train_loss": 2.3}),
}


@pytest.mark.parametrize("recipe", ANSWERS)
def test_a_recipes_question_is_answered_by_what_was_to_be_seen(runs, recipe):
    seen, unseen = ANSWERS[recipe]
    run = made_elsewhere(runs, "run-that-shows", [UNTRAINED, seen], recipe=recipe)
    other = made_elsewhere(runs, "run-that-does-not", [UNTRAINED, unseen], recipe=recipe)
    run.state(), other.state()
    assert questions.about(recipe, run, [])[recipe] is True
    if recipe != "softmax-regression":  # whose runs all show it
        assert questions.about(recipe, other, [])[recipe] is False


@pytest.mark.parametrize(
    ("recipe", "settings", "answered"),
    [
        ("no-normalisation", {}, True),
        ("no-normalisation", {"model": "cnn"}, False),
        ("zero-weights", {}, True),
        ("zero-weights", {"model": "softmax"}, False),
    ],
)
def test_an_answer_is_given_only_for_models_of_which_it_is_true(runs, recipe, settings, answered):
    seen = {"train_loss": 2.302585, "test_loss": 2.302586, "test_accuracy": 0.1}
    run = made_elsewhere(runs, "a-run-of-that-model", [seen, seen], recipe=recipe, **settings)
    run.state()
    assert questions.about(recipe, run, [])[recipe] is answered
    assert questions.about(None, run, [])["rate-too-high"] is False  # ln 10 up to roundings is not above ln 10


def test_of_a_run_on_drawn_shapes_nothing_is_said_about_photographs(open_page, shown, runs):
    run = made_elsewhere(runs, "a-run-on-shapes", [UNTRAINED, UNTRAINED], dataset="synthetic", model="softmax")
    events = run.folder.path / "events.jsonl"
    events.write_text(events.read_text().replace('"dataset": "cifar10"', '"dataset": "synthetic"', 1))
    run = runs.find(run.id)
    run.state()
    told = questions.about("softmax-regression", run, [])
    assert told["softmax-on-shapes"] is True and "softmax-regression" not in told
    text = shown(open_page("train", run=run.id))
    answer = texts.load("en", "train")("questions.softmax-on-shapes.answer")
    assert "of the synthetic shapes" in answer and "photographs" not in answer
    assert "photographs" not in text


def test_a_run_on_cross_entropy_and_one_on_the_divergence_are_seen_to_coincide(open_page, runs):
    seen = [UNTRAINED, {"train_loss": 1.0, "test_loss": 1.8, "test_accuracy": 0.4}]
    for name, loss in (("made-first", "cross-entropy"), ("made-second", "kl")):
        made_elsewhere(runs, name, seen, model="softmax", loss=loss, label_smoothing=0.1)
    app = open_page("train", compare="made-first,made-second")
    assert ["$H(p)$" in answer.value for answer in app.success] == [True]
    rows = [line for line in "\n".join(str(text.value) for text in app.markdown).splitlines() if line.startswith("|")]
    assert len(rows) == 3, "heads, a rule, the loss"


def test_the_code_of_a_run_is_its_command_line_and_a_program(open_page, runs):
    made_elsewhere(runs, "made-elsewhere", [UNTRAINED], model="cnn", learning_rate=0.25, loss="squared")
    app = open_page("train", run="made-elsewhere")
    settings = options.parse(command(app))
    assert (settings["model"], settings["learning_rate"], settings["loss"]) == ("cnn", 0.25, "squared")
    (program,) = [code.value for code in app.code if code.language == "python"]
    compile(program, "program", "exec")
    assert '"peak": 0.25' in program and "logits.softmax(1) - target" in program


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_weights_of_a_run_have_a_program_beside_them_only_where_there_are_some(open_page, runs, language):
    run = made_elsewhere(runs, "made-elsewhere", [UNTRAINED], model="mlp", width=16)
    (run.folder.path / "weights.pt").write_bytes(b"")
    app = open_page("train", language, run="made-elsewhere")
    _, taken = [code.value for code in app.code if code.language == "python"]
    compile(taken, "program", "exec")
    assert "nn.Linear(3072, 16)" in taken and "load_state_dict" in taken and "optim" not in taken
    (run.folder.path / "weights.pt").unlink()
    app = open_page("train", language, run="made-elsewhere")
    assert len([code for code in app.code if code.language == "python"]) == 1


def test_the_questions_are_answered_by_the_run_on_the_page(open_page, runs, wait):
    app = open_page("train")
    assert not app.success
    button(app, "start").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running" and len(run.folder.epochs) > 1)
    app.run()
    assert [r"\ln 10 \approx 2.303" in answer.value for answer in app.success] == [True]
    button(app, "stop").click().run()
    wait(run.over)
    (answer,) = app.run().success
    assert "About 40%" in answer.value, "what a softmax regression reaches is known at the end"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_a_start_the_page_says_what_it_would_fetch_and_only_then(
    open_page, shown, language, tmp_path, monkeypatch
):
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "data"))
    assert "170 MB" in shown(open_page("train", language))
    assert "170 MB" in shown(open_page("train", language, data="cifar10"))
    assert "CIFAR-10" not in "".join(caption.value for caption in open_page("train", language, data="folder").caption)
    assert "170 MB" not in shown(open_page("train", language, data="synthetic"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cifar-10-python.tar.gz.part").write_bytes(bytes(20_498_071))
    assert "150 MB" in shown(open_page("train", language)), "the rest"
    (tmp_path / "data" / "cifar-10-batches-py").mkdir()
    assert " MB" not in "".join(caption.value for caption in open_page("train", language).caption)


@pytest.mark.parametrize("name", monitor_section.OF_RECORDED)
def test_show_me_opens_a_run_that_answers_the_question(open_page, name):
    app = open_page("train")
    words = texts.load("en", "train")
    while app.session_state["train.train.question"] != name:
        button(app, "train.question.next").click().run()
    for what in ("ask_hint", "show"):
        button(app, f"train.question.{what}").click().run()
    assert not app.exception
    assert [answer.value for answer in app.success] == [words(f"questions.{name}.answer")]
    assert app.session_state[stage_questions.KNOWN][f"train.{name}"] == "shown"


@pytest.mark.parametrize("run", recorded.NAMES)
def test_what_an_opened_run_answers_is_not_announced_as_found_but_shown_to_whoever_asks(open_page, run):
    app = open_page("train", run=run)
    assert not app.run().success and not app.session_state[stage_questions.KNOWN]
    button(app, "new").click().run()
    app.session_state["train.run"] = run
    assert not app.run().success and not app.session_state[stage_questions.KNOWN]
    while app.session_state["train.train.question"] != "ln10":
        button(app, "train.question.next").click().run()
    for what in ("ask_hint", "show"):
        button(app, f"train.question.{what}").click().run()
    assert app.success and app.session_state[stage_questions.KNOWN] == {"train.ln10": "shown"}
    assert app.run().success


def test_show_me_trains_what_answers_a_question_and_counts_it_as_shown_once_it_does(open_page, runs, monkeypatch, wait):
    monkeypatch.setenv("FAKE_TRAINER", "")  # it ends, and its images are drawn shapes
    app = open_page("train", recipe="softmax-regression", epochs="200")
    for what in ("ask_hint", "show"):
        button(app, f"train.question.{what}").click().run()
    assert not app.exception
    run = shown_run(app, runs)
    assert run.settings["recipe"] == "softmax-regression" and run.settings["epochs"] == 20
    known = app.session_state[stage_questions.KNOWN]
    assert "train.softmax-regression" not in known
    wait(lambda: run.state() == "finished")
    app.run()
    assert known["train.softmax-on-shapes"] == "shown"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_start_says_how_long_such_a_run_took_here_and_without_one_says_no_number(open_page, runs, language, wait):
    def said(**settings):
        app = open_page("train", language, data="synthetic", **settings)
        return [caption.value for caption in app.caption if caption.value.startswith(before)]

    before = texts.load(language, "train")("takes", time="|").partition("|")[0]
    assert not said()
    app = open_page("train", language, data="synthetic")
    button(app, "start").click().run()
    run = shown_run(app, runs)
    wait(lambda: run.state() == "running" and run.folder.images_per_second)
    assert len(said(epochs="1")) == 1
    assert not said(model="cnn") and not said(size="100")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "It ends after 60 s of training."), ("zh", "训练 60 秒后结束。")]
)
def test_a_recipe_of_a_fixed_time_says_so_on_every_machine(open_page, language, said):
    app = open_page("train", language, data="synthetic", recipe="cpu-minute", model="cnn", limit="60")
    (epochs,) = [box for box in app.selectbox if box.key.startswith("train.epochs.")]
    assert epochs.options[0].startswith({"en": "No limit", "zh": "不限"}[language])
    assert said in [caption.value for caption in app.caption]


@pytest.mark.parametrize(
    ("epochs", "limit", "seconds"), [("10", "300", 20.0), ("200", "300", 300.0), ("10", "12", 12.0)]
)
def test_a_training_takes_as_long_as_its_epochs_at_the_earlier_pace_or_as_its_limit(runs, epochs, limit, seconds):
    earlier = made_elsewhere(runs, "an-earlier-run", [UNTRAINED])
    earlier.state()
    earlier.folder.started["images"] = 1000
    earlier.folder.ended["images_per_second"] = 500.0
    settings = {"model": "softmax", "epochs": int(epochs), "max_seconds": float(limit)}
    assert idle.expected_seconds(settings, earlier) == seconds
    assert idle.expected_seconds(settings, None) is None


def test_whoever_waits_can_watch_the_run_in_front_or_a_recorded_one_and_finds_the_own_again(open_page, runs, wait):
    front, _ = runs.start({}, "somebody else", lambda: True)
    wait(lambda: front.state() == "running")
    app = open_page("train")
    button(app, "start").click().run()
    mine = shown_run(app, runs)
    button(app, "watch_front").click().run()
    assert shown_run(app, runs) is front and not COMMANDS & names(app)
    button(app, "show_it").click().run()
    assert shown_run(app, runs) is mine
    button(app, "watch_recorded").click().run()
    assert app.session_state["train.run"] == "synthetic" and app.session_state["train.replay"] == "5"
    button(app, "show_it").click().run()
    assert shown_run(app, runs) is mine and not app.exception


@pytest.mark.parametrize("recipe", recipes.RECIPES)
def test_a_link_that_names_a_recipe_opens_all_of_it(open_page, recipe):
    app = open_page("train", recipe=recipe)
    assert app.session_state["train.model"] == recipes.RECIPES[recipe]["model"]
    assert app.query_params.get("recipe") in (recipe, [recipe]) and "model" not in app.query_params
    other = next(model for model in ("mlp", "cnn") if model != recipes.RECIPES[recipe]["model"])
    app.session_state["train.model"] = other
    assert app.run().query_params["model"] in (other, [other])
    again = open_page("train", recipe=recipe, model="softmax")
    assert again.session_state["train.model"] == "softmax"
