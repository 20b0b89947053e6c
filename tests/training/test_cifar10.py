"""The official files, small ones of the same format: fetched, checked, decoded once, and from then on only mapped."""

import gc
import os
import pickle
import resource
import signal
import threading
import tracemalloc

import numpy as np
import pytest
import torchvision.datasets

from explorer.protocol import options, recipes
from explorer.protocol.data_sources import ABOUT, OFFICIAL
from explorer.protocol.errors import Failure
from explorer.runs import results
from explorer.training import cifar10, datasets, decoded_images, download
from tests import official_files

ARCHIVE, PART = official_files.ARCHIVE, official_files.ARCHIVE + ".part"


class Explosive:
    """Unpickling it is an error: nothing whose checksum is wrong may get so far."""

    def __reduce__(self):
        return (pytest.fail, ("unpickled before it was checked",))


@pytest.fixture(scope="module")
def files():
    """The official files' names, each with a small content: 20 training images a batch, and 10 for the test."""
    return official_files.drawn(100, 10)


@pytest.fixture
def server(files):
    with official_files.served(official_files.packed(files)) as server:
        yield server


@pytest.fixture
def source(files, server, monkeypatch):
    """torchvision's own class, which believes in these small files and that server."""
    monkeypatch.setattr(download, "PAUSES", (0,) * 3)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    real = torchvision.datasets.CIFAR10
    for name, value in official_files.facts(files, server.content, server.url).items():
        monkeypatch.setattr(real, name, value)
    return real


def failure(folder, progress):
    with pytest.raises(Failure) as error:
        cifar10.load(folder, progress)
    return error.value


def left(folder):
    """Return what lies in a data folder and is no lock."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def contents(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_it_fetches_unpacks_and_reads_every_image(source, files, tmp_path, progress, capfd):
    classes, images, labels, test_images, test_labels = cifar10.load(tmp_path, progress)
    assert list(classes) == official_files.CLASSES
    assert (images.shape, test_images.shape) == ((100, 32, 32, 3), (10, 32, 32, 3))
    batches = [pickle.loads(files[name], encoding="latin1") for name, _ in source.train_list]
    assert labels.tolist() == [label for one in batches for label in one["labels"]]
    # A row of a file is the red plane, then the green, then the blue.
    assert np.array_equal(images[20], batches[1]["data"][0].reshape(3, 32, 32).transpose(1, 2, 0))
    assert test_labels.tolist() == pickle.loads(files["test_batch"], encoding="latin1")["labels"]
    assert '{"progress": "download"' in capfd.readouterr().err


def test_they_are_those_that_torchvision_reads(source, files, tmp_path, progress):
    official_files.write(tmp_path, files)
    classes, images, labels, *test = cifar10.load(tmp_path, progress)
    for found, (ours, of_ours) in ((source(tmp_path), (images, labels)), (source(tmp_path, train=False), test)):
        assert np.array_equal(found.data, ours) and found.targets == of_ours.tolist()
        assert found.classes == list(classes)


def test_the_server_finds_the_test_images_without_a_pickle(source, tmp_path, progress):
    *_, images, labels = cifar10.load(tmp_path, progress)
    (kept,) = results.decoded(tmp_path)
    assert np.array_equal(np.load(kept / "test_images.npy"), images)
    assert np.array_equal(np.load(kept / "test_labels.npy"), labels)


def test_nothing_stays_but_the_decoded_images(source, tmp_path, progress):
    cifar10.load(tmp_path, progress)
    assert left(tmp_path) == [".decoded"]
    kept = (tmp_path / ".decoded").glob("[!.]*")
    assert {path.name for place in kept for path in place.iterdir()} == {*decoded_images.ARRAYS, ABOUT}


def test_a_later_start_neither_fetches_nor_unpickles_anything(source, server, tmp_path, progress, monkeypatch):
    first = cifar10.load(tmp_path, progress)
    monkeypatch.setattr(cifar10, "pickle", None)
    again = cifar10.load(tmp_path, progress)
    assert all(map(np.array_equal, again, first))
    assert server.ranges == [None]


def test_damaged_images_are_made_again(source, server, tmp_path, progress):
    whole = [np.array(array) for array in cifar10.load(tmp_path, progress)]
    os.truncate(tmp_path / ".decoded" / OFFICIAL / "train_images.npy", 1000)
    assert cifar10.load_decoded(tmp_path) is None
    assert all(map(np.array_equal, cifar10.load(tmp_path, progress), whole))
    assert server.ranges == [None, None]


def test_what_an_earlier_version_kept_of_them_is_removed(source, tmp_path, progress):
    (tmp_path / ".decoded" / "official-test").mkdir(parents=True)
    cifar10.load(tmp_path, progress)
    assert [path.name for path in (tmp_path / ".decoded").glob("[!.]*")] == [OFFICIAL]


@pytest.mark.parametrize("form", ["unpacked", "archive", "both"])
def test_files_that_somebody_has_put_there_are_read_and_stay(source, server, files, tmp_path, progress, form):
    if form != "archive":
        official_files.write(tmp_path, files)
    if form != "unpacked":
        (tmp_path / ARCHIVE).write_bytes(server.content)
    before = contents(tmp_path)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert contents(tmp_path).items() >= before.items()
    assert server.ranges == [] and not (tmp_path / PART).exists()


def test_files_of_a_folder_that_cannot_be_written_to_are_kept_elsewhere(
    source, server, files, tmp_path, progress, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "data"
    official_files.write(folder, files)
    (folder / ".decoded").touch()  # no folder can be made in its place, whoever runs the test
    assert len(cifar10.load(folder, progress)[1]) == 100
    assert left(folder) == [".decoded", official_files.BASE] and server.ranges == []
    assert len(cifar10.load_decoded(folder)[1]) == 100


@pytest.mark.parametrize("form", ["unpacked", "archive"])
def test_files_with_a_wrong_checksum_are_passed_over_and_stay(source, server, files, tmp_path, progress, form):
    if form == "unpacked":
        official_files.write(tmp_path, files | {"test_batch": pickle.dumps(Explosive())})
    else:
        (tmp_path / ARCHIVE).write_bytes(official_files.packed({"data_batch_1": pickle.dumps(Explosive())}))
    before = contents(tmp_path)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert contents(tmp_path).items() >= before.items()
    assert server.ranges == [None]


def test_a_later_run_goes_on_with_what_an_earlier_one_got(source, server, tmp_path, progress):
    (tmp_path / PART).write_bytes(server.content[:5000])
    cifar10.load(tmp_path, progress)
    assert server.ranges == ["bytes=5000-"]


def test_a_complete_part_needs_no_server(source, server, tmp_path, progress):
    (tmp_path / PART).write_bytes(server.content)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert server.ranges == [] and left(tmp_path) == [".decoded"]


def test_what_was_fetched_is_not_lost_where_its_images_cannot_be_kept(source, server, tmp_path, progress, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for file in (tmp_path / "cache", tmp_path / ".decoded"):
        file.touch()
    assert failure(tmp_path, progress).code == "cache"
    (tmp_path / ".decoded").unlink()
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert server.ranges == [None]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit on the size of files")
def test_a_full_disk_is_not_taken_for_a_failing_network(source, server, tmp_path, progress):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        error = failure(tmp_path, progress)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.code == "data-dir" and "File too large" in str(error)
    assert len(server.ranges) == 1
    assert len(cifar10.load(tmp_path, progress)[1]) == 100, "the next run goes on with what has arrived"


def test_an_archive_with_a_wrong_checksum_is_refused_and_removed(source, server, files, tmp_path, progress):
    server.content = official_files.packed({"data_batch_1": pickle.dumps(Explosive())})
    assert failure(tmp_path, progress).code == "checksum"
    assert left(tmp_path) == []
    server.content = official_files.packed(files)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100, "the next run can have it"


def test_a_batch_with_a_wrong_checksum_is_refused_before_it_is_unpickled(source, server, files, tmp_path, progress):
    server.content = official_files.packed(files | {"data_batch_3": pickle.dumps(Explosive())})
    source.tgz_md5 = official_files.md5(server.content)
    error = failure(tmp_path, progress)
    assert error.code == "checksum" and "data_batch_3" in str(error)
    assert not list(tmp_path.rglob("*.npy")) and not list(tmp_path.rglob("data_batch_*"))


def test_an_archive_that_lacks_a_file_is_reported(source, server, files, tmp_path, progress):
    server.content = official_files.packed({name: files[name] for name in files if name != "data_batch_2"})
    source.tgz_md5 = official_files.md5(server.content)
    error = failure(tmp_path, progress)
    assert error.code == "archive" and "data_batch_2" in str(error)


def test_two_at_the_same_time_fetch_once(source, server, tmp_path, progress):
    loaded = []
    threads = [
        threading.Thread(target=lambda: loaded.append(cifar10.load(tmp_path, progress)), daemon=True) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(loaded) == 2
    assert server.ranges == [None]


def test_a_folder_that_cannot_be_written_is_reported(source, tmp_path, progress):
    (tmp_path / "file").touch()
    assert failure(tmp_path / "file" / "data", progress).code == "data-dir"


@pytest.mark.parametrize("form", ["unpacked", "archive"])
def test_the_images_are_never_in_memory_of_its_own(tmp_path, progress, monkeypatch, form):
    """A batch is, while it is decoded, and then none: two copies of all would be twice six of them."""
    files = official_files.drawn(10_000, 2_000)
    size = 2_000 * 32 * 32 * 3
    archive = official_files.packed(files)
    for name, value in official_files.facts(files, archive, "").items():
        monkeypatch.setattr(torchvision.datasets.CIFAR10, name, value)
    if form == "unpacked":
        official_files.write(tmp_path, files)
    else:
        (tmp_path / ARCHIVE).write_bytes(archive)
    del files, archive
    tracemalloc.start()
    try:
        for work in ("decodes", "maps"):
            gc.collect()
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            found = cifar10.load(tmp_path, progress)
            after, peak = tracemalloc.get_traced_memory()
            # Python unpickles the pixels as a text, which is encoded and then copied into an array.
            assert peak - before < (4.5 if work == "decodes" else 0.5) * size, work
            assert after - before < 0.5 * size, work
            assert isinstance(found[1], np.memmap) and not found[1].flags.writeable
    finally:
        tracemalloc.stop()


def settings(folder, *arguments):
    return recipes.complete(options.parse(["--data-dir", str(folder), *arguments]))


def test_auto_takes_the_official_files_where_they_can_be_found(source, tmp_path, progress):
    dataset = datasets.load(settings(tmp_path), progress)
    assert (dataset.kind, dataset.notice) == ("cifar10", None)


def test_auto_takes_image_folders_where_they_are(source, server, folder, progress):
    dataset = datasets.load(settings(folder), progress)
    assert (dataset.kind, dataset.notice, server.ranges) == ("folder", None, [])


def test_auto_draws_shapes_and_says_why_where_there_is_no_network(source, server, tmp_path, progress):
    server.spoil = [lambda handler: handler.answer(503, b"")] * 4
    dataset = datasets.load(settings(tmp_path), progress)
    assert (dataset.kind, len(dataset.train_labels)) == ("synthetic", 10_000)
    assert (dataset.notice["code"], dataset.notice["reason"]) == ("synthetic-instead", "download")
    assert source.url in dataset.notice["message"]


def test_cifar10_itself_never_draws_shapes(source, server, tmp_path, progress):
    server.spoil = [lambda handler: handler.answer(503, b"")] * 4
    with pytest.raises(Failure):
        datasets.load(settings(tmp_path, "--dataset", "cifar10"), progress)
