"""The page on results in a real browser: galleries, cells and links that are clicked, and no width that overflows."""

import pytest
from PIL import Image

from explorer.images.conversion import MOST_BYTES

PATH = "/results"


def opened(page) -> str:
    return page.locator("h4").first.inner_text()


def test_a_click_on_a_picture_opens_it_and_the_link_follows(visit):
    page = visit(PATH)
    tile = page.locator(".xg button").nth(4)
    sample = tile.get_attribute("data-sample")
    tile.click()
    page.wait_for_selector(f'.xg button[data-sample="{sample}"][aria-pressed="true"]')
    page.wait_for_function(f"() => document.querySelector('h4').innerText.startsWith('Image {sample}:')")
    page.wait_for_url(f"**/results?*sample={sample}*")
    assert page.locator(".xsc tbody tr").count() == 10


def test_on_a_phone_a_click_brings_the_opened_picture_into_view(visit, tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    page = visit(PATH)
    card = page.locator(".xsc")
    box = card.bounding_box()
    assert box["y"] + box["height"] > 844
    page.locator(".xg button").nth(1).click()
    # The gallery, which stays above, does not lie over it.
    page.wait_for_function(
        """() => {
            const [card, gallery] = [".xsc", ".xg"].map((what) => document.querySelector(what).getBoundingClientRect());
            return card.top >= gallery.bottom && card.bottom <= innerHeight;
        }"""
    )


def test_the_gallery_is_operated_by_keyboard_and_keeps_the_focus(visit):
    page = visit(PATH)
    page.locator(".xg button").first.focus()
    page.keyboard.press("Tab")
    sample = page.evaluate("document.activeElement.dataset.sample")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.xg button[data-sample="{sample}"][aria-pressed="true"]')
    assert page.evaluate("document.activeElement.dataset.sample") == sample


def test_a_click_on_a_cell_of_the_confusion_matrix_opens_those_pictures(visit):
    page = visit(f"{PATH}?part=whole")
    cell = page.get_by_role("button", name="true class disc, predicted square: 2 of 193")
    assert cell.inner_text() == "2"
    cell.click()
    page.wait_for_selector(".xg button")
    assert page.locator(".xg button").count() == 2
    assert {text for text in page.locator(".xg b").all_inner_texts()} == {"disc"}
    page.wait_for_url("**/results?*true=0*predicted=3*")


def test_the_way_to_the_softmax_page_carries_logits_and_true_class(visit):
    page = visit(f"{PATH}?sample=1788")
    page.wait_for_selector(".xsc tbody tr")
    logits = [
        float(row.locator("td").first.inner_text().replace("−", "-")) for row in page.locator(".xsc tbody tr").all()
    ]
    page.locator("[class*=st-key-screen-links] a", has_text="Softmax loss").click()
    page.wait_for_selector(".xb input")
    page.wait_for_url("**/softmax?*z=*")
    carried = page.evaluate("new URLSearchParams(location.search).get('z')").split(",")
    assert [round(float(value), 2) for value in carried] == logits
    assert page.evaluate("new URLSearchParams(location.search).get('y')") == "1"


def test_a_run_without_pictures_shows_ten_bars_a_tile(visit):
    page = visit(f"{PATH}?run=cifar10")
    page.wait_for_selector(".xg-bars")
    assert page.locator(".xg-image").count() == 0
    assert page.locator(".xg button").first.locator(".xg-bars > i").count() == 10


def test_a_reload_leaves_what_waits_and_what_trains_to_whoever_started_it(visit):
    def press(name):
        page.get_by_role("button", name=name, exact=True).click()

    page = visit("/train?data=synthetic&model=softmax&batch=16&epochs=200&limit=7200")
    press("Start training")
    page.wait_for_url("**run=*")
    page.wait_for_function("() => document.cookie.includes('explorer-run-')")
    run = page.url.partition("/train")[2]
    page = visit(f"{PATH}?part=landscape&points=11")
    press("Compute it")
    page.get_by_text("In the queue: 1 ahead").wait_for()
    page.wait_for_function("() => document.cookie.includes('explorer-computation-synthetic.random-11-')")
    page.reload()
    page.get_by_text("In the queue: 1 ahead").wait_for()
    press("Stop")
    page.get_by_role("button", name="Compute it").wait_for()
    page = visit("/train")
    press("Show it")
    page.wait_for_url(lambda url: url.endswith(run.rpartition("=")[2]))
    press("Stop")
    page.get_by_role("button", name="Train again").wait_for(timeout=180_000)


EXAMPLE = "Example: test image"
PASTE = """(text) => {
  const items = new DataTransfer();
  items.items.add(new File([text], "picture.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: items, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def test_a_picture_that_is_chosen_or_pasted_is_answered_or_refused(visit, tmp_path):
    picture = tmp_path / "red.png"
    Image.new("RGB", (300, 200), "red").save(picture)
    page = visit(f"{PATH}?part=own_picture")
    page.locator(".xfz-input").set_input_files(picture)
    page.get_by_text("300 × 200 pixels").wait_for(timeout=120_000)
    assert page.locator(".xsc tbody tr").count() == 10
    assert not page.get_by_text(EXAMPLE).count()
    page.wait_for_function("() => document.querySelector('.xpd-note').textContent === ''")
    page.evaluate(PASTE, "no picture")
    page.get_by_text("This is not an image that can be read").wait_for(timeout=120_000)
    page.get_by_text(EXAMPLE).wait_for()
    assert not page.get_by_text("300 × 200 pixels").count()


@pytest.mark.parametrize("language, said", [("en", "up to 4 MB are allowed"), ("zh", "不能超过 4 MB")])
def test_a_picture_may_be_as_large_as_is_said_and_a_larger_one_is_kept_back_by_the_browser(
    visit, tmp_path, language, said
):
    picture = tmp_path / "red.png"
    Image.new("RGB", (300, 200), "red").save(picture)
    whole = picture.read_bytes()
    page = visit(f"{PATH}?part=own_picture&lang={language}")
    picture.write_bytes(whole + bytes(MOST_BYTES + 1 - len(whole)))
    page.locator(".xfz-input").set_input_files(picture)
    page.locator(".xpd-note", has_text=said).wait_for()
    picture.write_bytes(whole + bytes(MOST_BYTES - len(whole)))
    page.locator(".xfz-input").set_input_files(picture)
    page.get_by_text("300 × 200").wait_for(timeout=120_000)


def test_before_an_image_of_ones_own_a_test_image_shows_what_the_model_would_say(visit):
    page = visit(f"{PATH}?part=own_picture")
    page.get_by_text(EXAMPLE).wait_for()
    assert page.locator(".xsc-image").get_attribute("src").startswith("data:image/png")
    assert page.locator(".xsc tbody tr").count() == 10


@pytest.mark.parametrize("part", ["microscope", "time", "whole", "calibration", "inside", "landscape", "own_picture"])
def test_a_phone_shows_every_section_without_scrolling_sideways(visit, tab, part):
    tab.set_viewport_size({"width": 390, "height": 844})
    page = visit(f"{PATH}?part={part}")
    page.wait_for_selector(".xg, .xf, .xcm, .xpd, .xin-rows")
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_everything_about_calibration_moves_with_the_temperature_before_it_is_let_go(visit):
    page = visit(f"{PATH}?part=calibration")
    page.wait_for_selector(".xcb-numbers dd")
    page.wait_for_function("() => document.querySelectorAll('.xf-follower').length === 2")
    read = """() => ({
        numbers: [...document.querySelectorAll('.xcb-numbers dd')].map((cell) => cell.innerText),
        bars: [...document.querySelector('.xf').querySelectorAll('.bars .point path')]
            .map((bar) => bar.getAttribute('d')).join(),
        points: [...document.querySelectorAll('.xf-follower')].map((point) => point.getAttribute('transform')),
        url: location.search,
    })"""
    before = page.evaluate(read)
    slider = page.locator(".xcb input[type=range]")
    slider.evaluate("(node) => { node.value = 85; node.dispatchEvent(new Event('input')); }")  # held, not let go
    page.wait_for_function(
        f"(was) => ({read})().bars !== was && document.querySelectorAll('.xf-follower').length", arg=before["bars"]
    )
    held = page.evaluate(read)
    assert held["url"] == before["url"]
    changed = [a != b for a, b in zip(before["numbers"], held["numbers"], strict=True)]
    assert changed == [True, True, True, False]  # loss, ECE, confidence; the accuracy stays
    assert all(a != b for a, b in zip(before["points"], held["points"], strict=True))
    slider.evaluate("(node) => node.dispatchEvent(new Event('change'))")
    page.wait_for_url("**T=5.01*")
    page.get_by_text("At T = 5.012 the mean confidence").wait_for()
    # What was shown while it moved is what Python says of that temperature.
    assert held["numbers"][0].split()[0] in page.locator("[data-testid=stMain]").inner_text()
