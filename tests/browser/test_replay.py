"""A recorded run played once more in a real browser: at a speed, with a pause, to any moment, and to its end."""

import json

from explorer.runs.recorded import FOLDER

AT = "Number(document.querySelector('.xrm-replay')?.dataset.at ?? -1)"
EVENTS = [json.loads(line) for line in (FOLDER / "synthetic" / "events.jsonl").read_text("utf-8").splitlines()]
STEPS = [event for event in EVENTS if event["event"] == "step"]
EPOCHS = [event for event in EVENTS if event["event"] == "epoch"]
DRAWN = "Number(document.querySelector('.xrm-charts')?.dataset.steps ?? -1)"


def test_a_recorded_run_is_played_once_more(visit):
    # By a link that names a speed it begins by itself.
    page = visit("/train?run=synthetic&replay=20")
    page.wait_for_function(f"() => {AT} > 2")
    assert page.get_by_role("radio", name="20×").get_attribute("aria-checked") == "true"
    page.get_by_role("button", name="Pause").click()
    stopped = page.evaluate(AT)
    page.wait_for_timeout(400)
    assert page.evaluate(AT) == stopped < STEPS[-1]["seconds"]

    # At any moment it shows what had been recorded by then, and nothing that came later.
    moment = (EPOCHS[2]["seconds"] + EPOCHS[3]["seconds"]) / 2
    time = page.locator(".xrm-replay input[type=range]")
    time.evaluate("(node, value) => { node.value = value; node.dispatchEvent(new Event('input')); }", moment)
    last = [step["step"] for step in STEPS if step["seconds"] <= moment][-1]
    page.wait_for_function(f"() => {DRAWN} === {last}")
    assert page.locator(".xrm-state").inner_text() == "Replay: epoch 3 of 6"
    accuracy = page.locator(".xrm-tiles dd").first.inner_text().split()[0]
    assert float(accuracy.removesuffix("%")) == round(100 * EPOCHS[2]["test_accuracy"], 1)
    page.get_by_text("Test images after epoch 2:").wait_for()

    # At its end it is the run itself again.
    page.get_by_role("button", name="Resume").click()
    page.wait_for_function(f"(was) => {AT} > was + 1", arg=moment)
    time.evaluate("(node) => { node.value = node.max; node.dispatchEvent(new Event('input')); }")
    page.get_by_text("Finished after epoch 6").wait_for()
    page.wait_for_function(f"() => {DRAWN} === {STEPS[-1]['step']}")
    page.get_by_role("radio", name="5×").click()
    page.wait_for_url("**replay=5*")
    assert page.evaluate(AT) < moment


def test_before_a_training_the_recorded_one_can_be_watched(visit):
    page = visit("/train")
    page.get_by_text("A finished run").wait_for()
    page.get_by_text("python -m explorer.training --dataset synthetic").first.wait_for()
    page.get_by_role("button", name="Watch a recorded run").click()
    page.wait_for_url("**run=synthetic*")
    page.wait_for_function(f"() => {AT} > 0")
    page.get_by_role("button", name="Pause").wait_for()
