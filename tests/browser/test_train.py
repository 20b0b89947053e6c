"""A real training in a real browser: drawn in place, commanded, watched, found again, compared, taken along."""

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.runs.recorded import FOLDER

pytestmark = pytest.mark.slow

# Drawn shapes and small steps, so that it lasts longer than any test.
SETTINGS = "/train?data=synthetic&model=softmax&batch=16&epochs=200&limit=7200"
STEPS = "Number(document.querySelector('.xrm-charts')?.dataset.steps ?? 0)"
# The training is nice to everything else on the machine, so it may take long where that is busy.
STOP_TIMEOUT = 180_000
LAYOUT = "document.querySelector('.xrm-chart')._fullLayout"
RANGE = f"{LAYOUT}.xaxis.range.map((x) => Math.round(x))"


def wait_for_steps(tab, more_than):
    tab.wait_for_function(f"() => {STEPS} > {more_than}", timeout=STOP_TIMEOUT)
    return tab.evaluate(STEPS)


def button(tab, name):
    return tab.get_by_role("button", name=name, exact=True)


# Another run's chart may have been there just before.
TRAINING = """() => document.querySelector('.xrm-running')
    && document.querySelector('.xrm-charts').dataset.steps > 0"""


def start(tab, name="Start training"):
    before = tab.url
    button(tab, name).click()
    tab.wait_for_url(lambda url: "run=" in url and url != before, timeout=STOP_TIMEOUT)
    button(tab, "Pause").wait_for(timeout=STOP_TIMEOUT)
    tab.wait_for_function(TRAINING, timeout=STOP_TIMEOUT)


def stop(tab):
    button(tab, "Stop").click()
    button(tab, "Train again").wait_for(timeout=STOP_TIMEOUT)


def zoom(tab):
    chart = tab.locator(".xrm-chart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    tab.mouse.move(box["x"] + 120, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 320, box["y"] + 250, steps=5)
    tab.mouse.up()
    return tab.evaluate(RANGE)


def test_a_session_from_the_first_step_to_the_comparison_of_two_runs(visit, chromium, app_home):
    tab = visit(SETTINGS)
    origin = tab.evaluate("location.origin")
    start(tab)
    first = re.search(r"run=([\w-]+)", tab.url)[1]
    (secret,) = [it["value"] for it in tab.context.cookies() if it["name"] == f"explorer-run-{first}"]

    # The chart grows in place, and what was zoomed stays.
    tab.evaluate("document.querySelector('.xrm-chart').mark = 'the same node'")
    zoomed = zoom(tab)
    for _ in range(2):
        wait_for_steps(tab, tab.evaluate(STEPS))
    assert tab.evaluate(RANGE) == zoomed
    assert tab.evaluate("document.querySelector('.xrm-chart').mark") == "the same node"

    # Another view is another link.
    tab.get_by_role("radio", name="Accuracy").click()
    tab.wait_for_function("() => location.search.includes('view=accuracy')", timeout=60_000)
    assert tab.evaluate(f"{LAYOUT}.yaxis.range[1]") == 1
    tab.get_by_role("radio", name="Loss").click()

    # A learning rate that is changed while the run rests is marked on the chart.
    button(tab, "Pause").click()
    button(tab, "Ten steps").wait_for(timeout=60_000)
    rate = tab.get_by_label("Peak learning rate", exact=True)
    rate.fill("0.005")
    rate.press("Enter")
    button(tab, "Resume").click()
    tab.wait_for_function(
        f"() => {LAYOUT}.annotations.some(({{ text }}) => text === 'learning rate 0.005')", timeout=60_000
    )

    # It goes on while another page is visited, which asks for nothing.
    before = tab.evaluate(STEPS)
    tab.get_by_role("link", name="Softmax loss", exact=True).first.click()
    tab.locator(".xlb").wait_for(timeout=60_000)
    asked = []
    tab.on("request", lambda request: "/events" in request.url and asked.append(request.url))
    tab.wait_for_timeout(1200)
    assert not asked
    tab.get_by_role("link", name="Training", exact=True).first.click()
    assert wait_for_steps(tab, before) > before

    # What is in force is what the page says, here and to whoever watches.
    expect(tab.locator(".xrm-facts")).to_contain_text("learning rate 0.005")
    expect(tab.get_by_label("Peak learning rate", exact=True)).to_have_value("0.005")

    # Whoever else opens the link watches, in their language; a reload leaves the controls to the owner.
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    other = context.new_page()
    other.goto(tab.url)
    wait_for_steps(other, before)
    assert "训练中" in other.locator(".xrm-state").inner_text()
    expect(other.locator(".xrm-facts")).to_contain_text("学习率 0.005")
    other.locator(".xrm-card").first.wait_for(timeout=60_000)
    assert other.locator(".xrm-card").count() == 10
    other.locator(".xrm-templates figure").nth(9).wait_for(timeout=60_000)
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
    assert other.get_by_role("button", name="停止").count() == 0
    context.close()
    tab.reload()
    button(tab, "Pause").wait_for(timeout=60_000)

    # Stopped, it says so, is still its owner's after a reload, and can be taken along.
    stop(tab)
    tab.reload()
    button(tab, "Resume from the last checkpoint").wait_for(timeout=60_000)
    expect(tab.locator(".xrm-state")).to_have_text(re.compile(r"^Stopped in epoch \d+$"))
    assert "and the test accuracy" in tab.locator(".xrm-said").inner_text()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Save the run (ZIP)").click()
    packed = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert f"{first}/events.jsonl" in packed.namelist()

    # What only its owner knows is written nowhere.
    written = [packed.read(name) for name in packed.namelist()]
    written += [file.read_bytes() for file in (app_home / "runs" / first).rglob("*") if file.is_file()]
    written += [
        (app_home / "server.log").read_bytes(),
        tab.request.get(f"{origin}/explorer-runs/{first}/events").body(),
    ]
    assert len(written) > 10 and not [text for text in written if secret.encode() in text]

    # Laid over another run of the same settings, it differs in nothing.
    start(tab, "Train again")
    stop(tab)
    button(tab, "Compare").click()
    tab.get_by_label("Runs of this session, or run ids").fill(first)
    tab.keyboard.press("Enter")
    tab.get_by_text("Overlays other runs on this one.").click()  # closes the list, which covers the button
    button(tab, "Compare").last.click()
    tab.get_by_text("All settings are the same.").wait_for(timeout=60_000)
    tab.locator(".xrm-chart .legendtext", has_text="B · softmax regression").wait_for(timeout=60_000)
    legend = tab.locator(".xrm-chart .legendtext").all_text_contents()
    assert legend == ["A · softmax regression", "B · softmax regression"]


def test_what_is_seen_before_a_start_stays_and_begins_to_move_in_place(visit):
    tab = visit(SETTINGS)
    tab.locator(".xrm-card").nth(9).wait_for()
    tab.locator(".xrm-chart .annotation-text", has_text="ln 10").wait_for()
    look = """() => ['.xrm-tiles', '.xrm-charts', '.xrm-gallery', '.xrm-card:nth-child(10)'].map((name) => {
        const node = document.querySelector(name);
        const { left, top } = node?.getBoundingClientRect() ?? {};
        return node?.checkVisibility() && [Math.round(left), Math.abs(top) < 1e4];
    })"""
    places = tab.evaluate(look)
    assert all(places)
    names = tab.locator(".xrm-card b").all_inner_texts()
    # Whatever is drawn from the click on, until it trains.
    tab.evaluate(f"""() => {{
        window.seen = [];
        const watch = () => {{
            seen.push(JSON.stringify(({look})()));
            requestAnimationFrame(watch);
        }};
        setTimeout(() => requestAnimationFrame(watch));
    }}""")
    start(tab)
    assert tab.locator(".xrm-card b").all_inner_texts() == names
    seen = tab.evaluate("[...new Set(seen)]")
    assert [json.loads(one) for one in seen] == [places]
    stop(tab)


def test_a_chart_that_is_taken_off_the_page_says_nothing(visit):
    tab = visit("/train?run=synthetic")
    wait_for_steps(tab, 0)
    tab.locator(".xrm-charts").first.evaluate("(chart) => chart.remove()")
    tab.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def test_before_the_first_run_ten_pictures_show_what_an_untrained_model_says(visit):
    tab = visit("/train")
    tab.locator(".xrm-card").first.wait_for(timeout=60_000)
    heights = (
        tab.locator(".xrm-samples")
        .first.locator(".xrm-bars i")
        .evaluate_all("(bars) => bars.map((bar) => Number(bar.style.getPropertyValue('--p')))")
    )
    assert len(heights) == 100
    assert all(abs(height - 0.1) < 0.05 for height in heights)


def test_the_texts_of_a_foreign_run_stay_texts_and_fit_into_the_page(visit, app_home):
    hostile = ["<img src=x onerror=alert(1)>", "<b>bold</b>", "[x](javascript:alert(1))", "\u202eevil", "a" * 300]
    hostile += ["$\\frac{1}{0}$", "<a href='javascript:alert(1)'>x</a>", "`evil`", "| a | b |", "# x"]
    events = [json.loads(line) for line in (FOLDER / "synthetic" / "events.jsonl").read_text("utf-8").splitlines()]
    events[0] |= {"classes": hostile, "device": hostile[0], "precision": hostile[4], "dataset": hostile[1]}
    events[0]["configuration"] |= {"model": hostile[6], "optimizer": hostile[2]}
    events[0]["notice"] = {"code": hostile[7], "message": hostile[0]}
    place = shutil.copytree(FOLDER / "synthetic", app_home / "runs" / "foreign-run")
    (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    for path in ("/train?run=foreign-run&view=classes", "/train?compare=foreign-run,synthetic"):
        tab = visit(path)
        tab.locator(".xrm-chart .legendtext").first.wait_for(timeout=60_000)
        assert tab.locator("img[src=x], a[href^=javascript], .legendtext a, .xrm b b").count() == 0
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    tab = visit("/train?run=foreign-run&view=classes")
    tab.get_by_text(hostile[0]).first.wait_for(timeout=60_000)
    tab.locator(".xrm-chart .legendtext").nth(9).wait_for(timeout=60_000)
    legend = tab.locator(".xrm-chart .legendtext").all_text_contents()
    assert legend[1] == hostile[1] and len(legend) >= 10


TWO_LOSSES = {
    "en": {
        "double-softmax": "softmax applied twice",
        "sigmoids": "the sigmoids’ losses",
        "squared": "squared error",
        "hinge": "hinge loss",
    },
    "zh": {
        "double-softmax": "两次 softmax",
        "sigmoids": "各类别 sigmoid",
        "squared": "平方误差",
        "hinge": "合页损失",
    },
}


def recorded_run_with(app_home, name, **configuration):
    """Put a copy of the recorded run among the server's, as if trained with other settings, and return its folder."""
    events = [json.loads(line) for line in (FOLDER / "synthetic" / "events.jsonl").read_text("utf-8").splitlines()]
    events[0]["configuration"] |= configuration
    place = shutil.copytree(FOLDER / "synthetic", app_home / "runs" / name, dirs_exist_ok=True)
    (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return place


@pytest.mark.parametrize("language", TWO_LOSSES)
@pytest.mark.parametrize("loss", ["double-softmax", "sigmoids", "squared", "hinge"])
def test_a_chart_of_two_losses_says_why_they_are_not_the_same(visit, app_home, loss, language):
    recorded_run_with(app_home, f"lowers-{loss}", loss=loss)
    tab = visit(f"/train?run=lowers-{loss}&lang={language}")
    expect(tab.locator(".xrm-two")).to_contain_text(TWO_LOSSES[language][loss])
    tab.locator(".xrm-chart .annotation-text", has_text="ln 10").wait_for()
    assert tab.locator(".xrm-chart .annotation-text", has_text="1.461").count() == (loss == "double-softmax")
    tab.locator(".xrm-views button").nth(1).click()  # the accuracy
    expect(tab.locator(".xrm-two")).to_have_text("")


def test_a_chart_of_one_loss_needs_no_such_word(visit, app_home):
    recorded_run_with(app_home, "smoothed", label_smoothing=0.2)
    expect(visit("/train?run=smoothed").locator(".xrm-two")).to_contain_text("smoothed targets")
    tab = visit("/train?run=synthetic")
    tab.locator(".xrm-chart .legendtext").first.wait_for()
    expect(tab.locator(".xrm-two")).to_have_text("")


MISREAD = {
    "sure-at-first": ([9.45, 2.1, 1.9], ["9.450", "ln 10 = 2.303"]),
    "stays-at-ln10": ([2.3026] * 3, ["ln 10 = 2.303"]),
    "both-rise": ([2.3, 0.4, 0.5], ["2", "0.4000", "0.5000", "87.40%", "93.30%"]),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", MISREAD)
def test_a_run_says_what_its_evaluations_show_that_is_easily_misread(visit, app_home, name, language):
    losses, said = MISREAD[name]
    run = f"{name}-{language}"
    place = recorded_run_with(app_home, run)
    events = [json.loads(line) for line in (place / "events.jsonl").read_text("utf-8").splitlines()]
    evaluations = [event for event in events if event["event"] == "epoch"]
    for event, loss in zip(evaluations, losses, strict=False):
        event["test_loss"] = loss
    kept = [event for event in events if event not in evaluations[len(losses) :]]
    (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in kept))
    remarks = visit(f"/train?run={run}&lang={language}").locator(".xrm-remarks p")
    expect(remarks).to_have_count(1)
    for part in said:
        expect(remarks).to_contain_text(part)


def test_the_first_step_is_a_point_on_the_chart_before_anything_is_evaluated(visit, app_home):
    events = [json.loads(line) for line in (FOLDER / "synthetic" / "events.jsonl").read_text("utf-8").splitlines()]
    first = [next(event for event in events if event["event"] == kind) for kind in ("started", "step")]
    place = app_home / "runs" / "one-step-only"
    place.mkdir(parents=True)
    (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in first))
    tab = visit("/train?run=one-step-only")
    wait_for_steps(tab, 0)
    assert tab.locator(".xrm-chart .scatterlayer .point").count() == 1
    assert tab.locator(".xrm-tiles dd:not(.xrm-when)").all_inner_texts()[:2] == ["–", "–"]


def test_a_choice_is_understood_after_the_texts_of_the_choices_have_changed(visit):
    tab = visit("/train")

    def chosen(n):
        return tab.get_by_test_id("stSelectbox").nth(n).locator("input")

    chosen(1).click()
    tab.get_by_role("option").nth(2).click()
    expect(chosen(2)).to_have_value("0.05 · default")  # the learning rate of the convolutional network
    tab.get_by_role("radio", name="中文", exact=True).click()
    expect(chosen(2)).to_have_value("0.05（默认）")
    chosen(0).click()
    tab.get_by_role("option", name="CIFAR-10").click()
    tab.wait_for_url("**data=cifar10&model=cnn&lang=zh")
    tab.get_by_role("radio", name="English", exact=True).click()
    expect(chosen(2)).to_have_value("0.05 · default")
    assert not tab.get_by_test_id("stException").count()


def test_the_layers_of_the_large_network_say_what_they_do_where_they_first_come(visit):
    tab = visit("/train?model=resnet")
    tab.get_by_text("Layers: output shapes").click()
    rows = tab.locator(".xrm-layers tr")
    expect(rows.filter(has_text="ScaledHead")).to_contain_text("divided by how many features")
    expect(rows.filter(has_text="Whitening").locator("small")).to_be_visible()
    assert rows.filter(has_text="GELU").locator("small").count() == 1
