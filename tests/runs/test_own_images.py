"""Images that are brought as a ZIP file: kept small if a training can use them, else refused by what is wrong."""

import io
import os
import shutil
import struct
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from explorer.protocol.errors import OF_OWN_IMAGES
from explorer.runs import own_images, storage, uploads, zipped
from explorer.runs.limits import Limits, Refused
from explorer.runs.registry import Runs
from explorer.shell import texts
from tests.runs.test_opening import packed


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setattr(own_images, "SECONDS", 600.0)  # the machine's speed is not what is tested
    runs = Runs(Limits(folder=tmp_path / "runs", spare=0))
    runs.limits.folder.mkdir()
    yield runs
    runs.close()


@pytest.fixture(scope="module")
def good():
    """Six images of two classes, of several sizes and kinds, in one folder."""
    random, files = np.random.default_rng(0), {}
    for name in ("cat", "lynx"):
        for number, kind in enumerate(["png", "jpeg", "webp", "bmp", "gif", "png"]):
            file = io.BytesIO()
            pixels = random.integers(256, size=(20 + 9 * number, 40, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(file, kind)
            files[f"animals/{name}/{number}.{kind}"] = file.getvalue()
    return files


def refusal(server, file) -> tuple[str, dict]:
    """Return the code and the values of the refusal; nothing of the file may be left, and the sentence is complete."""
    with pytest.raises(Refused) as refused:
        server.uploads.images(file)
    assert list(server.limits.folder.iterdir()) == []
    code, values = refused.value.code, refused.value.values
    assert code in OF_OWN_IMAGES
    for language in texts.LANGUAGES:
        sentence = texts.load(language, "train")(f"images_upload.refused.{code}")
        assert set(texts._Template(sentence).get_identifiers()) <= values.keys(), code
    return code, values


def test_images_are_kept_at_32_pixels_and_what_is_left_out_is_told(server, good):
    extra = {"__MACOSX/animals/._cat": b"?", "animals/.DS_Store": b"?", "animals/notes.txt": b"words", "animals/": b""}
    found = own_images.find(server.uploads.images(packed(good | extra)), server.limits.folder)
    assert found.left_out == {"code": "left-out", "count": 1, "first": "animals/notes.txt"}
    assert (found.classes, found.counts, found.held_out) == (["cat", "lynx"], [6, 6], True)
    assert [images.shape for images in found.examples(4)] == [(4, 32, 32, 3)] * 2
    assert list(server.limits.folder.iterdir()) == [found.folder]
    assert {path.suffix for path in found.folder.iterdir()} == {".npy", ".json"}, "the files themselves are not kept"


def test_names_that_the_training_program_uses_itself_and_deep_folders_are_in_nobodys_way(server, good):
    extra = dict.fromkeys(["about.json", ".decoded", "animals/cat/.x.png", "animals/lynx/._0.png"], b"?")
    extra |= {".git/objects/x.png": b"?", f"animals/cat/{'deep/' * 1200}x.png": good["animals/cat/0.png"]}
    found = own_images.find(server.uploads.images(packed(good | extra)), server.limits.folder)
    assert (found.classes, found.counts) == (["cat", "lynx"], [6, 6])
    assert (found.left_out["count"], found.left_out["first"]) == (2, "about.json"), "and animals/cat/deep/"


def test_what_is_no_id_of_images_finds_none(server, good):
    server.uploads.images(packed(good))
    for id in ("", "x" * 16, "../..", ".images-", "a/b"):
        assert own_images.find(id, server.limits.folder) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_are_read_as_macos_and_chinese_windows_write_them(server, good, encoding):
    files = {name.replace("lynx", "猞猁"): data for name, data in good.items()}
    file = _without_flag(files, encoding)
    found = own_images.find(server.uploads.images(file), server.limits.folder)
    assert found.classes == ["cat", "猞猁"]


def _without_flag(files, encoding):
    """Return a ZIP file whose names are in `encoding`, without a flag that says so."""

    class Unflagged(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):
            return self.filename.encode(encoding), self.flag_bits & ~zipped.UTF8

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in files.items():
            made.writestr(Unflagged(name), data)
    file.seek(0)
    return file


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    "files, code, name",
    [
        ({}, "folder-missing", None),
        ({"cat.png": b"?"}, "folder-missing", None),
        ({"cat/../../x.png": b"?"}, "path", "cat/../../x.png"),
        ({"/cat/x.png": b"?"}, "path", "/cat/x.png"),
        ({f"cat/{'x' * 300}.png": b"?"}, "path", f"cat/{'x' * 76}…"),
        ({"cat": b"?", "cat/x.png": b"?"}, "path", "cat/x.png"),
        ({link("cat/x.png"): b"/etc/passwd"}, "link", "cat/x.png"),
        ({f"{number}/x.png": b"?" for number in range(11)}, "class-count", None),
        ({"cat/x.png": b"?"}, "class-count", None),
        ({"cat/x.txt": b"?", "lynx/x.heic": b"?"}, "class-empty", "cat"),
        ({"cat/x.png": b"?", "lynx/x.png": b"?"}, "class-few", "cat"),
        ({f"train/{c}/{n}.png": b"?" for c in "ab" for n in range(5)} | {"test/a/x.png": b"?"}, "class-names", "'b'"),
    ],
)
def test_what_no_training_can_use_is_refused_by_name(server, files, code, name):
    found, values = refusal(server, packed(files))
    assert (found, values.get("name")) == (code, name)


def test_a_file_that_is_no_image_is_named(server, good):
    broken = good | {"animals/lynx/0.png": b"no image", "animals/lynx/more.png": good["animals/cat/0.png"][:-90]}
    assert refusal(server, packed(broken))[1]["name"].startswith("lynx/")
    alike = good | {name.replace("cat", "Lynx"): data for name, data in good.items()}
    assert refusal(server, packed(alike))[1]["name"] == "Lynx, lynx"


def test_no_zip_file_a_locked_one_a_bomb_and_too_many_images_are_refused(server, good, monkeypatch):
    assert refusal(server, io.BytesIO(b"GIF89a"))[0] == "zip"
    whole = bytearray(packed(good).getvalue())
    at = whole.index(b"PK\x01\x02")
    struct.pack_into("<H", whole, at + 8, 1)  # the flag of an encrypted entry
    assert refusal(server, io.BytesIO(whole))[0] == "encrypted"
    bomb = packed({"cat/x.png": bytes(uploads.UNPACKED * server.limits.upload + 1)})
    assert refusal(server, bomb)[0] == "large"
    assert refusal(server, packed(good, zipfile.ZIP_BZIP2))[0] == "compression"
    monkeypatch.setattr(own_images, "MOST_OWN", 11)
    assert refusal(server, packed(good)) == ("images", {"most": 11})


def test_what_takes_too_long_to_decode_is_ended(server, good, monkeypatch):
    monkeypatch.setattr(own_images, "SECONDS", 0.0)
    assert refusal(server, packed(good)) == ("slow", {"seconds": 0})


def test_images_are_removed_after_some_hours_or_as_soon_as_runs_are(server, good):
    home = server.limits.folder
    folder = own_images.find(server.uploads.images(packed(good)), home).folder
    old = time.time() - storage.KEPT[storage.OWN_IMAGES] + 60
    os.utime(folder, (old, old))
    server.make_room()
    assert folder.is_dir()
    os.utime(folder, (old - 120, old - 120))
    server.make_room()
    assert not folder.exists()
    folder = own_images.find(server.uploads.images(packed(good)), home).folder
    object.__setattr__(server.limits, "keep_hours", 1.0)
    never_began = home / ("x" * 16)
    never_began.mkdir()
    (never_began / "log.txt").touch()
    shutil.copytree(folder, never_began / "images")
    for path in (*never_began.iterdir(), never_began):
        os.utime(path, (time.time() - 3700,) * 2)
    os.utime(folder, (time.time() - 3700,) * 2)
    server.make_room()
    assert not folder.exists() and not never_began.exists()


def test_images_stay_while_a_run_waits_for_its_turn_on_them(server, good):
    images = own_images.find(server.uploads.images(packed(good)), server.limits.folder)
    settings = {"dataset": "folder", "data_dir": images.folder, "model": "softmax", "epochs": 1}
    first, secret = server.start(settings | {"epochs": 100_000}, "somebody else", lambda: True)
    second, mine = server.start(settings, "me", lambda: True)
    assert second.queue_position == 1
    object.__setattr__(server.limits, "disk", 1.0)
    os.utime(images.folder, (time.time() - 2 * storage.KEPT[storage.OWN_IMAGES],) * 2)
    with pytest.raises(Refused):
        server.make_room()
    assert images.folder.is_dir()
    server.command(second, mine, "stop")
    with pytest.raises(Refused):
        server.make_room()
    assert not images.folder.exists()
    server.command(first, secret, "stop")


def test_a_folder_that_goes_while_the_disk_is_looked_at_is_passed_over(server, monkeypatch):
    listed, gone = storage._inside, [server.limits.folder / f"{storage.HALF_OPENED}x"]
    monkeypatch.setattr(storage, "_inside", lambda folder: [gone.pop()] if gone else listed(folder))
    server.make_room()
    assert not gone


def test_a_run_has_a_copy_of_its_own_which_goes_with_it_and_is_in_no_download(server, good, monkeypatch):
    from explorer.runs import archive

    images = own_images.find(server.uploads.images(packed(good)), server.limits.folder)
    settings = {"dataset": "folder", "data_dir": images.folder, "model": "softmax", "epochs": 2, "max_seconds": 60.0}
    run, _ = server.start(settings, "me", lambda: True)
    while not run.over():
        time.sleep(0.1)
    assert run.state() == "finished" and run.has_own_images and run.folder.started["classes"] == ["cat", "lynx"]
    assert images.folder.is_dir(), "for another run"
    with archive.pack(run.folder.path) as file:
        names = {name.partition("/")[2] for name in zipfile.ZipFile(file).namelist()}
        assert "test_images.npy" in names and not any(name.startswith("images/") for name in names)
        opened = server.find(server.uploads.open(file))
    assert not opened.has_own_images and opened.folder.sample_logits(2)["logits"].shape == (2, 2)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_refusal_has_a_sentence(language):
    table = texts.load(language, "train").table("images_upload.refused")
    assert table.keys() - {"network", "proxy", "cancelled", "unreadable", "other"} == OF_OWN_IMAGES
