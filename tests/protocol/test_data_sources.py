"""What a data folder holds, as the page that offers a training sees it."""

import pytest
import torchvision.datasets

from explorer.protocol import data_sources
from explorer.protocol.data_sources import ARCHIVE_BYTES, bytes_to_fetch
from explorer.training import cifar10, decoded_images
from explorer.training.control import Control
from explorer.training.report import Progress
from tests import official_files


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_the_files_have_the_names_that_torchvision_knows():
    source = torchvision.datasets.CIFAR10
    assert (data_sources.ARCHIVE, data_sources.UNPACKED) == (source.filename, source.base_folder)


def test_what_is_nowhere_has_to_be_fetched_if_it_is_wanted(folder):
    fetched = {dataset: bytes_to_fetch(dataset, folder) for dataset in ("auto", "cifar10", "folder", "synthetic")}
    assert fetched == {"auto": ARCHIVE_BYTES, "cifar10": ARCHIVE_BYTES, "folder": 0, "synthetic": 0}
    assert bytes_to_fetch("auto", folder / "nowhere") == ARCHIVE_BYTES


def test_of_what_has_arrived_only_the_rest(folder):
    (folder / "cifar-10-python.tar.gz.part").write_bytes(bytes(71))
    assert bytes_to_fetch("auto", folder) == ARCHIVE_BYTES - 71


def test_image_folders_are_taken_instead_unless_cifar_10_is_asked_for(folder):
    for split in ("train", "test"):
        (folder / split).mkdir()
    assert (bytes_to_fetch("auto", folder), bytes_to_fetch("cifar10", folder)) == (0, ARCHIVE_BYTES)


@pytest.mark.parametrize("form", ["unpacked", "archive", "kept", "kept elsewhere"])
def test_what_is_there_has_not_to_be_fetched(folder, form, monkeypatch):
    files = official_files.drawn(20, 10)
    archive = official_files.packed(files)
    if form == "archive":
        (folder / official_files.ARCHIVE).write_bytes(archive)
    else:
        official_files.write(folder, files)
    if form.startswith("kept"):
        for name, value in official_files.facts(files, archive, "").items():
            monkeypatch.setattr(torchvision.datasets.CIFAR10, name, value)
        if form == "kept elsewhere":
            (folder / ".decoded").touch()
        cifar10.load(folder, Progress(Control()))
        (folder / official_files.BASE).rename(folder / "away")
        assert bool(list(folder.rglob(decoded_images.ARRAYS[0]))) == (form == "kept")
    assert bytes_to_fetch("auto", folder) == bytes_to_fetch("cifar10", folder) == 0


def test_a_folder_that_cannot_be_looked_into_is_left_to_the_run(folder, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(data_sources.Path, "is_dir", refused)
    assert bytes_to_fetch("auto", folder) == 0
