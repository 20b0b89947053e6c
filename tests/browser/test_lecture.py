"""A lecture in real browsers: a leader's page, and one that follows on a phone."""

import pytest

SLIDER = ".xlb input[type=range]"


@pytest.fixture
def led(visit):
    """A leader's page with a lecture, and the link for others."""
    leader = visit("/softmax")
    leader.get_by_role("button", name="Share").click()
    leader.get_by_role("button", name="Let others follow me").click()
    leader.wait_for_selector(".xlc")
    leader.keyboard.press("Escape")
    leader.get_by_role("button", name="Join").click()
    link = leader.get_by_test_id("stPopoverBody").get_by_test_id("stCode").first.inner_text().strip()
    leader.keyboard.press("Escape")
    return leader, link


def test_boards_move_with_the_leaders_and_pages_follow(led, chromium):
    leader, link = led
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    student = context.new_page()
    student.goto(link)
    student.wait_for_selector(".xfl")
    student.wait_for_selector(SLIDER, state="attached")
    student.wait_for_function("document.querySelector('[class*=st-key-stage-controls]').inert")

    # A drag that is not let go yet is known to no Python, and followed.
    slider = leader.locator(SLIDER).nth(2)
    before = slider.input_value()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    leader.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    leader.mouse.down()
    leader.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=5)
    value = slider.input_value()
    assert value != before
    student.wait_for_function(f"document.querySelectorAll('{SLIDER}')[2].value === '{value}'")
    assert "z=" not in student.url
    leader.mouse.up()
    student.wait_for_url("**z=*")

    leader.get_by_role("radio", name="Numerics").click()
    student.wait_for_url("**part=numerics*")
    leader.get_by_test_id("stPageLink-NavLink").filter(has_text="Cross-entropy").first.click()
    student.wait_for_url("**/cross-entropy*")

    student.get_by_role("button", name="自己看看").click()
    student.wait_for_function("!document.querySelector('[class*=st-key-stage-controls]').inert")
    student.get_by_role("button", name="回到课堂").click()
    student.wait_for_function("document.querySelector('[class*=st-key-stage-controls]').inert")
    assert student.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390

    leader.get_by_role("button", name="End", exact=True).click()
    leader.get_by_role("button", name="End the lecture").click()
    student.wait_for_selector(".xfl", state="detached")
    student.wait_for_function("!document.querySelector('[class*=st-key-stage-controls]').inert")
    assert "follow=" not in student.url
    context.close()


def test_a_leader_who_reloads_still_leads(led):
    leader, _ = led
    leader.reload()
    leader.wait_for_selector(".xlc")
    leader.get_by_text("You lead").wait_for()
