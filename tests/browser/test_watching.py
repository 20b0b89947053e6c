"""What a browser that follows a run sees, for as long as it may go on, and says, until the page shows how it is."""

import json
import re
import tomllib

import pytest
from playwright.sync_api import expect

from explorer.runs.run import Run
from explorer.shell import texts

# Timers that run when they are told to, in the order in which they were set.
TIMERS = """
    const timers = new Map();
    let last = 0;
    const setTimeout = (call, pause) => (timers.set(++last, { call, pause }), last);
    const clearTimeout = (id) => timers.delete(id);
    const real = [globalThis.setTimeout, globalThis.clearTimeout];
    const settled = () => new Promise((done) => real[0].call(globalThis, done, 0));
    const ring = async () => {
        const [[id, { call, pause }]] = timers;
        timers.delete(id);
        call();
        await settled();
        return pause;
    };
"""
UNTIL_DRAWN = f"""async () => {{
    {TIMERS}
    const {{ untilDrawn }} = await import("http://explorer.test/shared/until_drawn.js");
    [globalThis.setTimeout, globalThis.clearTimeout] = [setTimeout, clearTimeout];
    try {{
        const [told, pauses] = [[], []];
        const page = untilDrawn((word) => told.push(word));
        page.shows("active");
        page.is("active");
        for (let look = 0; look < 3; look++) page.is("over");
        for (let lost = 0; lost < 3; lost++) pauses.push(await ring());
        page.shows("over");
        page.is("over");
        return [told, pauses, timers.size];
    }} finally {{
        [globalThis.setTimeout, globalThis.clearTimeout] = real;
    }}
}}"""
FOLLOW = f"""async (answers) => {{
    {TIMERS}
    const {{ follow }} = await import("http://explorer.test/run_monitor/feed.js");
    const none = {{ from: 0, rows: [] }};
    const answer = () => answers.shift() ?? {{ state: "running" }};
    globalThis.explorerAsk = async () => new Response(JSON.stringify({{ steps: none, epochs: none, ...answer() }}));
    [globalThis.setTimeout, globalThis.clearTimeout] = [setTimeout, clearTimeout];
    const heard = [];
    let stop;
    try {{
        stop = follow("run", (run) => heard.push(run.state));
        for (let looks = 1; ; looks++) {{
            while (heard.length < looks) await settled();
            await settled();
            if (!answers.length || !timers.size) return [heard, timers.size];
            await ring();
        }}
    }} finally {{
        stop?.();
        [globalThis.setTimeout, globalThis.clearTimeout] = real;
        delete globalThis.explorerAsk;
    }}
}}"""


def test_a_word_that_gets_lost_is_told_again_until_the_page_shows_it(modules):
    told, pauses, left = modules.evaluate(UNTIL_DRAWN)
    assert told == ["over"] * 4
    assert pauses == [3000, 6000, 12000], "a page that takes long is not begun anew for ever"
    assert left == 0


@pytest.mark.parametrize(("reason", "goes_on"), [("stopped", True), ("epochs", False)])
def test_a_run_that_may_go_on_is_followed_beyond_its_end(modules, reason, goes_on):
    ended = {"state": "finished", "ended": {"reason": reason}}
    heard, left = modules.evaluate(FOLLOW, [{"state": "running"}, ended, ended, {"state": "starting"}])
    assert heard == (["running", "finished", "finished", "starting"] if goes_on else ["running", "finished"])
    assert left == goes_on


FACTS = """async ([words, answer]) => {
    const { status } = await import("http://explorer.test/run_monitor/status.js");
    const root = document.createElement("div");
    status(root, words, {}).show({ ...answer, ...answer.facts, steps: [], epochs: [] });
    return root.querySelector(".xrm-facts").textContent;
}"""


def test_every_watcher_reads_the_learning_rate_in_force(modules, tmp_path):
    words = tomllib.loads((texts.FOLDER / "en" / "train.toml").read_text("utf-8"))["monitor"]
    started = {"event": "started", "images": 100, "configuration": {"optimizer": "sgd", "learning_rate": 0.1}}
    changes = [{"event": "changed", "learning_rate": rate / 1000} for rate in range(1, 51)]
    events = [started, *changes, {"event": "changed", "momentum": 0.5}]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    answer = json.loads(Run(tmp_path).answer(""))
    assert len(answer["facts"]["changes"]) == 30
    assert "SGD, learning rate 0.05," in modules.evaluate(FACTS, [words, answer])


def test_the_page_of_a_run_comes_right_when_the_word_of_its_end_is_lost(tab, app_url):
    lost = []
    connection = {"deaf": False}

    def carry(page):
        server = page.connect_to_server()
        page.on_message(lambda message: lost.append(message) if connection["deaf"] else server.send(message))

    def button(tab, name):
        return tab.get_by_role("button", name=name, exact=True)

    tab.route_web_socket(re.compile(r"/_stcore/stream"), carry)
    tab.goto(f"{app_url}/train?data=synthetic&model=softmax&batch=16&epochs=200&limit=7200")
    button(tab, "Start training").click()
    button(tab, "Pause").wait_for(timeout=180_000)
    expect(tab.locator(".xrm-state")).to_have_text(re.compile("^Training"), timeout=180_000)
    other = tab.context.new_page()
    other.goto(tab.url)
    button(other, "Stop").wait_for(timeout=180_000)
    connection["deaf"] = True
    button(other, "Stop").click()
    expect(tab.locator(".xrm-state")).to_have_text(re.compile("^Stopped in epoch"), timeout=180_000)
    expect(button(tab, "Pause")).to_be_visible()
    while not lost:
        tab.wait_for_timeout(20)
    connection["deaf"] = False
    button(tab, "Resume from the last checkpoint").wait_for(timeout=180_000)
    assert not button(tab, "Pause").count()


def test_a_browser_keeps_the_secrets_of_its_last_few_runs_and_no_more(modules):
    keep = """async (kept) => {
        const { keep } = await import("http://explorer.test/remember/remember.js");
        keep({ prefix: "explorer-run-", hours: 1, ...kept });
        return document.cookie.split("; ").filter((cookie) => cookie.startsWith("explorer-run-"));
    }"""
    modules.evaluate("document.cookie = 'explorer-round-of-another-kind=1'")
    for number in range(25):
        names = modules.evaluate(keep, {"id": f"run-{number}", "secret": f"secret-{number}"})
    assert names == [f"explorer-run-run-{number}=secret-{number}" for number in range(5, 25)]
    names = modules.evaluate(keep, {"id": "run-5", "secret": "secret-5"})
    assert len(names) == 20 and "explorer-run-run-5=secret-5" in names, "one that it has takes no other's place"
    assert "explorer-round-of-another-kind=1" in modules.evaluate("document.cookie")
    modules.context.clear_cookies()
