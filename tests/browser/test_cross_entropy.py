"""The cross-entropy page in a real browser: sliders that keep their sum, and numbers that agree with Python's."""

import random

import numpy as np
import pytest
from playwright.sync_api import expect
from scipy.special import rel_entr, softmax
from scipy.stats import entropy

from explorer.components import assets
from explorer.maths import divergence
from explorer.shell.numbers import number

FIRST = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]
SMOOTHED = [0.02 + 0.8 * (k == 3) for k in range(10)]


def called(tab, app_url, file, function, cases):
    """Call an exported function of a file of the board on each case."""
    tab.goto(f"{app_url}/_stcore/health")
    module = f"{app_url}/{assets.route(f'distribution_board/{file}')}"
    script = "async ([url, name, cases]) => { const f = (await import(url))[name]; return cases.map((c) => f(...c)); }"
    return tab.evaluate(script, [module, function, cases])


def test_shares_are_whole_units_that_sum_to_1_and_none_vanishes(tab, app_url):
    draw = random.Random(0)
    weights = [[draw.random() ** 8 * draw.choice([0, 1, 1, 1]) for _ in range(10)] for _ in range(200)]
    weights += [[1.0] + [1e-9] * 9, [1 / 3] * 3, [0, 0, 1], [0.8200] + [0.02] * 9]
    weights = [row for row in weights if sum(row) > 0]
    cases = [[row] for row in weights]
    for row, counts in zip(weights, called(tab, app_url, "shares.js", "apportion", cases), strict=True):
        assert sum(counts) == 10_000
        assert all((count > 0) == (weight > 0) for weight, count in zip(row, counts, strict=True))
        exact = 10_000 * np.array(row) / sum(row)
        assert np.abs(exact - counts).max() < 1 + sum(exact < 1)


def test_a_slider_takes_from_the_others_in_proportion(tab, app_url):
    cases = [[[0.5, 0.3, 0.2], 0, 0.75], [[1, 0, 0], 0, 0.5], [[0.5, 0.3, 0.2], 1, 1], [[0.2, 0.8, 0], 1, 0.4]]
    expected = [[0.75, 0.15, 0.1], [0.5, 0.25, 0.25], [0, 1, 0], [0.6, 0.4, 0]]
    for found, shares in zip(called(tab, app_url, "shares.js", "pour", cases), expected, strict=True):
        assert found == pytest.approx(shares, abs=1e-9)


def test_E10_the_lines_along_a_logit_are_those_of_python(tab, app_url):
    cases = [(SMOOTHED, FIRST, 3), (np.eye(10)[5].tolist(), FIRST, 5), ([0.1] * 10, [100.0] + [-100.0] * 9, 1)]
    f = np.linspace(-10, 10, 81)
    found = called(tab, app_url, "line.js", "logitLine", [[p, z, k, f.tolist()] for p, z, k in cases])
    for (p, z, k), lines in zip(cases, found, strict=True):
        line = divergence.logit_line(p, z, k)
        expected = {
            "line_cross_entropy": line.cross_entropy,
            "line_divergence": line.kl_divergence,
            "line_entropy": np.full(81, entropy(p)),
            "line_gradient": line.gradient,
            "slope_cross_entropy": line.gradient[::5],
            "slope_divergence": line.gradient[::5],
        }
        for name, values in expected.items():
            assert lines[name] == pytest.approx(values, abs=1e-7), name


def bar_texts(tab):
    return tab.locator(".xdb-chart > .xb-number").all_inner_texts()


def numbers_of(p, q):
    p, q = np.array(p), np.array(q)
    middle = (p + q) / 2
    forward, reverse = rel_entr(p, q).sum(), rel_entr(q, p).sum()
    symmetric = (rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / 2
    return [
        number(entropy(p) + forward),
        f"{number(entropy(p))} + {number(forward)}",
        number(reverse),
        number(symmetric),
    ]


def test_the_bars_say_what_scipy_says(visit):
    tab = visit("/cross-entropy")
    tab.wait_for_selector(".xdb-chart")
    assert bar_texts(tab) == numbers_of(SMOOTHED, softmax(FIRST))


@pytest.mark.parametrize("query", ["", "?target=smoothed&eps=0.37", "?target=hand", "?target=onehot"])
def test_where_q_is_p_no_divergence_is_left_and_no_rounding(visit, query):
    tab = visit(f"/cross-entropy{query}")
    tab.get_by_role("radio", name="q = p").click()
    tab.wait_for_url("**q=*")
    tab.wait_for_function("() => document.querySelector('.xdb-chart').innerText.includes('+ 0.0000')")
    assert "×10" not in tab.locator(".xdb").inner_text()


def test_the_upper_bars_are_equally_long(visit):
    for query in ("", "?target=hand&guess=hand&q=0,0.1,0,0.2,0.3,0.1,0.3,0,0,0", "?unit=bits"):
        tab = visit(f"/cross-entropy{query}")
        tab.wait_for_selector(".xdb-chart")
        right = "(name) => document.querySelector(`.xdb-track .xdb-${name}`).getBoundingClientRect().right"
        assert tab.evaluate(right, "cross_entropy") == pytest.approx(tab.evaluate(right, "divergence"), abs=0.5)


def test_the_smoothing_is_typed_too(visit):
    tab = visit("/cross-entropy")
    field = tab.locator(".xdb-smoothing .xb-field")
    field.fill("0.5")
    field.press("Enter")
    tab.wait_for_url("**eps=0.5*")
    assert float(tab.locator(".xdb-p .xb-field").nth(3).input_value()) == 0.55


def test_a_dragged_share_keeps_the_sum_and_moves_everything_before_the_release(visit):
    tab = visit("/cross-entropy")
    slider = tab.locator(".xdb-row .xdb-p input[type=range]").nth(3)
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 9 + 0.82 * (box["width"] - 18), y)
    tab.mouse.down()
    before = bar_texts(tab)
    tab.mouse.move(box["x"] + 9 + 0.4 * (box["width"] - 18), y, steps=10)
    tab.wait_for_function("(old) => document.querySelector('.xdb-chart > .xb-number').innerText !== old", arg=before[0])
    shares = [float(f.input_value()) for f in tab.locator(".xdb-row .xdb-p input.xb-field").all()]
    assert sum(shares) == pytest.approx(1, abs=1e-9) and shares[3] == pytest.approx(0.4, abs=0.03)
    assert bar_texts(tab) == numbers_of(shares, softmax(FIRST))
    assert "p=" not in tab.url
    tab.mouse.up()
    tab.wait_for_url("**target=hand**")
    told = number(entropy(shares))
    said = tab.locator(".st-key-said-live-board [data-testid=stCaptionContainer]")
    expect(said).to_contain_text(told)


def test_a_slider_at_the_end_and_back_gives_the_others_what_they_had(visit):
    tab = visit("/cross-entropy?part=simplex")
    slider = tab.locator(".xdb-row .xdb-p input[type=range]").nth(0)
    slider.focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Home")
    fields = tab.locator(".xdb-row .xdb-p input.xb-field")
    tab.wait_for_function("() => document.querySelector('.xdb-row .xdb-p input.xb-field').value === '0.0'")
    assert [float(field.input_value()) for field in fields.all()] == [0, 0.75, 0.25]


def test_the_keyboard_alone_makes_the_cross_entropy_infinite(visit):
    tab = visit("/cross-entropy")
    tab.locator(".xdb-choice input[value=logits]").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**guess=hand**")
    slider = tab.locator(".xdb-row .xdb-q input[type=range]").nth(3)
    slider.wait_for()
    slider.focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("() => document.querySelector('.xdb-chart > .xb-number').innerText === '∞'")
    assert "cat" in tab.locator(".xdb-notes").inner_text()
    expect(tab.locator(".st-key-said-live-board [data-testid=stCaptionContainer]")).to_contain_text("=\u00a0∞")


def test_switching_to_sliders_by_hand_makes_nothing_impossible(visit):
    tab = visit(f"/cross-entropy?z={','.join(['20'] + ['0'] * 9)}&y=0")
    tab.locator(".xdb-choice label", has_text="By hand").nth(1).click()
    tab.wait_for_url("**guess=hand**")
    assert "∞" not in bar_texts(tab)[0]


def test_the_point_in_the_simplex_moves_with_the_slider(visit):
    tab = visit("/cross-entropy?part=simplex")
    tab.wait_for_selector(".xf-follower")
    place = "() => document.querySelector('.xf-follower').getAttribute('transform')"
    before = tab.evaluate(place)
    slider = tab.locator(".xdb-row .xdb-z input[type=range]").nth(0)
    drawn = tab.locator(".xf").get_attribute("data-drawn")
    slider.evaluate("(node) => { node.value = 5; node.dispatchEvent(new Event('input')); }")
    tab.wait_for_function(f"(before) => ({place})() !== before", arg=before)
    assert tab.locator(".xf").get_attribute("data-drawn") == drawn  # no new figure: the point alone has moved


def test_E10_the_curves_of_the_claim_move_with_a_slider_before_anything_is_drawn_anew(visit):
    tab = visit("/cross-entropy?part=claim")
    tab.wait_for_function("() => document.querySelectorAll('.xf-follower').length === 3")
    drawing = """() => [...document.querySelectorAll('.xf')].map((figure) => {
        const all = (selector, name) => [...figure.querySelectorAll(selector)].map((node) => node.getAttribute(name));
        const curves = all('.scatterlayer path[style*="pointer-events"]', 'd');
        return [figure.dataset.drawn, curves, all('.point', 'transform')];
    })"""
    before = tab.evaluate(drawing)
    slider = tab.locator(".xdb-row .xdb-z input[type=range]").nth(5)
    slider.evaluate("(node) => { node.value = -5; node.dispatchEvent(new Event('input')); }")
    tab.wait_for_function(f"(before) => JSON.stringify(({drawing})()) !== JSON.stringify(before)", arg=before)
    for (drawn, curves, marks), (drawn_now, curves_now, marks_now) in zip(before, tab.evaluate(drawing), strict=True):
        assert drawn_now == drawn
        assert len(curves) in (1, 3) and curves_now[0] != curves[0]
        assert len(marks) == len(marks_now) and (not marks or marks_now != marks)


def test_E8_a_press_draws_one_sample_and_the_class_that_came_lights_up(visit):
    tab = visit("/cross-entropy?part=samples&target=hand&p=0,0,0,0.6,0.1,0.3,0,0,0,0&seed=2&drawn=3")
    framed = """() => document.querySelector('.xf .js-plotly-plot').data[1].marker.line.width.findIndex((w) => w > 0)"""
    p = [0, 0, 0, 0.6, 0.1, 0.3]
    for size, u in enumerate(np.random.default_rng(2).random(8)[3:], start=4):
        tab.get_by_role("button", name="Draw one").click()
        expect(tab.get_by_text(f"Sample {size}:")).to_be_visible()
        tab.wait_for_function(f"(label) => ({framed})() === label", arg=int((np.cumsum(p) <= u).sum()))


def test_E12_the_chain_below_the_board_moves_with_it_and_ends_in_its_loss(visit):
    tab = visit("/cross-entropy?part=derivation")
    slider = tab.locator(".xdb-row .xdb-z input[type=range]").nth(5)
    slider.evaluate("(node) => { node.value = -5; node.dispatchEvent(new Event('input')); }")
    q = softmax([*FIRST[:5], -5, *FIRST[6:]])[3]
    loss = number(-np.log(q))
    tab.wait_for_function("(loss) => document.querySelector('.xdb-chain').textContent.endsWith(loss)", arg=loss)
    assert bar_texts(tab) == [loss, f"{number(0)} + {loss}"]
    assert f"ln{number(q)}" in tab.locator(".xdb-chain").text_content().replace(" ", "")


def test_the_keyboard_alone_leads_to_a_section_a_figure_a_slider_and_the_link(visit, reach):
    tab = visit("/cross-entropy")
    reach("Board")
    for _ in range(2):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_function("() => document.activeElement.innerText.startsWith('The essay')")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**part=claim**")
    tab.wait_for_selector(".xf-follower")
    reach("Save or copy")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.locator(".xfm-menu:visible").count() == 1
    tab.keyboard.press("Escape")
    assert tab.locator(".xfm-menu:visible").count() == 0
    reach("logit cat")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**z=1.2*3.2*")
    reach("link")  # the symbol on “Share”
    tab.keyboard.press("Enter")
    tab.get_by_text("This link reopens").wait_for()
    tab.keyboard.press("Escape")
    tab.get_by_text("This link reopens").wait_for(state="hidden")


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_the_link_at_the_foot_of_the_page_is_seen_whole(visit, tab, size):
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    page = visit("/cross-entropy?part=surfaces")
    page.locator("[data-testid=stMain]").evaluate("(node) => (node.scrollTop = node.scrollHeight)")
    page.get_by_role("button", name="Share").click()
    page.get_by_text("This link reopens").wait_for()
    page.wait_for_function("""() => {
        const body = document.querySelector('[data-testid=stPopoverBody]');
        const { top, bottom } = body.getBoundingClientRect();
        const whole = body.scrollHeight <= body.clientHeight + 1 || bottom - top > 0.6 * innerHeight;
        return body.innerText.includes('code:') && whole && top >= 0 && bottom <= innerHeight;
    }""")
