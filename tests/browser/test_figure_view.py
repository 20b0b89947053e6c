"""How a figure is looked at, in a real browser: what scrolls the page scrolls it, and what turns a scene turns it."""

import math

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import move

SCENE = "/softmax?part=surface"
PAIR = "/cross-entropy?part=surfaces"
EYES = """() => [...document.querySelectorAll('.js-plotly-plot')].map((plot) => {
    const { eye, center } = plot._fullLayout.scene._scene.getCamera();
    return [eye.x - center.x, eye.y - center.y, eye.z - center.z];
})"""
TOP = "document.querySelector('[data-testid=stMain]').scrollTop"
RANGES = """() => {
    const { xaxis, yaxis } = document.querySelector('.js-plotly-plot')._fullLayout;
    return [...xaxis.range, ...yaxis.range];
}"""
FIRST_VIEW = ".xb-first:visible"
# How many pixels of the window lie between the last ticks of two axes, at least, in the corner farthest to the left.
CORNER = """() => {
    const { glplot, axesOptions, container } = document.querySelector('.js-plotly-plot')._fullLayout.scene._scene;
    const { model, view, projection } = glplot.cameraParams;
    const times = (m, v) => [0, 1, 2, 3].map((row) => v.reduce((sum, value, k) => sum + m[4 * k + row] * value, 0));
    const onScreen = (place) => {
        const [x, y, , w] = times(projection, times(view, times(model, [...place, 1])));
        return [(x / w / 2) * container.clientWidth, (y / w / 2) * container.clientHeight];
    };
    const [low, high] = glplot.bounds;
    const floor = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([x, y]) => [[low, high][x][0], [low, high][y][1], low[2]]);
    const corner = floor.sort((a, b) => onScreen(a)[0] - onScreen(b)[0])[0];
    const last = [0, 1, 2].map((axis) => {
        const ticks = axesOptions.ticks[axis].map((tick) => tick.x);
        const nearest = ticks.sort((a, b) => Math.abs(a - corner[axis]) - Math.abs(b - corner[axis]))[0];
        return onScreen(corner.map((value, k) => (k === axis ? nearest : value)));
    });
    return Math.min(...[0, 1].map((axis) => Math.hypot(last[axis][0] - last[2][0], last[axis][1] - last[2][1])));
}"""


def middle(page, figure=0):
    """Bring the middle of a figure to the middle of the window, and return where it is."""
    plot = page.locator(".js-plotly-plot").nth(figure)
    plot.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = plot.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, x, y, figure=0):
    """Drag the mouse so many pixels from the middle of a figure."""
    left, top = middle(page, figure)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + x, top + y, steps=4)
    page.mouse.up()


def turned(page, before):
    """Wait until the scenes are turned otherwise than `before`, and turn no more; return how they are turned now."""
    now = f"JSON.stringify(({EYES})())"
    script = f"""async (before) => {{
        const frame = () => new Promise(requestAnimationFrame);
        for (let last = '';;) {{
            for (let i = 0; i < 5; i += 1) await frame();
            if ({now} === last && last !== before) return;
            last = {now};
        }}
    }}"""
    page.evaluate(script, page.evaluate("JSON.stringify", before))
    return page.evaluate(EYES)


def test_the_wheel_over_a_scene_scrolls_the_page_and_leaves_the_scene(visit):
    tab = visit(SCENE)
    tab.set_viewport_size({"width": 1280, "height": 500})
    tab.mouse.move(*middle(tab))
    before, top = tab.evaluate(EYES), tab.evaluate(TOP)
    for turn in range(10):
        tab.mouse.wheel(0, 40 if turn < 5 else 20)
        tab.wait_for_function(f"(top) => {TOP} > top", arg=top)
        top = tab.evaluate(TOP)
    tab.mouse.wheel(60, 0)
    assert tab.evaluate(EYES) == before
    assert not tab.locator(FIRST_VIEW).count()


def test_the_wheel_with_ctrl_zooms_a_scene_within_bounds_and_a_button_brings_the_first_view_back(visit):
    tab = visit(SCENE)
    tab.mouse.move(*middle(tab))
    before, top = tab.evaluate(EYES), tab.evaluate(TOP)
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -100)
    closer = turned(tab, before)
    assert 0.7 < math.hypot(*closer[0]) / math.hypot(*before[0]) < 0.9
    for _ in range(30):
        tab.mouse.wheel(0, 500)
    farther = turned(tab, closer)
    tab.keyboard.up("Control")
    assert math.hypot(*farther[0]) / math.hypot(*before[0]) == pytest.approx(4)
    assert tab.evaluate(TOP) == top and tab.evaluate("visualViewport.scale") == 1
    tab.locator(FIRST_VIEW).click()
    assert turned(tab, farther)[0] == pytest.approx(before[0])
    tab.wait_for_selector(".xb-first", state="hidden")


def test_two_surfaces_that_belong_together_turn_together(visit):
    tab = visit(PAIR)
    before = tab.evaluate(EYES)
    first = before[0]
    for figure in (0, 1):
        drag(tab, 40, 10, figure)
        one, other = turned(tab, before)
        assert one == pytest.approx(other) and one != pytest.approx(before[0], abs=0.1)
        before = [one, other]
    assert tab.locator(FIRST_VIEW).count() == 2
    tab.locator(FIRST_VIEW).first.click()
    one, other = turned(tab, before)
    assert one == pytest.approx(first) and other == pytest.approx(first)
    assert not tab.locator(FIRST_VIEW).count()


def test_scenes_of_different_size_go_back_to_a_first_view_each_of_its_own(visit, tab):
    tab.set_viewport_size({"width": 1920, "height": 1080})
    visit("/softmax-or-sigmoid?part=two")
    before = tab.evaluate(EYES)
    assert len({round(math.hypot(*eye), 3) for eye in before}) > 1, "a smaller one is seen from farther away"
    drag(tab, 60, 0)
    turned(tab, before)
    tab.locator(FIRST_VIEW).first.click()
    expect(tab.locator(FIRST_VIEW)).to_have_count(0)
    assert tab.evaluate(EYES) == [pytest.approx(eye, abs=1e-6) for eye in before]


def test_a_turned_pair_stays_turned_when_its_board_moves(visit):
    tab = visit(PAIR)
    first = tab.evaluate(EYES)
    drag(tab, 40, 0)
    before = turned(tab, first)
    told = tab.locator(".js-plotly-plot").nth(1).get_attribute("aria-label")
    tab.locator(".xdb-row .xdb-p input[type=range]").nth(0).focus()
    tab.keyboard.press("End")
    tab.wait_for_function(
        "(told) => document.querySelectorAll('.js-plotly-plot')[1].getAttribute('aria-label') !== told", arg=told
    )
    count = "() => [...document.querySelectorAll('.xf')].map((figure) => figure.dataset.drawn)"
    tab.wait_for_function(f"() => ({count})().every((drawn) => drawn > 1)")
    for eye, was in zip(tab.evaluate(EYES), before, strict=True):
        assert eye == pytest.approx(was)


def test_a_part_of_a_plot_that_was_chosen_is_given_up_by_a_button(visit):
    tab = visit("/results?part=calibration")
    first = tab.evaluate(RANGES)
    drag(tab, 90, -60)
    tab.locator(FIRST_VIEW).click()
    tab.wait_for_selector(".xb-first", state="hidden")
    assert tab.evaluate(RANGES) == pytest.approx(first)


def test_the_button_has_a_name_that_is_read_and_works_by_keyboard(visit, reach):
    tab = visit(SCENE)
    before = tab.evaluate(EYES)
    assert not tab.get_by_role("button", name="Reset view").count()
    tab.mouse.move(*middle(tab))
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -100)
    tab.keyboard.up("Control")
    nearer = turned(tab, before)
    assert tab.get_by_role("button", name="Reset view").inner_text().endswith("Reset view")
    reach("Reset view")
    tab.keyboard.press("Enter")
    assert turned(tab, nearer)[0] == pytest.approx(before[0])
    tab.wait_for_selector(".xb-first", state="hidden")
    assert tab.evaluate("document.activeElement.className") == "xfm-more"  # the keyboard is still with the figure


def touch(page, *path):
    """Move fingers along a path: at each place a list of (x, y), one for each finger."""
    session = page.context.new_cdp_session(page)
    for number, fingers in enumerate([*path, []]):
        kind = "touchStart" if number == 0 else "touchMove" if fingers else "touchEnd"
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(fingers)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def swipe(page, dx, dy):
    x, y = middle(page)
    touch(page, *([(x + dx * i / 10, y + dy * i / 10)] for i in range(11)))


SCENES = (PAIR, SCENE, "/logistic-regression?part=surface", "/results?part=landscape")


@pytest.mark.parametrize("path", SCENES)
@pytest.mark.parametrize(("size", "letters"), [((1366, 768), 14), ((390, 844), 10)])
def test_the_ticks_of_two_axes_stay_apart_in_the_corner_of_a_scene(visit, tab, path, size, letters):
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    assert visit(path).evaluate(CORNER) > letters


@pytest.mark.parametrize(
    "path", [SCENE, f"{SCENE}&view=contours", "/results?part=calibration", "/softmax-or-sigmoid?part=plane"]
)
def test_a_finger_that_goes_up_or_down_over_a_figure_scrolls_the_page(phone, path):
    page = phone(path)
    middle(page)
    view = EYES if path == SCENE else RANGES
    before, top = page.evaluate(view), page.evaluate(TOP)
    swipe(page, 10, -150)
    page.wait_for_function(f"(top) => {TOP} > top + 100", arg=top)
    x, y = middle(page)
    page.evaluate(f"{TOP} += 200")
    top = page.evaluate(TOP)
    touch(page, *([(x + i, y + 15 * i)] for i in range(11)))
    page.wait_for_function(f"(top) => {TOP} < top - 100", arg=top)
    assert page.evaluate(view) == before


def test_a_finger_that_goes_sideways_turns_a_scene_as_the_mouse_does_and_two_zoom_it(phone):
    page = phone(SCENE)
    middle(page)
    before, top = page.evaluate(EYES), page.evaluate(TOP)
    swipe(page, 60, 8)
    after = turned(page, before)
    round_ = [math.atan2(eye[1], eye[0]) for eye in (before[0], after[0])]
    height = page.evaluate("document.querySelector('.gl-container > div').clientHeight")
    assert (round_[0] - round_[1]) % (2 * math.pi) == pytest.approx(math.pi * 60 / height, rel=0.1)
    assert after[0][2] > before[0][2]
    x, y = middle(page)
    touch(page, *([(x - apart, y), (x + apart, y)] for apart in (40, 50, 60)))
    nearer = turned(page, after)
    assert math.hypot(*nearer[0]) / math.hypot(*after[0]) == pytest.approx(40 / 60)
    assert page.evaluate(TOP) == top and page.evaluate("visualViewport.scale") == 1
    page.locator(FIRST_VIEW).tap()
    assert turned(page, nearer)[0] == pytest.approx(before[0])
    page.wait_for_selector(".xb-first", state="hidden")


CHART = "/train?run=synthetic"


def test_a_finger_over_the_chart_of_a_training_scrolls_the_page(phone):
    page = phone(CHART)
    page.wait_for_selector(".xrm-charts[data-steps] .js-plotly-plot")
    middle(page)
    before, top = page.evaluate(RANGES), page.evaluate(TOP)
    swipe(page, 60, -150)
    page.wait_for_function(f"(top) => {TOP} > top + 100", arg=top)
    assert page.evaluate(RANGES) == before


def test_a_part_of_the_chart_of_a_training_that_was_chosen_is_given_up_by_a_button(visit):
    tab = visit(CHART)
    tab.wait_for_selector(".xrm-charts[data-steps] .js-plotly-plot")
    first = tab.evaluate(RANGES)
    drag(tab, 90, -60)
    tab.wait_for_selector(FIRST_VIEW)
    assert tab.evaluate(RANGES) != pytest.approx(first)
    # What is drawn anew keeps the part that was chosen, as a run that goes on does.
    tab.locator(".xrm-smooth input").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**smooth=*")
    assert tab.locator(FIRST_VIEW).count() == 1
    tab.locator(FIRST_VIEW).click()
    tab.wait_for_selector(".xb-first", state="hidden")
    assert tab.evaluate(RANGES) == pytest.approx(first)
    assert tab.evaluate("document.activeElement.className") == "xfm-more"


def test_where_there_is_no_webgl_a_scene_says_so_and_contours_are_drawn(tab, visit):
    tab.add_init_script("""
        const getContext = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.includes("webgl") ? null : getContext.call(this, kind, ...rest);
        };
    """)
    visit(SCENE)
    note = tab.locator(".xf [role=status]")
    expect(note).to_contain_text("WebGL")
    slider = tab.locator(".xlb-table input[type=range]").nth(3)
    slider.press("ArrowRight")
    tab.wait_for_url("**z=*")
    expect(note).to_contain_text("WebGL")
    expect(tab.get_by_text("Try again")).to_have_count(0)
    tab.get_by_role("radio", name="Contours").click()
    expect(note).to_be_hidden()
    expect(tab.locator(".xf .contour")).to_have_count(1)


COUNT_READS = """() => {
    window.reads = 0;
    const prototype = WebGLRenderingContext.prototype;
    const { readPixels } = prototype;
    prototype.readPixels = function (...all) {
        window.reads += 1;
        return readPixels.apply(this, all);
    };
}"""
LABEL = "[data-testid=stMain] .js-plotly-plot svg .hovertext"


def test_what_lies_under_the_pointer_is_read_when_the_pointer_moves_not_when_the_board_does(visit):
    page = visit(SCENE)
    page.evaluate(COUNT_READS)
    move(page)
    page.wait_for_timeout(300)  # until the scene is drawn
    assert page.evaluate("window.reads") == 0
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.move(x + 1, y)
    expect(page.locator(LABEL).first).to_be_visible()
    assert page.evaluate("window.reads") > 0
