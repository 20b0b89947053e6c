"""Files that are written whole, or not at all."""

from pathlib import Path

import pytest

from explorer.protocol.safe_files import write_whole


def test_a_file_is_replaced_and_has_the_time_that_is_asked_for(tmp_path):
    for text, at in (("one", 5.0), ("é, two", 0.0)):
        write_whole(tmp_path / "file", text, at)
        assert (tmp_path / "file").read_text("utf-8") == text and (tmp_path / "file").stat().st_mtime == at
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_where_it_cannot_be_written_the_former_one_stays_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", "former")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["former"]
