"""A real training in a real browser: drawn in place, found again, told when it ends."""

import re

import pytest

SETTINGS = "/train?data=synthetic&model=softmax&batch=16&epochs=200&limit=7200"  # longer than any test
STEPS = "Number(document.querySelector('.xrm-charts')?.dataset.steps ?? 0)"
# The training is nice to everything else on the machine, so it may take long where that is busy.
PATIENCE = 90_000
RANGE = "document.querySelector('.xrm-chart')._fullLayout.xaxis.range.map((x) => Math.round(x))"


def wait_for_steps(tab, more_than):
    tab.wait_for_function(f"() => {STEPS} > {more_than}", timeout=PATIENCE)
    return tab.evaluate(STEPS)


@pytest.fixture
def training(visit):
    """A tab in which a training has begun; it is stopped at the end."""
    tab = visit(SETTINGS)
    tab.get_by_role("button", name="Start training").click()
    wait_for_steps(tab, 0)
    yield tab
    stop = tab.get_by_role("button", name="Stop")
    if stop.count():
        stop.click()
        tab.locator(".xrm-finished").wait_for(timeout=30_000)


def test_the_chart_grows_in_place_and_the_page_is_told_when_the_run_ends(training):
    tab = training
    tab.evaluate("document.querySelector('.xrm-chart').mark = 'the same node'")
    box = tab.locator(".xrm-chart").first.bounding_box()
    tab.mouse.move(box["x"] + 120, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 320, box["y"] + 250, steps=5)
    tab.mouse.up()
    tab.wait_for_timeout(400)
    zoomed = tab.evaluate(RANGE)
    wait_for_steps(tab, tab.evaluate(STEPS))
    wait_for_steps(tab, tab.evaluate(STEPS))
    assert tab.evaluate(RANGE) == zoomed
    assert tab.evaluate("document.querySelector('.xrm-chart').mark") == "the same node"
    tab.get_by_role("button", name="Stop").click()
    tab.get_by_role("button", name="Train once more").wait_for(timeout=30_000)
    assert re.fullmatch(r"Stopped in epoch \d+", tab.locator(".xrm-state").inner_text())
    assert "of the test pictures are right" in tab.locator(".xrm-said").inner_text()


def test_a_run_goes_on_while_another_page_is_visited_and_is_found_again(training):
    tab = training
    before = tab.evaluate(STEPS)
    tab.get_by_role("link", name="Softmax loss", exact=True).first.click()
    tab.locator(".xlb").wait_for(timeout=30_000)
    asked = []
    tab.on("request", lambda request: "/events" in request.url and asked.append(request.url))
    tab.wait_for_timeout(1500)
    assert not asked, "a page that is not shown asks for nothing"
    tab.get_by_role("link", name="Training", exact=True).first.click()
    tab.locator(".xrm-running").wait_for(timeout=30_000)
    assert wait_for_steps(tab, before) > before


def test_the_link_of_a_run_shows_it_to_somebody_else_in_their_language(training, chromium):
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    other = context.new_page()
    other.goto(training.url)
    wait_for_steps(other, 0)
    assert "训练中" in other.locator(".xrm-state").inner_text()
    other.locator(".xrm-card").first.wait_for(timeout=30_000)
    assert other.locator(".xrm-card").count() == 10
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_after_a_reload_the_controls_are_still_the_owners_and_nobody_elses(training, chromium):
    tab = training
    tab.get_by_role("button", name="Pause").click()
    tab.get_by_role("button", name="Ten steps").wait_for(timeout=30_000)
    tab.reload()
    tab.get_by_role("button", name="Ten steps").wait_for(timeout=30_000)
    context = chromium.new_context(locale="en-US")
    other = context.new_page()
    other.goto(tab.url)
    other.locator(".xrm-running").wait_for(timeout=30_000)
    other.get_by_text("Somebody else started this run").wait_for(timeout=30_000)
    assert other.get_by_role("button", name="Stop").count() == 0
    context.close()


def test_another_view_of_the_run_is_in_the_link(training):
    tab = training
    tab.get_by_role("radio", name="Accuracy").click()
    tab.wait_for_function("() => document.querySelector('.xrm-charts').dataset.view === 'accuracy'", timeout=30_000)
    tab.wait_for_function("() => location.search.includes('view=accuracy')", timeout=30_000)
    assert tab.evaluate("document.querySelector('.xrm-chart')._fullLayout.yaxis.range[1]") == 1


def test_before_the_first_run_ten_pictures_show_what_an_untrained_model_says(visit):
    tab = visit("/train")
    tab.locator(".xrm-card").first.wait_for(timeout=30_000)
    heights = tab.locator(".xrm-bars i").evaluate_all(
        "(bars) => bars.map((bar) => Number(bar.style.getPropertyValue('--p')))"
    )
    assert len(heights) == 100
    assert all(abs(height - 0.1) < 0.05 for height in heights)
