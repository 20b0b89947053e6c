"""The softmax page in a real browser: drags, the surface's camera, deep links."""

import json
import re

import pytest
from scipy.special import log_softmax

from explorer.notation import number

FIRST = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]
CAMERA = "() => JSON.stringify(document.querySelector('.xf .js-plotly-plot')._fullLayout.scene._scene.getCamera().eye)"


def drag(tab, row, steps=20, dx=50):
    """Drag a fader to the right in small steps; return where it stood and where it stands."""
    fader = tab.locator(".xlb-row input[type=range]").nth(row)
    fader.scroll_into_view_if_needed()
    before = float(fader.input_value())
    box = fader.bounding_box()
    low, high = float(fader.get_attribute("min")), float(fader.get_attribute("max"))
    x = box["x"] + 10 + (box["width"] - 20) * (before - low) / (high - low)
    y = box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for step in range(1, steps + 1):
        tab.mouse.move(x + dx * step / steps, y)
    return before, fader


def test_a_drag_is_drawn_before_the_release_and_reaches_python_after_it(visit):
    tab = visit("/softmax")
    verdict = tab.locator(".xlb-verdict")
    assert number(-log_softmax(FIRST)[3]) in verdict.inner_text()
    before, fader = drag(tab, 3)
    moved = float(fader.input_value())
    assert moved > before + 1
    logits = [*FIRST]
    logits[3] = moved
    loss = number(-log_softmax(logits)[3])
    tab.wait_for_function("(loss) => document.querySelector('.xlb-verdict').innerText.includes(loss)", arg=loss)
    assert "z=" not in tab.url
    tab.mouse.up()
    tab.wait_for_url("**/softmax?z=*")
    tab.wait_for_function(
        "(loss) => [...document.querySelectorAll('[data-testid=stCaptionContainer]')].some(c => c.innerText.includes(loss))",
        arg=loss,
    )
    assert f"{moved:g}" in tab.url


def test_a_turned_surface_keeps_its_camera_when_the_board_changes(visit):
    tab = visit("/softmax")
    plot = tab.locator(".xf .js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    first = tab.evaluate(CAMERA)
    box = plot.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2 + 90, box["y"] + box["height"] / 2 + 40, steps=6)
    tab.mouse.up()
    tab.wait_for_function(f"(first) => ({CAMERA})() !== first", arg=first)
    turned = tab.evaluate(CAMERA)
    drawn = tab.locator(".xf").first.get_attribute("data-drawn")
    tab.locator(".xlb-row button.xlb-name").nth(0).click()
    tab.wait_for_function("(drawn) => document.querySelector('.xf').dataset.drawn !== drawn", arg=drawn)
    assert json.loads(tab.evaluate(CAMERA)) == pytest.approx(json.loads(turned))


def test_a_deep_link_gives_its_picture(visit):
    tab = visit("/softmax?z=5,4,3,2,1,0,-1,-2,-3,-4&y=2&T=2&lang=zh")
    verdict = tab.locator(".xlb-verdict").inner_text()
    assert number(-log_softmax([logit / 2 for logit in range(5, -5, -1)])[2]) in verdict
    assert "鸟" in verdict


def test_nothing_is_fetched_from_elsewhere_and_plotly_only_once(tab, app_url):
    fetched = []
    tab.on("request", lambda request: fetched.append(request.url))
    tab.goto(f"{app_url}/softmax")
    tab.wait_for_selector(".xf[data-drawn]", timeout=30_000)
    assert [url for url in fetched if not url.startswith((app_url, "data:", "blob:"))] == []
    assert sum(re.search(r"plotly(\.min|chart)", url.lower()) is not None for url in fetched) == 1


def test_the_keyboard_moves_a_fader(visit):
    tab = visit("/softmax")
    fader = tab.locator(".xlb-row input[type=range]").nth(0)
    fader.focus()
    tab.keyboard.press("ArrowRight")
    assert float(fader.input_value()) == pytest.approx(1.3)
    tab.wait_for_url("**/softmax?z=1.3*")
