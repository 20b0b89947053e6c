"""The browser's way back: one step for one gesture."""

from playwright.sync_api import expect


def pressed(tab, key, name, values):
    """Press a key until the URL has said each of the values of a setting, one a press, and the page is at rest."""
    for value in values:
        tab.keyboard.press(key)
        tab.wait_for_function(
            "([name, value]) => new URLSearchParams(location.search).get(name)?.split(',').includes(value)"
            " && !document.querySelector('[data-test-script-state=running]')",
            arg=[name, value],
        )


LENGTH = "history.length"
CAT = [f"{value / 10:g}" for value in range(32, 44)]  # from 3.1, twelve presses


def test_the_keys_of_one_slider_are_one_step_back(visit):
    tab = visit("/softmax")
    first, before = tab.url, tab.evaluate(LENGTH)
    slider = tab.get_by_role("slider", name="Logit cat")
    slider.focus()
    pressed(tab, "ArrowRight", "z", CAT)
    assert tab.evaluate(LENGTH) == before + 1
    tab.go_back()
    expect(slider).to_have_value("3.1")
    assert tab.url == first


def test_the_keys_of_a_slider_of_streamlits_own_are_one_step_back(visit):
    tab = visit("/softmax?part=descent")
    before = tab.evaluate(LENGTH)
    slider = tab.get_by_role("slider", name="Steps")
    slider.focus()
    pressed(tab, "ArrowRight", "steps", [str(steps) for steps in range(21, 26)])
    assert tab.evaluate(LENGTH) == before + 1
    tab.go_back()
    expect(slider).to_have_value("20")


def test_each_slider_and_each_press_of_a_button_is_a_step_of_its_own(visit):
    tab = visit("/softmax")
    before = tab.evaluate(LENGTH)
    tab.get_by_role("slider", name="Logit cat").focus()
    pressed(tab, "ArrowRight", "z", CAT[:2])
    dog = tab.get_by_role("slider", name="Logit dog")
    dog.focus()
    pressed(tab, "ArrowLeft", "z", ["3.5", "3.4"])
    presets = tab.locator("[class*=-preset] button")
    presets.filter(has_text="Hot").click()
    tab.wait_for_url("**T=10*")
    presets.filter(has_text="Cold").click()
    tab.wait_for_url("**T=0.1*")
    assert tab.evaluate(LENGTH) == before + 4
    tab.go_back()
    tab.wait_for_url("**T=10*")
    tab.go_back()
    expect(dog).to_have_value("3.4")
    tab.go_back()
    expect(dog).to_have_value("3.6")
    expect(tab.get_by_role("slider", name="Logit cat")).to_have_value("3.3")


def test_after_a_step_back_the_next_move_is_a_step_again(visit):
    tab = visit("/softmax")
    before = tab.evaluate(LENGTH)
    slider = tab.get_by_role("slider", name="Logit cat")
    slider.focus()
    pressed(tab, "ArrowRight", "z", CAT[:2])
    tab.go_back()
    expect(slider).to_have_value("3.1")
    pressed(tab, "ArrowLeft", "z", ["3"])
    assert tab.evaluate(LENGTH) == before + 1
    tab.go_back()
    expect(slider).to_have_value("3.1")


def test_another_page_is_a_step_of_its_own(visit):
    tab = visit("/softmax?T=2")
    tab.get_by_role("link", name="Cross-entropy").first.click()
    tab.wait_for_url("**/cross-entropy*")
    expect(tab.locator("h1")).to_have_text("Cross-entropy and KL divergence")
    expect(tab).to_have_title("Cross-entropy · Softmax explorer")
    tab.go_back()
    expect(tab.locator("h1")).to_have_text("Softmax loss")
    expect(tab).to_have_title("Softmax loss · Softmax explorer")
    tab.wait_for_url("**/softmax?T=2*")
