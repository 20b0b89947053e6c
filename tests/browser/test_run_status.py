"""However a run fails or breaks off, its page says in the visitor's language what happened and what to do."""

import json
import tomllib

import pytest

from explorer.runs import run as run_module
from explorer.runs.run import Run
from explorer.shell import texts

SCRIPT = """async ([words, answer]) => {
    const { status } = await import("http://explorer.test/run_monitor/status.js");
    const { fromWire } = await import("http://explorer.test/shared/wire.js");
    const root = document.body.appendChild(document.createElement("div"));
    const { steps, epochs, facts, ...rest } = fromWire(answer);
    status(root, words, {}).show({
        ...rest, ...(facts ?? { started: null }), steps: steps?.rows, epochs: epochs?.rows, over: true,
    });
    const lines = [...root.querySelectorAll(".xrm-state, .xrm-note p")].map((line) => line.textContent);
    root.remove();
    return lines;
}"""
STARTED = {"event": "started", "dataset": "synthetic", "classes": list("abcdefghij"), "images": 100}


@pytest.fixture(scope="module")
def said(modules):
    """Return a function that gives the lines in which the page tells how a run stands, by the server's answer."""
    return lambda monitor, answer: modules.evaluate(SCRIPT, [monitor, answer])


@pytest.fixture(scope="module", params=texts.LANGUAGES)
def monitor(request):
    return tomllib.loads((texts.FOLDER / request.param / "train.toml").read_text("utf-8"))["monitor"]


def answer(folder, *events, log=""):
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    (folder / "log.txt").write_text(log)
    return json.loads(Run(folder).answer(""))


def test_every_failure_is_explained_and_its_reason_shown(said, monitor, tmp_path):
    codes = [*monitor["failures"], "unheard-of"]
    told = {}
    for code in codes:
        failed = {"event": "failed", "code": code, "message": "<b>the</b> reason"}
        head, *told[code] = said(monitor, answer(tmp_path, STARTED, failed))
        assert head == monitor["state"]["failed"]
    assert all(lines == [monitor["failures"].get(code, monitor["failures"]["other"]), "<b>the</b> reason"]
               for code, lines in told.items())  # fmt: skip
    assert len({lines[0] for lines in told.values()}) == len(codes) - 1


@pytest.mark.parametrize("status", [-9, 1, None])
@pytest.mark.parametrize("cause", run_module.CAUSES)
def test_every_interruption_is_explained_with_the_last_words(said, monitor, tmp_path, monkeypatch, cause, status):
    monkeypatch.setattr(run_module, "SILENCE", -1.0)
    found = answer(tmp_path, STARTED, log="last output\n")
    assert found["state"] == "interrupted"
    head, *lines = said(monitor, found | {"cause": cause, "exit_status": status})
    assert head == (monitor["state"]["silent" if status is None else "interrupted"].replace("@{status}", str(status)))
    assert lines == [monitor["broken"][cause], "last output"]


def test_a_run_that_waits_for_a_launchers_machine_says_so(said, monitor, tmp_path):
    found = answer(tmp_path) | {"state": "starting", "awaited": True}
    assert said(monitor, found) == [monitor["state"]["awaited"]]
    assert said(monitor, found | {"awaited": False}) == [monitor["state"]["starting"]]


def test_drawn_shapes_instead_of_photographs_are_explained(said, monitor, tmp_path):
    notice = {"code": "synthetic-instead", "reason": "download-page", "message": "a web page came"}
    _, *lines = said(monitor, answer(tmp_path, STARTED | {"notice": notice}))
    assert lines[:2] == [monitor["notices"]["synthetic-instead"], "a web page came"]


def test_what_was_left_out_of_image_folders_is_counted_and_the_first_of_it_named(said, monitor, tmp_path):
    notice = {"code": "left-out", "count": 12_345, "first": "train/cat/<b>a</b>.tiff"}
    _, *lines = said(monitor, answer(tmp_path, STARTED | {"notice": notice}))
    sentence = monitor["notices"]["left-out"].replace("@{count}", "12,345").replace("@{first}", notice["first"])
    assert lines[0] == sentence


@pytest.mark.parametrize(("loss", "reason"), [(0.5, "epochs"), ("nan", "diverged"), ("inf", "diverged")])
def test_a_run_that_ends_without_a_loss_is_not_said_to_have_succeeded(said, monitor, tmp_path, loss, reason):
    evaluated = {"event": "epoch", "epoch": 2, "step": 8, "test_loss": loss, "test_accuracy": 0.1}
    finished = {"event": "finished", "reason": "epochs", "test_accuracy": 0.1, "images_per_second": 1.0, "seconds": 1.0}
    started = STARTED | {"configuration": {"epochs": 2}}
    head, *_ = said(monitor, answer(tmp_path, started, evaluated, finished | {"diverged": None}))
    assert head == monitor["state"][f"finished_{reason}"].replace("@{epochs}", "2").replace("@{epoch}", "1")


def test_a_run_that_is_gone_or_a_server_that_does_not_answer_is_said(said, monitor):
    for state in ("gone", "lost"):
        assert said(monitor, {"state": state}) == [monitor["state"][state]]


WHEN = """async ([words, run, evaluation]) =>
    (await import("http://explorer.test/run_monitor/words.js")).when(evaluation, run, words)"""


@pytest.mark.parametrize(
    ("step", "epoch", "told"),
    [(0, 0, "before training"), (100, 1, "after epoch 1"), (21, 1, "after 0.21 epochs"), (120_000, 1200, "1,200")],
)
def test_an_evaluation_within_an_epoch_is_not_said_to_come_after_it(modules, step, epoch, told):
    monitor = tomllib.loads((texts.FOLDER / "en" / "train.toml").read_text("utf-8"))["monitor"]
    run = {"started": {"images": 10_000, "configuration": {"batch_size": 100}}}
    assert told in modules.evaluate(WHEN, [monitor, run, {"epoch": epoch, "step": step}])
    assert modules.evaluate(WHEN, [monitor, {"started": {"images": 10_000}}, {"epoch": 3, "step": 1}]).endswith("3")


def test_the_thousands_of_a_count_are_set_apart(modules):
    fill = """async (values) =>
        (await import("http://explorer.test/shared/notation.js")).fill("@{n} of @{all}, @{loss}", values)"""
    assert modules.evaluate(fill, {"n": 1000, "all": 50_000, "loss": "1234.5"}) == "1,000 of 50,000, 1234.5"


def test_a_run_that_is_stopped_before_it_trains_is_not_said_to_be_evaluated(said, monitor, tmp_path):
    loading = answer(tmp_path) | {"stopping": True, "progress": {"progress": "draw", "done": 1, "total": 9}}
    assert loading["state"] == "starting"
    assert said(monitor, loading) == [monitor["state"]["stopping_early"]]
    training = answer(tmp_path, STARTED) | {"stopping": True}
    assert said(monitor, training) == [monitor["state"]["stopping"]]
