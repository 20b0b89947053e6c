"""What images become inside a network: kept with the run, of its present weights alone, and checked when it is read."""

import json
import os
import shutil

import pytest

from explorer.runs import insides, recorded

SYNTHETIC = recorded.FOLDER / "synthetic"
(KEPT,) = (SYNTHETIC / "inside").glob("*.json")
SAMPLE = int(KEPT.stem)


@pytest.fixture
def facts():
    return json.loads(KEPT.read_text("utf-8"))


@pytest.fixture
def run(tmp_path):
    """A run of this server, of which nothing is known yet."""
    (tmp_path / "a-run").mkdir()
    shutil.copy(SYNTHETIC / "weights.pt", tmp_path / "a-run")
    return tmp_path / "a-run"


def test_what_is_kept_is_found_again_with_the_run(run, tmp_path, facts):
    assert insides.find(run, tmp_path, SAMPLE) is None
    insides.keep(run, tmp_path, SAMPLE, facts)
    found = insides.find(run, tmp_path, SAMPLE)
    assert [layer.shape for layer in found.layers][:2] == [[32, 16, 16], [32, 16, 16]]
    assert [file.name for file in (run / "inside").iterdir()] == [KEPT.name]
    assert insides.find(run, tmp_path, SAMPLE + 1) is None


def test_nothing_is_added_to_a_recorded_run(tmp_path, facts):
    insides.keep(SYNTHETIC, tmp_path, 3, facts)
    assert insides.find(SYNTHETIC, tmp_path, 3) and insides.find(SYNTHETIC, tmp_path, SAMPLE)
    assert not (SYNTHETIC / "inside" / "3.json").exists()


def test_other_weights_are_another_network(run, tmp_path, facts):
    insides.keep(run, tmp_path, SAMPLE, facts)
    (run / "weights.pt").write_bytes(b"trained further")
    assert insides.find(run, tmp_path, SAMPLE) is None
    (run / "weights.pt").unlink()
    assert insides.find(run, tmp_path, SAMPLE) is None


def test_the_oldest_makes_room(run, tmp_path, facts, monkeypatch):
    monkeypatch.setattr(insides, "MOST_KEPT", 3)
    for sample in range(5):
        insides.keep(run, tmp_path, sample, facts)
        os.utime(run / "inside" / f"{sample}.json", (sample, sample))
    assert sorted(file.name for file in (run / "inside").iterdir()) == ["2.json", "3.json", "4.json"]


def changed(facts, *path, to):
    """Set one of the facts."""
    for key in path[:-1]:
        facts = facts[key]
    facts[path[-1]] = to


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("schema",), 2),
        (("logits",), [1.0] * 9),
        (("logits", 0), "nan"),
        (("similarity",), []),
        (("image",), "AAAA"),
        (("image",), "no base64"),
        (("image",), None),
        (("input",), "AADAfw=="),
        (("saliency",), ""),
        (("layers",), []),
        (("layers", 0, "channels"), []),
        (("layers", 0, "channels"), [1, 2]),
        (("layers", 0, "shape"), [1, 2]),
        (("layers", 0, "steps"), []),
        (("layers", 0, "steps", 0, "scale"), "inf"),
        (("layers", 0, "steps", 0, "name"), "<script>"),
        (("layers", 0, "steps", 0, "maps"), "AAAA"),
        (("kernels", "padding"), 9),
        (("kernels", "values"), "AAAA"),
    ],
)
def test_a_file_that_does_not_fit_is_none(run, tmp_path, facts, path, to):
    changed(facts, *path, to=to)
    insides.keep(run, tmp_path, SAMPLE, facts)
    assert insides.find(run, tmp_path, SAMPLE) is None


def test_a_file_that_is_no_json_or_a_link_or_too_long_is_none(run, tmp_path, facts, monkeypatch):
    (run / "inside").mkdir()
    file = run / "inside" / f"{SAMPLE}.json"
    for text in ("", "[]", "{", "[" * 100_000):
        file.write_text(text)
        assert insides.find(run, tmp_path, SAMPLE) is None
    file.unlink()
    file.symlink_to(KEPT)
    assert insides.find(run, tmp_path, SAMPLE) is None
    file.unlink()
    insides.keep(run, tmp_path, SAMPLE, facts)
    monkeypatch.setattr(insides, "MOST_BYTES", 1000)
    assert insides.find(run, tmp_path, SAMPLE) is None
