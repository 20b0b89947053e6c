"""The official files, small ones of the same format, from a server that behaves as badly as real ones do."""

import hashlib
import http.server
import io
import pickle
import resource
import signal
import tarfile
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
import torchvision.datasets

from explorer.protocol import options, recipes
from explorer.protocol.errors import Failure, Stopped
from explorer.runs import results
from explorer.training import cifar10, datasets

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class Explosive:
    """Unpickling it is an error: nothing whose checksum is wrong may get so far."""

    def __reduce__(self):
        return (pytest.fail, ("unpickled before it was checked",))


def batch(seed, count):
    random = np.random.default_rng(seed)
    data = random.integers(0, 256, (count, 3072), dtype=np.uint8)
    return {"data": data, "labels": random.permutation(np.arange(count) % 10).tolist()}


def packed(files, base):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{base}/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return memory.getvalue()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` with ranges. The next answers can each be spoilt by a function put into `spoil`."""

    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.spoil, self.ranges = content, [], []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        if self.server.spoil:
            self.server.spoil.pop(0)(self)
        elif wanted:
            self.part(int(wanted.removeprefix("bytes=").removesuffix("-")))
        else:
            self.answer(200, self.server.content)

    def part(self, start):
        size = len(self.server.content)
        if start >= size:
            self.answer(416, b"", {"Content-Range": f"bytes */{size}"})
        else:
            self.answer(206, self.server.content[start:], {"Content-Range": f"bytes {start}-{size - 1}/{size}"})

    def answer(self, status, body, headers=None, kind="application/gzip", cut=None):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def files():
    """The official files' names, each with a small content: 20 training pictures a batch, and 10 for the test."""
    source = torchvision.datasets.CIFAR10
    contents = {name: pickle.dumps(batch(seed, 20)) for seed, (name, _) in enumerate(source.train_list)}
    contents |= {name: pickle.dumps(batch(9, 10)) for name, _ in source.test_list}
    return contents | {source.meta["filename"]: pickle.dumps({"label_names": NAMES})}


@pytest.fixture
def server(files):
    with Server(packed(files, torchvision.datasets.CIFAR10.base_folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def source(files, server, monkeypatch):
    """torchvision's own class, which believes in these small files and that server."""
    monkeypatch.setattr(cifar10, "PAUSE", 0.0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    real = torchvision.datasets.CIFAR10
    believed = {
        "url": f"http://127.0.0.1:{server.server_port}/{real.filename}",
        "tgz_md5": md5(server.content),
        "train_list": [[name, md5(files[name])] for name, _ in real.train_list],
        "test_list": [[name, md5(files[name])] for name, _ in real.test_list],
        "meta": real.meta | {"md5": md5(files[real.meta["filename"]])},
    }
    for name, value in believed.items():
        monkeypatch.setattr(real, name, value)
    return real


def cut_at(count):
    return lambda handler: handler.answer(200, handler.server.content, cut=count)


def failure(folder, progress):
    with pytest.raises(Failure) as error:
        cifar10.load(folder, progress)
    return error.value


def test_it_downloads_unpacks_and_reads_every_picture(source, files, tmp_path, progress, capfd):
    classes, train_images, train_labels, test_images, test_labels = cifar10.load(tmp_path, progress)
    assert list(classes) == NAMES
    assert (train_images.shape, test_images.shape) == ((100, 32, 32, 3), (10, 32, 32, 3))
    batches = [pickle.loads(files[name]) for name, _ in source.train_list]
    assert train_labels.tolist() == [label for one in batches for label in one["labels"]]
    # A row of a file is the red plane, then the green, then the blue.
    assert np.array_equal(train_images[20], batches[1]["data"][0].reshape(3, 32, 32).transpose(1, 2, 0))
    assert test_labels.tolist() == batch(9, 10)["labels"]
    assert '{"progress": "download"' in capfd.readouterr().err


def test_the_test_pictures_are_kept_where_the_server_finds_them_without_a_pickle(source, tmp_path, progress):
    *_, images, labels = cifar10.load(tmp_path, progress)
    kept = list(results.decoded(tmp_path))
    assert len(kept) == 1
    assert np.array_equal(kept[0][0], images) and np.array_equal(kept[0][1], labels)
    cifar10.load(tmp_path, progress)
    assert len(list((tmp_path / ".decoded").iterdir())) == 1


def test_what_is_there_is_not_downloaded_again(source, server, tmp_path, progress):
    cifar10.load(tmp_path, progress)
    cifar10.load(tmp_path, progress)
    assert server.ranges == [None]


def test_a_cut_connection_is_taken_up_where_it_ended(source, server, tmp_path, progress):
    server.spoil = [cut_at(1000)]
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert server.ranges == [None, "bytes=1000-"]


def test_a_later_run_goes_on_with_what_an_earlier_one_got(source, server, tmp_path, progress):
    (tmp_path / (source.filename + ".part")).write_bytes(server.content[:5000])
    cifar10.load(tmp_path, progress)
    assert server.ranges == ["bytes=5000-"]


def test_a_complete_part_needs_no_more_bytes(source, server, tmp_path, progress):
    (tmp_path / (source.filename + ".part")).write_bytes(server.content)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100


def test_a_server_without_ranges_starts_over(source, server, tmp_path, progress):
    (tmp_path / (source.filename + ".part")).write_bytes(b"x" * 5000)
    server.spoil = [lambda handler: handler.answer(200, server.content)]
    assert len(cifar10.load(tmp_path, progress)[1]) == 100


def test_three_tries_are_enough(source, server, tmp_path, progress):
    server.spoil = [cut_at(0)] * 3
    assert failure(tmp_path, progress).code == "download"
    assert len(server.ranges) == 3


def trickle(pieces, pause):
    """Return what sends the content in so many pieces, with a pause after each."""

    def answer(handler):
        content = handler.server.content
        handler.answer(200, content, cut=0)
        for piece in range(pieces):
            with suppress(OSError):  # whoever asked has gone
                handler.wfile.write(content[piece * len(content) // pieces : (piece + 1) * len(content) // pieces])
            time.sleep(pause)

    return answer


def half_of_it(handler):
    """Send half of the content, and nothing more until somebody asks again."""
    content = handler.server.content
    handler.answer(200, content, cut=len(content) // 2)
    until = time.monotonic() + 60
    while len(handler.server.ranges) < 2 and time.monotonic() < until:
        time.sleep(0.01)


def test_a_server_that_falls_silent_is_asked_again_for_the_rest(source, server, tmp_path, progress, monkeypatch):
    monkeypatch.setattr(cifar10, "TIMEOUT", 2.0)
    server.spoil = [half_of_it]
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    assert server.ranges == [None, f"bytes={len(server.content) // 2}-"]


def test_a_slow_server_is_waited_for_with_its_progress_and_the_wait_can_be_stopped(
    source, server, tmp_path, progress, control, monkeypatch
):
    monkeypatch.setattr(cifar10, "TIMEOUT", 1.0)
    monkeypatch.setattr(cifar10, "BLOCK", 1000)
    server.spoil = [trickle(12, 0.1), trickle(12, 0.1)]
    shown = []
    monkeypatch.setattr(progress, "show", lambda name, done, total: shown.append((name, done, total)))
    assert len(cifar10.load(tmp_path, progress)[1]) == 100
    downloads = [(done, total) for name, done, total in shown if name == "download"]
    assert server.ranges == [None], "slower than the patience with a silent one, in one go"
    assert len(downloads) > 5 and downloads == sorted(downloads) and downloads[-1] == (len(server.content),) * 2
    other = tmp_path / "other"
    monkeypatch.setattr(progress, "show", lambda name, done, total: done < 2000 or control.stop())
    with pytest.raises(Stopped):
        cifar10.load(other, progress)
    assert (other / (source.filename + ".part")).stat().st_size >= 2000, "what has arrived is kept"


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


def test_an_error_of_the_server_is_told(source, server, tmp_path, progress):
    server.spoil = [lambda handler: handler.answer(503, b"")] * 3
    error = failure(tmp_path, progress)
    assert error.code == "download" and "503" in str(error)


def test_a_web_page_instead_of_the_archive_is_told_at_once(source, server, tmp_path, progress):
    server.spoil = [lambda handler: handler.answer(200, b"<html>Please log in</html>", kind="text/html; charset=utf-8")]
    error = failure(tmp_path, progress)
    assert error.code == "download-page" and source.url in str(error)
    assert len(server.ranges) == 1
    assert not (tmp_path / (source.filename + ".part")).exists()


def test_an_archive_with_a_wrong_checksum_is_refused_and_removed(source, server, files, tmp_path, progress):
    server.content = packed({"data_batch_1": pickle.dumps(Explosive())}, source.base_folder)
    assert failure(tmp_path, progress).code == "checksum"
    assert [path.name for path in tmp_path.iterdir()] == [source.filename + ".lock"]
    server.content = packed(files, source.base_folder)
    assert len(cifar10.load(tmp_path, progress)[1]) == 100, "the next run can have it"


def test_a_batch_with_a_wrong_checksum_is_refused_before_it_is_unpickled(source, server, files, tmp_path, progress):
    server.content = packed(files | {"data_batch_3": pickle.dumps(Explosive())}, source.base_folder)
    source.tgz_md5 = md5(server.content)
    error = failure(tmp_path, progress)
    assert error.code == "checksum" and "data_batch_3" in str(error)


def test_a_changed_file_is_replaced_not_unpickled(source, server, tmp_path, progress):
    cifar10.load(tmp_path, progress)
    (tmp_path / source.base_folder / "test_batch").write_bytes(pickle.dumps(Explosive()))
    assert len(cifar10.load(tmp_path, progress)[3]) == 10
    assert server.ranges == [None], "the archive was still there"


def test_two_at_the_same_time_download_once(source, server, tmp_path, progress):
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


def test_a_download_can_be_stopped(source, tmp_path, progress, control):
    control.stop()
    with pytest.raises(Stopped):
        cifar10.load(tmp_path, progress)


def test_a_folder_that_cannot_be_written_is_told(source, tmp_path, progress):
    (tmp_path / "file").touch()
    assert failure(tmp_path / "file" / "data", progress).code == "data-dir"


def settings(folder, *arguments):
    return recipes.complete(options.parse(["--data-dir", str(folder), *arguments]))


def test_auto_takes_the_official_files_where_they_can_be_had(source, tmp_path, progress):
    dataset = datasets.load(settings(tmp_path), progress)
    assert (dataset.kind, dataset.notice) == ("cifar10", None)


def test_auto_takes_image_folders_where_they_are(source, server, folder, progress):
    dataset = datasets.load(settings(folder), progress)
    assert (dataset.kind, dataset.notice, server.ranges) == ("folder", None, [])


def test_auto_draws_shapes_and_says_why_where_there_is_no_network(source, server, tmp_path, progress):
    server.spoil = [cut_at(0)] * 3
    dataset = datasets.load(settings(tmp_path), progress)
    assert (dataset.kind, len(dataset.train_labels)) == ("synthetic", 10_000)
    assert (dataset.notice["code"], dataset.notice["reason"]) == ("synthetic-instead", "download")
    assert source.url in dataset.notice["message"]


def test_cifar10_itself_never_draws_shapes(source, server, tmp_path, progress):
    server.spoil = [cut_at(0)] * 3
    with pytest.raises(Failure):
        datasets.load(settings(tmp_path, "--dataset", "cifar10"), progress)
