"""A run that is brought as a ZIP file: opened like any other if it is one, else refused by what is wrong with it."""

import io
import json
import os
import pickle
import shutil
import stat
import struct
import time
import zipfile

import numpy as np
import pytest

from explorer.protocol.errors import OF_AN_UPLOAD
from explorer.protocol.ownership import hashed
from explorer.runs import archive, opening, recorded, uploads, zipped
from explorer.runs.limits import Limits, Refused
from explorer.runs.registry import Runs
from explorer.runs.results import Results
from explorer.runs.storage import HALF_OPENED
from explorer.shell import texts

RECORDED = recorded.FOLDER / "synthetic"


def npy(array, pickled=False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=pickled)
    return file.getvalue()


@pytest.fixture(scope="module")
def good():
    """The files of a run, by their names in its folder."""
    with zipfile.ZipFile(archive.pack(RECORDED)) as packed:
        return {name.removeprefix("synthetic/"): packed.read(name) for name in packed.namelist()}


@pytest.fixture
def server(tmp_path):
    """The runs of a server with nothing set, in a folder of this test's own."""
    runs = Runs(Limits(folder=tmp_path / "runs", spare=0), ("/no/such/program",))
    runs.limits.folder.mkdir()
    yield runs
    runs.close()


def packed(files: dict[str, bytes], kind=zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """Return a ZIP file; a name may be a ZipInfo, and a name may come twice, as a list of pairs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as made:
        for name, data in files.items() if isinstance(files, dict) else files:
            made.writestr(name, data)
    file.seek(0)
    return file


def refusal(server, file) -> tuple[str, str]:
    """Return the code of the refusal and the name in it; nothing of the file may be left."""
    with pytest.raises(Refused) as refused:
        server.uploads.open(file)
    assert list(server.limits.folder.iterdir()) == []
    code, values = refused.value.code, refused.value.values
    for language in texts.LANGUAGES:  # each placeholder in the sentence for it is filled in
        placeholders = texts._Template(texts.load(language, "results")(f"run_upload.refused.{code}")).get_identifiers()
        assert set(placeholders) <= values.keys(), code
    return code, values.get("name", "")


def test_what_a_run_page_saves_is_opened_and_is_the_same_run(server, good):
    run = server.find(server.uploads.open(archive.pack(RECORDED)))
    assert run.over() and run.state() == "finished"
    assert {file.relative_to(run.folder.path).as_posix() for file in run.folder.path.rglob("*") if file.is_file()} == {
        *good,
        "log.txt",
    }
    assert all((run.folder.path / name).read_bytes() == data for name, data in good.items())
    opened, original = Results(run.folder.path), Results(RECORDED)
    assert opened.evaluations() == original.evaluations()
    assert np.array_equal(opened.logits(6), original.logits(6))
    some = np.arange(0, 2000, 50)
    assert np.array_equal(opened.images[some], original.images[some])  # the shapes, drawn again
    assert not run.owned_by("") and not run.resumable


def test_a_run_shows_its_photographs_where_the_data_are_and_its_numbers_where_they_are_not(
    server, good, tmp_path, monkeypatch
):
    images = np.random.default_rng(0).integers(0, 256, (30, 32, 32, 3), np.uint8)
    labels = np.arange(30) % 10
    config = json.dumps(json.loads(good["config.json"]) | {"dataset": "cifar10"}).encode()
    files = {"config.json": config, "events.jsonl": good["events.jsonl"], "test_labels.npy": npy(labels)}
    files |= {"sample_index.npy": npy(np.arange(20)), "sample_images.npy": npy(images[:20])}
    files |= {"test_logits/0000.npy": npy(np.zeros((30, 10), np.float32))}
    monkeypatch.setenv("EXPLORER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = server.limits.folder / server.uploads.open(packed(files))
    assert Results(folder).images is None
    decoded = tmp_path / "data" / ".decoded" / "official"
    decoded.mkdir(parents=True)
    np.save(decoded / "test_images.npy", images)
    np.save(decoded / "test_labels.npy", labels)
    (decoded / "about.json").write_text("{}")
    assert np.array_equal(Results(folder).images[np.arange(30)], images)


def test_what_belongs_to_no_run_but_comes_with_one_is_left_where_it_is(server, good):
    around = {f"my run/{name}": data for name, data in good.items()}
    around |= {
        "my run/": b"",
        "my run/snapshots/0003.npy": b"x",
        "my run/checkpoint.pt": b"x",
        "my run/owner": hashed("mine").hex().encode(),
        "my run/log.txt": b"/home",
    }
    around |= {"__MACOSX/my run/._config.json": b"x", "my run/.DS_Store": b"x", "Thumbs.db": b"x"}
    around |= {"my run/fingerprints.npy": npy(np.zeros((2000, 12), np.float16))}
    folder = server.limits.folder / server.uploads.open(packed(around))
    assert not (folder / "snapshots").exists() and not (folder / "checkpoint.pt").exists()
    assert not (folder / "owner").exists()
    assert (folder / "log.txt").read_bytes() == b""
    assert (folder / "fingerprints.npy").is_file()
    without = server.uploads.open(packed(good, zipfile.ZIP_STORED))
    assert (server.limits.folder / without / "config.json").is_file()


def test_half_a_line_of_a_run_that_was_packed_while_it_trained_does_not_matter(server, good):
    events = b"".join(good["events.jsonl"].splitlines(keepends=True)[:-1]) + b'{"event": "st'
    run = server.find(server.uploads.open(packed(good | {"events.jsonl": events})))
    assert run.state() == "interrupted" and run.folder.step > 0


def test_an_opened_run_is_kept_and_removed_like_one_that_was_trained_here(server, good, tmp_path):
    old = (RECORDED / "events.jsonl").stat().st_mtime
    first, second = (server.uploads.open(packed(good)) for _ in range(2))
    assert len(first) == 16 and first != second
    assert time.time() - 300 < (server.limits.folder / first / "events.jsonl").stat().st_mtime != old
    assert server.find(second)  # somebody looks at it
    object.__setattr__(server.limits, "disk", 2_000_000)
    server.make_room()
    assert {path.name for path in server.limits.folder.iterdir()} == {second}
    object.__setattr__(server.limits, "disk", None)
    object.__setattr__(server.limits, "keep_hours", 1.0)
    assert server.find(second)
    past = time.time() - 3700
    os.utime(server.limits.folder / second / "events.jsonl", (past, past))
    server.make_room()
    assert list(server.limits.folder.iterdir()) == []


def test_where_all_that_is_kept_is_in_use_nothing_is_opened(server, good):
    watched = server.find(server.uploads.open(packed(good)))
    object.__setattr__(server.limits, "disk", 1_500_000)
    with pytest.raises(Refused, match="disk"):
        server.uploads.open(packed(good))
    assert [path.name for path in server.limits.folder.iterdir()] == [watched.id]


def test_what_a_server_that_was_killed_has_left_half_opened_is_removed_and_is_no_run(server):
    fresh, old = (server.limits.folder / f"{HALF_OPENED}{name}" for name in ("fresh", "oldest"))
    for folder in (fresh, old):
        shutil.copytree(RECORDED, folder)
    os.utime(fresh)
    os.utime(old, (0, 0))
    assert server.find(fresh.name) is None
    server.make_room()
    assert fresh.exists() and not old.exists()


def entry(name, mode=0, **attributes):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../escaped.json",
        "run/../../escaped.json",
        "/etc/escaped",
        "a/./config.json",
        "a//config.json",
        "..\\escaped",
        "landscapes\\x.json",
        "C:/escaped",
        "c:escaped",
        "/",
        "../",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(server, good, name, tmp_path):
    code, named = refusal(server, packed(good | {name: b"{}"}))
    assert (code, named) == ("path", name)
    assert not list(tmp_path.rglob("escaped*"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_a_device_is_refused(server, good, kind):
    files = [*good.items(), (entry("landscapes/x.json", kind | 0o777), b"/etc/passwd")]
    assert refusal(server, packed(files)) == ("link", "landscapes/x.json")


def test_what_is_encrypted_is_refused(server, good):
    file = packed(good).getvalue()
    at = file.rindex(b"PK\x01\x02")  # the last entry in the list
    flags = struct.unpack_from("<H", file, at + 8)[0] | 1
    changed = bytearray(file)
    struct.pack_into("<H", changed, at + 8, flags)
    assert refusal(server, io.BytesIO(changed)) == ("encrypted", list(good)[-1])


def test_an_unusual_compression_is_refused(server, good):
    assert refusal(server, packed(good, zipfile.ZIP_LZMA)) == ("compression", next(iter(good)))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(server, good):
    assert refusal(server, packed([*good.items(), ("config.json", b"{}")])) == ("twice", "config.json")


@pytest.mark.parametrize(
    "name", ["notes.txt", "app.py", "other/config.json", "test_logits/x.npy", "landscapes/a/b.json"]
)
def test_what_is_no_file_of_a_run_is_refused(server, good, name):
    assert refusal(server, packed(good | {name: b"{}"})) == ("unknown", name)


@pytest.mark.parametrize("name", opening.NEEDED)
def test_a_run_without_what_every_run_has_is_refused(server, good, name):
    assert refusal(server, packed({other: good[other] for other in good if other != name})) == ("missing", name)


@pytest.mark.parametrize("data", [b"", b"x" * 1000, b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_file_is_refused(server, data):
    assert refusal(server, io.BytesIO(data))[0] in ("zip", "missing")


def test_a_zip_file_that_is_cut_or_damaged_is_refused(server, good):
    whole = packed(good).getvalue()
    for cut in (10, len(whole) // 2, len(whole) - 1):
        assert refusal(server, io.BytesIO(whole[:cut])) == ("zip", "")
    damaged = bytearray(packed(good, zipfile.ZIP_STORED).getvalue())
    damaged[damaged.index(good["weights.pt"]) + 1000] ^= 1
    assert refusal(server, io.BytesIO(damaged)) == ("damaged", "weights.pt")


def test_bytes_that_are_changed_anywhere_are_refused_or_harmless(server, good):
    few = {name: good[name] for name in (*opening.NEEDED, "test_logits/0006.npy", "sample_index.npy")}
    whole = packed(few).getvalue()
    random = np.random.default_rng(0)
    ends = len(whole) - 700  # the list of entries, on which everything depends
    for _ in range(300):
        changed = bytearray(whole)
        for at in (*random.integers(0, len(whole), 2), *random.integers(ends, len(whole), 2)):
            changed[at] = random.integers(0, 256)
        try:
            server.uploads.open(io.BytesIO(changed))
        except Refused as refused:
            assert refused.code in OF_AN_UPLOAD
        assert not list(server.limits.folder.glob(f"{HALF_OPENED}*"))


def test_too_many_entries_are_refused_before_their_list_is_read(server, good):
    many = good | {f"test_logits/{number:05d}.npy": b"" for number in range(zipped.ENTRIES)}
    assert refusal(server, packed(many))[0] == "entries"
    file = packed({f"{number:06d}": b"" for number in range(20_000)})
    read = []

    class Watched(io.BytesIO):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

    assert refusal(server, Watched(file.getvalue()))[0] == "entries"
    assert max(read) <= zipped.DIRECTORY


def bomb(size):
    """A deflated array of zeros, and what it unpacks to."""
    return npy(np.zeros(size, np.uint8))


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(server, good):
    most = uploads.UNPACKED * server.limits.upload
    file = packed(good | {"filters.npy": bomb(most)})
    assert len(file.getvalue()) < 2_000_000
    assert refusal(server, file) == ("large", "filters.npy")


def test_a_bomb_that_says_it_is_small_gives_no_more_than_it_says(server, good):
    whole = bytearray(packed(good | {"fingerprints.npy": bomb(50_000_000)}).getvalue())
    at = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<I", whole, at + 24, 1000)  # the size in the list
    assert refusal(server, io.BytesIO(whole)) == ("damaged", "fingerprints.npy")


def test_files_that_are_too_large_together_are_refused(server, good):
    object.__setattr__(server.limits, "upload", 1_000_000)
    large = good | {"landscapes/a.json": b"0" * 600_000, "landscapes/b.json": b"0" * 600_000}
    assert refusal(server, packed(large))[0] == "large"


def test_landscapes_that_are_too_large_together_are_refused(server, good):
    large = {f"landscapes/{name}.json": b" " * 4_000_000 for name in "abc"}
    assert refusal(server, packed(good | large)) == ("large", "landscapes/c.json")


def test_a_description_has_to_be_as_small_as_in_any_run(server, good):
    assert refusal(server, packed(good | {"config.json": b" " * 2_000_000})) == ("large", "config.json")


def config(good, **changes):
    return json.dumps(json.loads(good["config.json"]) | changes).encode()


def test_a_description_of_no_run_is_refused(server, good):
    wrong = [b"", b"[]", b"{}", b"{", b"\xff", b"[" * 100_000, b'{"classes": ' + b"[" * 900 + b"]" * 900 + b"}"]
    wrong += [
        config(good, classes=["a"]),
        config(good, classes=["a"] * 11),
        config(good, classes=list(range(10))),
        config(good, classes=None),
    ]
    wrong += [config(good, classes=["\ud800"] * 10)]
    for data in wrong:
        assert refusal(server, packed(good | {"config.json": data})) == ("config", "config.json"), data[:80]


def test_a_line_that_is_no_event_is_refused_by_its_number(server, good):
    first, *rest = good["events.jsonl"].splitlines(keepends=True)
    wrong = [b"x\n", b"[]\n", b"{}\n", b'{"event": "unheard-of"}\n', b'{"event": ["step"]}\n', b'{"event": "epoch"}\n']
    wrong += [b'{"event": "step", "step": 1}\n', b'{"event": "failed", "code": "\\ud800"}\n', b"9" * 5000 + b"\n"]
    wrong += [
        b'{"event": "paused", "x": ' + b"[" * 50 + b"]" * 50 + b"}\n",
        b'{"event": "paused"' + b" " * 30_000 + b"}\n",
    ]
    for line in wrong:
        with pytest.raises(Refused) as refused:
            server.uploads.open(packed(good | {"events.jsonl": b"".join([first, line, *rest])}))
        found = refused.value
        assert (found.code, found.values) == ("event", {"name": "events.jsonl", "line": 2}), line[:80]


def test_a_million_lines_are_refused_and_so_is_one_that_never_ends(server, good):
    million = b'{"event": "paused"}\n' * 1_000_000
    assert refusal(server, packed(good | {"events.jsonl": million})) == ("lines", "events.jsonl")
    assert refusal(server, packed(good | {"events.jsonl": b" " * 50_000_000})) == ("event", "events.jsonl")


def header(text: str, data: bytes = b"") -> bytes:
    """An array's file whose header says whatever `text` says."""
    padded = text.encode() + b" " * (63 - (10 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + data


HUGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 10)}"
ARRAYS = {
    "test_labels.npy": [
        npy(np.arange(10) - 1),
        npy(np.arange(11)),
        npy(np.zeros((5, 2), int)),
        npy(np.zeros(0, int)),
        npy(np.zeros(5)),
        npy(np.zeros(opening.IMAGES + 1, np.int8)),
    ],
    "test_logits/0003.npy": [
        npy(np.zeros((2000, 9), np.float32)),
        npy(np.zeros((5, 10))),
        npy(np.zeros((2000, 10), int)),
    ],
    "sample_index.npy": [npy(np.array([2000])), npy(np.array([-1])), npy(np.zeros(5)), npy(np.zeros(2000, int))],
    "sample_images.npy": [npy(np.zeros((20, 32, 32), np.uint8)), npy(np.zeros((1, 32, 32, 3))), npy(np.uint8(1))],
    "templates.npy": [npy(np.zeros((9, 32, 32, 3))), npy(np.zeros((10, 32, 32, 3), np.uint8))],
    "filters.npy": [
        npy(np.zeros((8, 3, 2, 3))),
        npy(np.zeros((8, 3, 3, 4))),
        npy(np.zeros((200, 60, 60, 3), np.float16)),
    ],
    "fingerprints.npy": [
        npy(np.zeros((2000, 11), np.float32)),
        npy(np.zeros((1999, 12), np.float32)),
        npy(np.zeros((2000, 12))),
        npy(np.zeros(12, np.float16)),
    ],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_kind_or_shape_is_refused(server, good, name):
    whole = good.get(name, npy(np.zeros(12)))
    wrong = [*ARRAYS[name], b"", b"not an array", pickle.dumps([1]), whole[:-1], whole + b"\0", header(HUGE)]
    wrong += [
        npy(np.array([{}] * 5, object), pickled=True),
        npy(np.zeros(3, [("x", "f4")])),
        header("__import__('os')"),
    ]
    wrong += [
        header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}") for shape in ("(-1,)", "(2**63,)")
    ]
    for data in wrong:
        assert refusal(server, packed(good | {name: data})) == ("array", name), data[:80]


def test_a_landscape_that_cannot_be_read_is_refused(server, good):
    name = next(name for name in good if name.startswith("landscapes/"))
    facts = json.loads(good[name])
    wrong = [b"{}", b"x", b"[" * 100_000, json.dumps(facts | {"loss": [[1.0]]}).encode()]
    wrong += [json.dumps(facts | {"device": "\ud800"}).encode(), json.dumps(facts | {"x": "inf"}).encode()]
    for data in wrong:
        assert refusal(server, packed(good | {name: data})) == ("landscape", name), data[:80]


def test_weights_are_kept_as_they_are_and_read_by_nobody_here(server, good):
    harm = b"\x80\x04cposix\nsystem\n" + bytes(1_000_000)
    run = server.uploads.open(packed(good | {"weights.pt": harm}))
    assert (server.limits.folder / run / "weights.pt").read_bytes() == harm


def test_weights_that_are_too_few_for_a_huge_model_are_refused(server, good):
    configuration = json.loads(good["config.json"])["configuration"] | {"model": "mlp", "width": 65_536}
    huge = good | {"config.json": config(good, configuration=configuration)}
    assert refusal(server, packed(huge)) == ("weights", "weights.pt")
    del huge["weights.pt"]
    server.uploads.open(packed(huge))


def test_a_name_is_shown_in_letters_and_a_length_that_a_page_can_show(server, good):
    code, name = refusal(server, packed(good | {"\u202e\x1b[31m" + "a" * 5000: b""}))
    assert code == "unknown" and name == "��[31m" + "a" * 74 + "…"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_refusal_has_a_sentence(language):
    table = texts.load(language, "results").table("run_upload.refused")
    assert table.keys() - {"network", "proxy", "cancelled", "unreadable", "other"} == OF_AN_UPLOAD
