"""Decoded images: kept whole or not at all, found again only if they are undamaged, and no process's own memory."""

import json
import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from explorer.protocol.data_sources import ABOUT
from explorer.protocol.errors import Failure, Stopped
from explorer.protocol.options import decoded_folders
from explorer.runs import results
from explorer.training import decoded_images

RANDOM = np.random.default_rng(0)
SPLITS = {
    split: (RANDOM.integers(256, size=(count, 32, 32, 3), dtype=np.uint8), np.arange(count) % 10)
    for split, count in (("train", 70), ("test", 30))
}
CLASSES = tuple("abcdefghij")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def write(place):
    for split, (images, labels) in SPLITS.items():
        parts = ((images[first : first + 7], labels[first : first + 7]) for first in range(0, len(images), 7))
        decoded_images.write_split(place, split, parts)
    return CLASSES


@pytest.fixture
def keep(tmp_path, progress):
    """Return a function that keeps the images above in a data folder."""
    return lambda key="abc", write=write: decoded_images.keep(tmp_path / "data", key, write, "a*", progress)


def assert_whole(found):
    classes, *arrays = found
    assert classes == CLASSES
    for array, expected in zip(arrays, [array for split in SPLITS.values() for array in split], strict=True):
        assert array.dtype == expected.dtype and np.array_equal(array, expected)


def test_what_is_kept_is_found_again(keep, tmp_path):
    assert decoded_images.kept(tmp_path / "data", "abc") is None
    assert_whole(keep())
    assert_whole(decoded_images.kept(tmp_path / "data", "abc"))
    assert decoded_images.kept(tmp_path / "data", "abd") is None


def test_the_server_finds_the_test_images(keep, tmp_path):
    keep()
    (place,) = results.decoded(tmp_path / "data")
    found = [np.load(place / f"test_{what}.npy") for what in ("images", "labels")]
    assert all(np.array_equal(array, expected) for array, expected in zip(found, SPLITS["test"], strict=True))


def test_it_takes_the_place_of_what_is_out_of_date_and_of_nothing_else(keep, tmp_path):
    for key in ("abc", "other", "axe"):
        keep(key)
    assert sorted(path.name for path in (tmp_path / "data" / ".decoded").glob("[!.]*")) == ["axe", "other"]


DAMAGE = {
    "truncated": lambda file: os.truncate(file, file.stat().st_size // 2),
    "empty": lambda file: os.truncate(file, 0),
    "missing": lambda file: file.unlink(),
    "noise": lambda file: file.write_bytes(np.random.default_rng(0).bytes(5000)),
    "objects": lambda file: np.array([{"a": print}], dtype=object).dump(file),
    "shorter": lambda file: np.save(file, np.load(file)[1:]) if file.suffix == ".npy" else os.truncate(file, 10),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "one bit": lambda file: file.write_bytes(file.read_bytes()[:-1] + bytes([file.read_bytes()[-1] ^ 1])),
    "folder": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.parametrize("name", [*decoded_images.ARRAYS, ABOUT])
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_not_found_and_kept_again(keep, tmp_path, damage, name):
    keep()
    DAMAGE[damage](tmp_path / "data" / ".decoded" / "abc" / name)
    assert decoded_images.kept(tmp_path / "data", "abc") is None
    results.decoded(tmp_path / "data")  # whoever looks at a run meanwhile finds what there is, or nothing
    assert_whole(keep())
    assert_whole(decoded_images.kept(tmp_path / "data", "abc"))


@pytest.mark.parametrize("content", [[], {}, {"classes": 3, "crc32": 4}, {"crc32": {}, "classes": []}])
def test_an_account_of_them_that_is_none_counts_as_damage(keep, tmp_path, content):
    keep()
    (tmp_path / "data" / ".decoded" / "abc" / ABOUT).write_text(json.dumps(content))
    assert decoded_images.kept(tmp_path / "data", "abc") is None


@pytest.mark.parametrize("error", [Failure("picture-damaged", "…"), Stopped(), OSError("no space")])
def test_what_is_written_by_half_is_not_kept(keep, tmp_path, error):
    def fails(place):
        decoded_images.write_split(place, "train", [SPLITS["train"]])
        raise error

    with pytest.raises((Failure, Stopped)) as raised:
        keep(write=fails)
    if isinstance(error, OSError):
        assert raised.value.code == "cache" and "no space" in str(raised.value)
    assert not [path for place in decoded_folders(tmp_path / "data") for path in place.rglob("*.npy")]


def test_what_a_killed_process_has_left_by_half_is_removed(keep, tmp_path):
    left = tmp_path / "data" / ".decoded" / ".part-x"
    left.mkdir(parents=True)
    (left / "train_images.npy").write_bytes(b"half of it")
    keep()
    assert not left.exists()


def test_where_the_data_folder_cannot_be_written_to_they_are_kept_elsewhere(keep, tmp_path, cache):
    (tmp_path / "data").touch()  # no folder can be made in its place, whoever runs the test
    assert_whole(keep())
    assert len(list(cache.rglob("train_images.npy"))) == 1
    assert_whole(decoded_images.kept(tmp_path / "data", "abc"))


def test_where_nothing_can_be_written_the_reasons_are_reported(keep, tmp_path, cache):
    (tmp_path / "data").touch()
    cache.touch()
    with pytest.raises(Failure) as error:
        keep()
    assert error.value.code == "cache" and str(error.value).count("Not a directory") == 2


@pytest.mark.skipif(decoded_images.fcntl is None, reason="this system has no such locks")
def test_of_two_at_the_same_time_one_writes_and_the_other_waits_for_it(keep, tmp_path, monkeypatch, progress):
    waits, writes = threading.Event(), []
    shown = progress.show
    monkeypatch.setattr(progress, "show", lambda name, *far: waits.set() if name == "wait" else shown(name, *far))

    def slow(place):
        writes.append(place)
        assert waits.wait(60)
        return write(place)

    threads = [threading.Thread(target=keep, kwargs={"write": slow}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(writes) == 1
    assert_whole(decoded_images.kept(tmp_path / "data", "abc"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's account of memory")
def test_mapped_images_are_not_this_process_s_own_memory(tmp_path, progress):
    images = np.zeros((30_000, 32, 32, 3), np.uint8)  # 92 MB

    def large(place):
        decoded_images.write_split(place, "train", [(images, [0] * len(images))])
        decoded_images.write_split(place, "test", [SPLITS["test"]])
        return CLASSES

    def own():
        return int(re.search(r"VmData:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024

    decoded_images.keep(tmp_path, "abc", large, "a*", progress)
    before = own()
    found = decoded_images.kept(tmp_path, "abc")
    assert found[1].sum() == 0, "all of it was looked at"
    assert own() - before < images.nbytes / 10
