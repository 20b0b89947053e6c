"""Images of one's own in a real browser: from the ZIP file to a game about what was trained on them."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from explorer.images.shapes import SHAPES, draw

pytestmark = pytest.mark.slow
NAMES = ["Mond", "Ring", "Stern"]


@pytest.fixture
def mine(tmp_path):
    """A ZIP file of three classes, twenty drawings of each, in one folder."""
    images, labels = draw(800, np.random.default_rng(2))
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as made:
        for name, shape in zip(NAMES, ("crescent", "ring", "star"), strict=True):
            for number, image in enumerate(images[labels == list(SHAPES).index(shape)][:20]):
                file = io.BytesIO()
                Image.fromarray(image).resize((80, 60)).save(file, "JPEG", quality=95)
                made.writestr(f"mine/{name}/{number}.jpg", file.getvalue())
    return tmp_path / "mine.zip"


def test_images_are_brought_trained_on_looked_at_and_guessed(visit, mine):
    page = visit("/train?data=own&epochs=2&batch=16")
    page.locator(".st-key-awaited-images").get_by_text("Your images come here").wait_for()
    assert page.locator(".xrm-card").count() == 0
    page.locator(".xru input[type=file]").set_input_files({"name": "x.zip", "mimeType": "", "buffer": b"GIF89a"})
    page.locator(".xru-refused").get_by_text("not a ZIP file").wait_for()
    page.locator(".xru input[type=file]").set_input_files(mine)
    page.get_by_text("60 images of 3 classes").wait_for()
    expect(page.locator(".xrm-card figcaption b")).to_have_text(NAMES)
    assert page.locator(".st-key-awaited-images").count() == 0
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url("**run=*")
    page.locator(".xrm-finished").wait_for(timeout=180_000)
    page.locator(".xrm-chart .annotation-text", has_text="ln 3 ≈ 1.099").wait_for()
    assert page.locator(".xrm-facts").inner_text().count("a fifth of each class") == 1
    run = page.evaluate("new URLSearchParams(location.search).get('run')")
    page = visit(f"/results?run={run}")
    assert page.locator(".xg-image").count() == 12
    assert set(page.locator(".xg").all_inner_texts()[0].split()) & set(NAMES) == set(NAMES)
    page = visit(f"/guess?run={run}")
    assert page.locator(".xgb-table .xgb-name b").all_inner_texts()[:3] == NAMES
    assert page.locator(".xgb-table input[type=range]").count() == 3
    page.get_by_text("ln 3", exact=True).first.wait_for()
