"""Image folders as systems, archives and people leave them, by the command line."""

import os
import re
import sys
import unicodedata

import numpy as np
import pytest
from PIL import Image

from explorer.images import conversion
from explorer.images.shapes import SHAPES
from explorer.protocol import data_sources
from explorer.training.folder_scan import NAMED, SPLITS

CLASSES = sorted(SHAPES)
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(params=["folder", "auto"])
def train_on(request, train_whole, folder):
    """Return a function that trains on the image folders, however they are asked for."""
    arguments = ("--dataset", request.param, "--data-dir", folder, "--model", "softmax", "--epochs", 1)
    return lambda: train_whole(*arguments)


@pytest.fixture
def refused(train_on, folder):
    """Return a function that trains, and gives the code and the message of the failure that this ends in."""

    def refused():
        status, events = train_on()
        assert (status, [event["event"] for event in events]) == (1, ["failed"])
        assert str(folder.parent) not in events[0]["message"], "no place of this machine is told"
        return events[0]["code"], events[0]["message"]

    return refused


def image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32)).save(path)


def instead_of_ring(name):
    return sorted({name, *CLASSES} - {"ring"})


def test_what_systems_leave_is_neither_a_class_nor_an_image_nor_reported(train_on, folder):
    for split in SPLITS:
        for name in (".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r"):
            (folder / split / name).write_bytes(b"?")
        names = ["@eaDir", "__MACOSX", "lost+found", "$RECYCLE.BIN", "System Volume Information", ".ipynb_checkpoints"]
        for name in [*names, "#recycle"]:
            image(folder / split / name / "x.png")
        for name in ("._000.png", ".DS_Store", "THUMBS.DB"):
            (folder / split / "ring" / name).write_bytes(b"\0\5\x16\7")
        image(folder / split / "ring" / "@eaDir" / "000.jpg" / "thumb.jpg")
    status, (started, *_) = train_on()
    assert (status, started["classes"], started["images"], started["test_images"]) == (0, CLASSES, 40, 20)
    assert "notice" not in started


@pytest.mark.parametrize("split", SPLITS)
def test_a_name_is_the_same_however_its_accents_are_encoded(train_on, folder, split):
    for part in SPLITS:
        (folder / part / "ring").rename(folder / part / (DECOMPOSED if part == split else COMPOSED))
    if len(list(folder.glob(f"*/{COMPOSED}"))) == 2:
        pytest.skip("this disk does not tell them apart")
    status, (started, *_) = train_on()
    assert (status, started["classes"]) == (0, instead_of_ring(COMPOSED))


def test_a_class_whose_name_is_there_in_both_encodings_is_one(train_on, folder):
    for split in SPLITS:
        (folder / split / "ring").rename(folder / split / COMPOSED)
    image(folder / "train" / DECOMPOSED / "000.png")
    if not (folder / "train" / COMPOSED / "001.png").exists():
        pytest.skip("this disk does not tell them apart")
    status, (started, *_) = train_on()
    assert (status, len(started["classes"]), started["images"]) == (0, 10, 41)


def test_classes_that_differ_are_named_in_both_directions(refused, folder):
    (folder / "test" / "ring").rename(folder / "test" / "rings")
    (folder / "test" / "star").rename(folder / "test" / "Star")
    assert refused() == ("class-names", "…/pictures/test lacks 'ring', 'star'; …/pictures/train lacks 'Star', 'rings'")


def test_too_many_classes_are_named(refused, folder):
    image(folder / "train" / "another" / "000.png")
    code, message = refused()
    assert code == "class-count" and "contains 11 classes, not 2 to 10 ('another', 'checkerboard'," in message
    assert message.endswith("; …/pictures/test lacks 'another'")


def test_of_very_many_classes_some_are_named(refused, folder):
    for number in range(90):
        image(folder / "train" / f"c{number:02d}" / "000.png")
    code, message = refused()
    assert code == "class-count" and "contains 100 classes, not 2 to 10 ('c00', 'c01'," in message
    assert f" and {100 - NAMED} more)" in message and f" and {90 - NAMED} more" in message
    assert message.count("'") == 2 * 2 * NAMED


def test_images_without_folders_of_classes_are_no_classes(refused, folder):
    for path in folder.glob("*/*/*"):
        path.rename(path.parents[1] / f"{path.parent.name}-{path.name}")
    for place in folder.glob("*/*/"):
        place.rmdir()
    assert refused() == ("class-count", "…/pictures/train contains 0 classes, not 2 to 10")


def test_what_is_left_out_is_counted_and_the_first_of_it_named(train_on, folder):
    (folder / "train" / "labels.csv").write_text("a,b")
    image(folder / "train" / "ring" / "holiday.jpg" / "000.png")
    (folder / "train" / "ring" / "notes.txt").write_text("no image")
    image(folder / "test" / "star" / "scan.tiff")
    (folder / "test" / "star" / "nowhere.txt").symlink_to("gone.txt")
    status, (started, *_) = train_on()
    assert (status, started["images"], started["test_images"]) == (0, 40, 20)
    assert started["notice"] == {"code": "left-out", "count": 5, "first": "test/star/nowhere.txt"}
    (folder / "test" / "star" / "nowhere.txt").unlink()
    (folder / "test" / "star" / "scan.tiff").unlink()
    again = train_on()[1][0]["notice"]
    assert again == {"code": "left-out", "count": 3, "first": "train/labels.csv"}, "though what was decoded was kept"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among the files here")
def test_a_pipe_is_not_waited_for(train_on, folder):
    os.mkfifo(folder / "train" / "ring" / "a.png")
    assert train_on()[1][0]["notice"] == {"code": "left-out", "count": 1, "first": "train/ring/a.png"}


def test_a_class_with_nothing_but_a_folder_is_without_images(refused, folder):
    place = folder / "test" / "ring"
    for path in place.iterdir():
        path.unlink()
    image(place / "more" / "000.png")
    code, message = refused()
    assert code == "class-empty" and message.startswith("…/pictures/test/ring contains no image (.png, ")


def test_every_kind_that_ones_own_image_may_be_of_is_an_image_here(train_on, folder):
    pixels = np.random.default_rng(0).integers(256, size=(32, 32, 3)).astype(np.uint8)
    registered = Image.registered_extensions()
    kinds = {suffix: registered[suffix] for suffix in data_sources.SUFFIXES}
    assert set(kinds.values()) == set(conversion.FORMATS)
    for suffix, kind in kinds.items():
        for name in (f"x{suffix}", f"y{suffix.upper()}"):
            Image.fromarray(pixels).save(folder / "train" / "ring" / name, kind)
    status, (started, *_) = train_on()
    assert (status, started["images"]) == (0, 40 + 2 * len(kinds))
    assert "notice" not in started


@pytest.mark.parametrize("place", ["train/ring/000.png", "train/eleventh", "test"])
def test_a_link_that_leads_nowhere_is_called_so(refused, folder, place):
    path = folder / place
    if path.is_dir():
        path.rename(folder / "away")
    path.symlink_to(folder / "gone")
    assert refused() == ("link", f"…/pictures/{place} is a link to a file that does not exist")


def test_a_link_to_itself_leads_nowhere(refused, folder):
    (folder / "train" / "ring" / "000.png").symlink_to("000.png")
    assert refused()[0] == "link"


def test_links_to_what_is_there_are_followed(train_on, folder):
    (folder / "train" / "ring" / "000.png").symlink_to("000.jpg")
    (folder / "train" / "star").rename(folder / "elsewhere")
    (folder / "train" / "star").symlink_to("../elsewhere")
    status, (started, *_) = train_on()
    assert (status, started["images"], started["classes"]) == (0, 41, CLASSES)


@pytest.fixture
def nameless(folder):
    """The name of a class that is no UTF-8, in both folders."""
    name = os.fsdecode(b"caf\xe9")
    try:
        for split in SPLITS:
            (folder / split / "ring").rename(folder / split / name)
    except OSError:
        pytest.skip("this disk takes no such names")
    return name


@pytest.mark.skipif(sys.platform == "win32", reason="all names are text there")
@pytest.mark.parametrize("choice", ["folder", "auto"])
def test_a_class_whose_name_is_no_utf_8_has_a_name_that_can_be_shown(program, folder, tmp_path, choice, nameless):
    arguments = ("--dataset", choice, "--data-dir", folder, "--model", "softmax", "--epochs", 1)
    status, (started, *_, last), err = program(*arguments, "--run-dir", tmp_path / "run").end()
    assert (status, last["event"], "Traceback" in err) == (0, "finished", False), err
    assert started["classes"] == instead_of_ring(r"caf\udce9")


@pytest.mark.skipif(sys.platform == "win32", reason="all names are text there")
def test_a_damaged_image_in_a_folder_whose_name_is_no_utf_8_is_named(program, folder, nameless):
    (folder / "train" / nameless / "000.jpg").write_bytes(b"?")
    status, (failed,), err = program("--dataset", "folder", "--data-dir", folder).end()
    assert (status, failed["code"], "Traceback" in err) == (1, "picture-damaged", False), err
    assert re.match(r"…/pictures/train/caf\\udce9/000\.jpg cannot be read", failed["message"])
