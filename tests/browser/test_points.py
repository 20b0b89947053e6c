"""Points of one's own in a real browser: set, moved and removed by mouse, keyboard and finger, kept in the link."""

import re
from urllib.parse import unquote

import numpy as np
import pytest

from explorer.maths import logistic
from explorer.shell.numbers import number

# Two of either label, which no line separates.
FOUR = ((-1.0, 0.0, 0), (1.0, 1.0, 0), (-1.0, 1.0, 1), (1.0, 0.0, 1))
HANDLES = "(n) => document.querySelectorAll('.xop-plane .xop-point').length === n"


def link(points) -> str:
    return "_".join(f"{x:g},{y:g},{kind}" for x, y, kind in points)


def in_link(tab) -> list[tuple[float, float, int]]:
    """The points of the address, once it has some."""
    tab.wait_for_url(re.compile("own="))
    text = re.search(r"own=([^&]*)", unquote(tab.url))[1]
    return [(float(x), float(y), int(kind)) for x, y, kind in (point.split(",") for point in text.split("_"))]


def surface(visit, points):
    tab = visit(f"/logistic-regression?part=surface&data=own&view=contours&w1=1&w2=1&own={link(points)}")
    tab.wait_for_function(HANDLES, arg=len(points))
    return tab


def loss(points) -> str:
    """What the board must say the loss is, at the weights 1, 1 and the bias 0."""
    points = np.array(points)
    return number(logistic.loss([1.0, 1.0, 0.0], points[:, :2], points[:, 2].astype(int)))


def says_loss(tab, points):
    tab.wait_for_function("(loss) => document.querySelector('.xwb-loss').textContent.endsWith(loss)", arg=loss(points))


def on_screen(tab, x, y, reach=6.0) -> tuple[float, float]:
    box = tab.locator(".xop-plane").first.bounding_box()
    return box["x"] + (x + reach) / (2 * reach) * box["width"], box["y"] + (reach - y) / (2 * reach) * box["height"]


def point(tab, i):
    return tab.locator(".xop-plane").first.locator(".xop-point").nth(i)


def drag(tab, i, x, y):
    """Take a point with the mouse and move it to x and y, without letting go."""
    box = point(tab, i).bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(*on_screen(tab, x, y), steps=8)


def test_a_point_is_set_dragged_and_removed_by_the_mouse_and_loss_and_link_follow(visit):
    tab = surface(visit, FOUR)
    says_loss(tab, FOUR)
    tab.locator(".xop-kind").nth(1).click()
    tab.mouse.click(*on_screen(tab, 2, -3))
    tab.wait_for_function(HANDLES, arg=5)
    tab.wait_for_url(re.compile(r"(?:.*_){4}"))
    *given, (x, y, kind) = in_link(tab)
    assert tuple(given) == FOUR and kind == 1
    assert (x, y) == pytest.approx((2, -3), abs=0.02)
    says_loss(tab, [*FOUR, (x, y, 1)])

    before = tab.url
    drag(tab, 4, -4, 4)
    label = point(tab, 4).get_attribute("aria-label")
    x, y = (float(text) for text in re.findall(r"=\s(-?[\d.]+)", label))
    assert (x, y) == pytest.approx((-4, 4), abs=0.05)
    says_loss(tab, [*FOUR, (x, y, 1)])  # before the release
    assert tab.url == before
    tab.mouse.up()
    tab.wait_for_url(lambda url: url != before)
    assert in_link(tab) == [*FOUR, (x, y, 1)]
    says_loss(tab, [*FOUR, (x, y, 1)])

    point(tab, 4).dblclick()
    tab.wait_for_function(HANDLES, arg=4)
    says_loss(tab, FOUR)


def test_the_keyboard_adds_moves_and_removes_a_point_and_the_link_opens_the_same_points(visit, reach):
    tab = surface(visit, FOUR)
    reach("+ Add")
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => document.activeElement.matches('.xop-point')")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Shift+ArrowLeft")
    moved = [*FOUR, (-0.5, 0.1, 0)]
    says_loss(tab, moved)
    tab.wait_for_url(lambda url: "-0.5,0.1,0" in unquote(url))
    assert in_link(tab) == moved

    address = tab.url
    tab.goto("about:blank")
    tab.goto(address)
    tab.wait_for_function(HANDLES, arg=5)
    assert point(tab, 4).get_attribute("aria-label").replace("\xa0", " ") == "Point 5, label 0, x₁ = -0.5, x₂ = 0.1"
    says_loss(tab, moved)

    reach("Point 5")
    tab.keyboard.press("Delete")
    tab.wait_for_function(HANDLES, arg=4)
    says_loss(tab, FOUR)
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Point 4")


def test_the_last_point_stays_and_the_forty_first_is_refused(visit):
    tab = surface(visit, FOUR[:1])
    point(tab, 0).focus()
    tab.keyboard.press("Delete")
    tab.wait_for_function(
        "() => document.querySelector('.xop-refusal')?.textContent.startsWith('One point has to stay')"
    )
    assert tab.locator(".xop-point").count() == 1

    most = [(round(-5 + 0.25 * i, 2), -5.0, i % 2) for i in range(40)]
    tab = surface(visit, most)
    tab.mouse.click(*on_screen(tab, 0, 4))
    tab.wait_for_function(
        "() => document.querySelector('.xop-refusal')?.textContent.startsWith('40 points are the most')"
    )
    assert tab.locator(".xop-point").count() == 40


def test_the_fitted_boundary_follows_on_release_and_goes_where_a_line_separates_the_classes(visit):
    tab = surface(visit, ((-2, 0, 0), (2, 0.5, 0), (1, -1, 1), (3, 1, 1), (-1, 1, 1)))
    dashed = "() => document.querySelector('.scatterlayer .js-line')?.getAttribute('d') ?? null"
    tab.wait_for_function(dashed)
    before = tab.evaluate(dashed)
    drag(tab, 1, 1, 0.5)
    tab.mouse.up()
    tab.wait_for_function(f"(before) => ![null, before].includes(({dashed})())", arg=before)
    drag(tab, 1, -3, -1)
    tab.mouse.up()
    tab.wait_for_function("() => document.querySelector('[class*=st-key-live-]').textContent.includes('without bound')")
    tab.wait_for_function(f"() => ({dashed})() === null")


def test_a_sample_of_one_feature_takes_its_bar_and_the_likelihood_along(visit):
    tab = visit(f"/logistic-regression?part=likelihood&data=own&w=1&b=0&own={link(FOUR)}")
    tab.wait_for_function(HANDLES, arg=4)
    bars = "() => document.querySelectorAll('.xf')[0].querySelector('.scatterlayer > path').getAttribute('d')"
    before = tab.evaluate(bars)
    box = tab.locator(".xop-plane").bounding_box()
    at = point(tab, 0).bounding_box()
    tab.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.75, at["y"] + at["height"] / 2, steps=5)
    x = float(re.search(r"x\s=\s(-?[\d.]+)", point(tab, 0).get_attribute("aria-label"))[1])
    assert x == pytest.approx(3, abs=0.1)
    moved = np.array([(x, *FOUR[0][1:]), *FOUR[1:]])
    expected = number(logistic.loss([1.0, 0.0], moved[:, :1], moved[:, 2].astype(int)))
    tab.wait_for_function("(loss) => document.querySelector('.xwb-loss').textContent.endsWith(loss)", arg=expected)
    assert tab.evaluate(bars) != before
    tab.mouse.up()
    tab.wait_for_url(lambda url: f"own={x:g},0,0" in unquote(url))


def test_a_finger_sets_drags_and_removes_a_point_in_the_plane_of_three_classes(phone):
    page = phone(f"/softmax-or-sigmoid?part=plane&points=own&own={link([(-2, 0, 0), (2, 0, 1), (0, 3, 2)])}")
    plane = page.locator(".xop-plane").first
    count = "(n) => document.querySelector('.xop-plane').querySelectorAll('.xop-point').length === n"
    page.wait_for_function(count, arg=3)
    page.touchscreen.tap(*on_screen(page, -2, -3, reach=4.0))
    page.wait_for_function(count, arg=4)
    page.wait_for_url(re.compile(r"(?:.*_){3}"))
    *given, (x, y, kind) = in_link(page)
    assert given == [(-2, 0, 0), (2, 0, 1), (0, 3, 2)] and kind == 0
    assert (x, y) == pytest.approx((-2, -3), abs=0.05)

    drawn = page.locator(".xf").first.get_attribute("data-drawn")
    touch = page.context.new_cdp_session(page)
    start, end = on_screen(page, x, y, reach=4.0), on_screen(page, 3, -3, reach=4.0)

    def send(kind, *place):
        points = [{"x": place[0], "y": place[1]}] if place else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", *start)
    for step in range(1, 6):
        send("touchMove", *(a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)))
    send("touchEnd")
    page.wait_for_url(re.compile(r"_(2\.9|3)"))
    assert in_link(page)[3][:2] == pytest.approx((3, -3), abs=0.1)
    page.wait_for_function("(drawn) => document.querySelector('.xf').dataset.drawn !== drawn", arg=drawn)

    box = plane.locator(".xop-point").nth(3).bounding_box()
    send("touchStart", box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(count, arg=3)
    send("touchEnd")
    page.wait_for_function(count, arg=3)


def test_back_to_the_first_view_brings_the_given_points_again(visit):
    tab = surface(visit, FOUR)
    tab.get_by_role("button", name="Reset this page").click()
    tab.wait_for_function("() => !document.querySelector('.xop-plane')")
    tab.get_by_role("radio", name="Your own points").or_(
        tab.get_by_role("button", name="Your own points")
    ).first.click()
    tab.wait_for_function(HANDLES, arg=24)


@pytest.mark.parametrize(
    "path",
    ["/logistic-regression?part=likelihood&data=own", "/logistic-regression?part=surface&data=own&view=contours"],
)
def test_beside_own_points_the_first_slider_is_in_reach_on_a_phone(phone, path):
    assert phone(path).locator(".xb input[type=range]").first.bounding_box()["y"] <= 400


def test_on_a_phone_both_planes_of_own_points_are_seen_before_what_is_said_of_them(phone):
    tab = phone("/softmax-or-sigmoid?part=plane&points=own")
    tab.locator(".xf .xop-plane").nth(1).wait_for()
    assert tab.locator(".xf").nth(1).bounding_box()["y"] < 844


def test_the_steps_are_on_the_screen_beside_own_points(visit, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    visit("/logistic-regression?part=descent&data=own").locator(".xop-plane").first.wait_for()
    for name in ("Gradient +100", "Newton +1"):
        box = tab.get_by_role("button", name=name).bounding_box()
        assert box["y"] + box["height"] <= 720
