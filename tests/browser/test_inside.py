"""Inside the network in a real browser: a map, a place and a logit are chosen, by pointer and by keyboard."""

from pathlib import Path

import numpy as np

from explorer.runs import insides, recorded

SYNTHETIC = recorded.FOLDER / "synthetic"
(KEPT,) = (SYNTHETIC / "inside").glob("*.json")
FOUND = insides.find(SYNTHETIC, Path("/nowhere"), int(KEPT.stem))


def wait_for_product(page, which: int, row: int, column: int) -> None:
    """Wait until the sum is shown that the kernel `which` gives at a place."""
    patch, _ = FOUND.kernels.products(FOUND.scaled, which, row, column)
    total = (patch.astype(np.float64) * FOUND.kernels.values[which]).sum()
    shown = f"{total:.3f}".replace("-", "−")
    page.wait_for_function("(sum) => document.querySelector('.xin-total b').innerText === sum", arg=shown)


def test_map_place_and_logit_are_chosen_and_the_link_follows(visit):
    page = visit("/results?part=inside")
    wait_for_product(page, 0, 16, 16)
    # A place: by the pointer on the image, then by the arrow keys on the map.
    box = page.locator(".xin-top [role=application]").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 20.5 / 32, box["y"] + box["height"] * 9.5 / 32)
    wait_for_product(page, 0, 9, 20)
    page.wait_for_url("**row=9*column=20*")
    page.locator(".xin-steps [role=application]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**row=10*column=19*")
    wait_for_product(page, 0, 10, 19)
    # A map: by a click, then by the arrow keys to a later layer, which has no products.
    maps = page.get_by_role("radiogroup", name="Feature maps").get_by_role("radio")
    assert maps.count() == 12 * 6 + 1
    maps.nth(2).click()
    wait_for_product(page, 2, 10, 19)
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**layer=1&map=2*")
    assert page.locator(".xin-product").is_hidden()
    assert page.locator(".xin-title").inner_text() == f"Convolution 2, map {FOUND.layers[1].channels[2]}"
    assert page.locator(".xin-steps figcaption").all_inner_texts()[-1].startswith("ReLU")
    # A logit: its saliency is said, and drawn.
    pixels = """() => [...document.querySelectorAll('.xin-top canvas')].map(
        (canvas) => [...canvas.getContext('2d').getImageData(0, 0, 32, 32).data].filter((_, i) => i % 4 === 0))"""
    page.get_by_role("radio", name="crescent").click()
    page.get_by_text(f"network’s map {FOUND.similarity[2]:.2f}").wait_for()
    shown = page.evaluate(pixels)
    for k, maps in enumerate((FOUND.saliency, FOUND.untrained)):
        assert shown[k] == maps[2].ravel().tolist()
