"""What everybody may read of an error names no folder of this machine, and still helps."""

import os
import sys
from pathlib import Path

import pytest

from explorer.protocol.redact import without_paths

DATA = Path("/srv/photos of Ann")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "ann"))
    monkeypatch.setenv("EXPLORER_RUNS_DIR", "/srv/runs/")
    for name in ("EXPLORER_DATA_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"cannot read {DATA}/1.jpg: Permission denied", "cannot read …/photos of Ann/1.jpg: Permission denied"),
        (str(OSError(28, "No space left", f"{DATA}/it's")), '[Errno 28] No space left: "…/photos of Ann/it\'s"'),
        (f"'{DATA}'", "'…/photos of Ann'"),
        (f"{DATA}-2 is another", f"{DATA}-2 is another"),
        ("cannot write to /srv/runs/abc", "cannot write to EXPLORER_RUNS_DIR/abc"),
        ("cannot write to {home}/.cache/softmax-explorer", "cannot write to ~/.cache/softmax-explorer"),
        ("{home}a is somebody else", "{home}a is somebody else"),
        (f"{sys.prefix}/lib/python3/json.py, line 3", "…/lib/python3/json.py, line 3"),
        ("https://elsewhere.example/cifar-10.tar.gz: 404", "https://elsewhere.example/cifar-10.tar.gz: 404"),
    ],
)  # fmt: skip
def test_folders_have_other_words(text, told, tmp_path):
    home = str(tmp_path / "ann")
    assert without_paths(text.replace("{home}", home), DATA, None) == told.replace("{home}", home)


def test_a_link_to_a_folder_and_the_folder_itself_are_the_same(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "pictures")
    assert without_paths(f"{tmp_path}/pictures/cat.jpg", tmp_path / "link") == "…/link/cat.jpg"


def test_what_is_no_place_of_its_own_is_left(monkeypatch):
    monkeypatch.setenv("HOME", os.sep)
    assert without_paths("cannot read pictures/cat.jpg in /mnt", Path("pictures"), Path("/")) == (
        "cannot read pictures/cat.jpg in /mnt"
    )
