"""The guessing game in real browsers: sliders, and a class of two that play one round by link."""

import math
import re

import numpy as np

FINDER = np.pad(np.pad(np.ones((3, 3), bool), 1), 1, constant_values=True)  # in three corners of a QR code


def squares(page) -> np.ndarray:
    """Return which squares of the QR code on a page are dark; fail unless it is one, with white around it."""
    drawing = page.locator(".xqr svg")
    side = int(drawing.get_attribute("viewBox").split()[2])
    dark = np.zeros((side, side), bool)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawing.locator("path").get_attribute("d")):
        dark[int(y), int(x)] = True
    inside = dark[4:-4, 4:-4]
    assert dark.sum() == inside.sum()
    for corner in (inside[:7, :7], inside[:7, -7:], inside[-7:, :7]):
        assert np.array_equal(corner, FINDER)
    assert not np.array_equal(inside[-7:, -7:], FINDER)
    assert 0.35 < inside.mean() < 0.65
    return inside


def test_all_alike_makes_the_ten_shares_equal(visit):
    page = visit("/guess")
    slider = page.locator(".xgb input[type=range]").nth(2)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("Number(document.querySelectorAll('.xgb input.xb-field')[2].value) > 0.1")
    page.get_by_role("button", name="All equal").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.xgb input.xb-field')].every((field) => Number(field.value) === 0.1)"
    )


def test_a_class_plays_a_round_by_link(visit, chromium):
    teacher = visit("/guess")
    teacher.get_by_text("Play with a class").click()
    teacher.get_by_role("button", name="Start a round").press("Enter")  # it moves while it opens
    teacher.wait_for_url("**round=*")
    teacher.wait_for_selector(".xrw[data-answered='0']")
    link = teacher.locator("[data-testid=stCode]", has_text="round=").first.inner_text().strip()
    assert squares(teacher).shape[0] % 4 == 1  # as the sides of all QR codes

    # The address is one under which other machines know this one, if it has any.
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    student = context.new_page()
    student.goto(link)
    slider = student.locator(".xgb input[type=range]").nth(5)
    slider.focus()
    for _ in range(15):
        student.keyboard.press("ArrowRight")
    student.wait_for_function("Number(document.querySelectorAll('.xgb input.xb-field')[5].value) === 0.25")
    shares = [float(field.input_value()) for field in student.locator(".xgb input.xb-field").all()]
    assert shares[5] == 0.25 and math.isclose(sum(shares), 1, abs_tol=1e-9)
    costs = student.locator(".xgb-cost").all_inner_texts()
    assert costs[5] == f"{-math.log(0.25):.2f}"
    student.get_by_role("button", name="这就是我的答案").click()  # what is seen is submitted, wherever Python is
    student.get_by_text("答案已收到").wait_for()
    teacher.wait_for_selector(".xrw[data-answered='1']")
    student.reload()
    student.get_by_role("button", name="修改我的答案").wait_for()
    assert student.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390

    # What the leader does reaches the players without a word of theirs: first their boards, then their pages.
    teacher.get_by_role("button", name="Close and show the answers").click()
    student.wait_for_selector(".xgb-shown")
    assert student.locator(".xgb-yours .xb-fill").nth(5).evaluate("(bar) => bar.style.transform") == "scaleX(0.25)"
    assert student.locator(".xgb input").count() == 0 and student.locator(".xgb-network").count() == 0
    teacher.wait_for_selector(".xf[data-drawn]")
    teacher.get_by_role("button", name="Reveal the truth").click()
    student.wait_for_selector(".xgb-true")
    assert student.locator(".xgb-bars .xgb-network").count() == 10
    student.get_by_text("答案是").wait_for()
    assert student.locator(".xgb-so-far").inner_text().replace("\xa0", " ").startswith("已答 1 张")
    teacher.get_by_role("button", name="Next image").click()
    student.wait_for_selector(".xgb input[type=range]")
    assert set(student.locator(".xgb input.xb-field").evaluate_all("(fields) => fields.map((f) => f.value)")) == {"0.1"}
    teacher.get_by_role("button", name="End the round").click()
    teacher.get_by_role("button", name="End it").click()
    student.wait_for_url(lambda url: "round=" not in url)
    context.close()
