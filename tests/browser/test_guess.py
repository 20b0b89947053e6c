"""The guessing game in real browsers: sliders, and a class of two that play one round by link."""

import math


def test_a_class_plays_a_round_by_link(visit, chromium):
    teacher = visit("/guess")
    teacher.get_by_text("Play with a class").click()
    teacher.get_by_role("button", name="Start a round").press("Enter")  # it moves while it opens
    teacher.wait_for_url("**round=*")
    teacher.wait_for_selector(".xrw[data-answered='0']")
    link = teacher.locator("[data-testid=stCode]", has_text="round=").first.inner_text().strip()

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
    student.wait_for_url("**q=*")
    student.get_by_role("button", name="这就是我的答案").click()
    teacher.wait_for_selector(".xrw[data-answered='1']")
    student.reload()
    student.get_by_role("button", name="修改我的答案").wait_for()
    assert student.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390

    # What the leader does reaches the players without a word of theirs.
    teacher.get_by_role("button", name="Close, and show the answers").click()
    student.wait_for_selector(".xgb-shown")
    assert student.locator(".xgb input").count() == 0 and student.locator(".xgb-network").count() == 0
    teacher.wait_for_selector(".xf[data-drawn]")
    teacher.get_by_role("button", name="Reveal the truth").click()
    student.wait_for_selector(".xgb-true")
    assert student.locator(".xgb-bars .xgb-network").count() == 10
    teacher.get_by_role("button", name="Next image").click()
    student.wait_for_selector(".xgb input[type=range]")
    assert set(student.locator(".xgb input.xb-field").evaluate_all("(fields) => fields.map((f) => f.value)")) == {"0.1"}
    teacher.get_by_role("button", name="End the round").click()
    student.wait_for_url(lambda url: "round=" not in url)
    context.close()
