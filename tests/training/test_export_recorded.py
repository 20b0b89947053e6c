"""The small copy of a run that is shipped: the same run, in fewer bytes."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.training import export_recorded

RUN = Path(export_recorded.__file__).parents[1] / "recorded" / "synthetic"


@pytest.mark.parametrize("dataset", ["synthetic", "folder"])
def test_a_copy_has_the_runs_numbers_and_images_only_where_they_may_be_passed_on(tmp_path, dataset):
    run, place = tmp_path / "run", tmp_path / "copy"
    shutil.copytree(RUN, run)
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps(config | {"dataset": dataset}))
    export_recorded.main([str(run), str(place)])
    assert np.array_equal(np.load(place / "test_labels.npy"), np.load(RUN / "test_labels.npy"))
    for file in (RUN / "test_logits").glob("*.npy"):
        np.testing.assert_allclose(np.load(place / "test_logits" / file.name), np.load(file), rtol=0.001, atol=1e-7)
    assert {file.name for file in (place / "landscapes").iterdir()} == {x.name for x in (RUN / "landscapes").iterdir()}
    always = {"config.json", "events.jsonl", "test_labels.npy", "sample_index.npy", "filters.npy", "weights.pt"}
    images = {"sample_images.npy"} if dataset == "synthetic" else set()
    assert {file.name for file in place.iterdir() if file.is_file()} == always | images


def test_rounded_to_half_precision_the_same_logit_is_the_largest():
    logits = np.float32([[1.0, 1.0001, 0], [3, 2, 1], [-7.00001, -7, -7.00001], [0, 2000.1, 2000.2]])
    halves = export_recorded.halved(logits)
    assert halves.dtype == np.float16
    assert np.array_equal(halves.argmax(axis=1), logits.argmax(axis=1))
    np.testing.assert_allclose(halves, logits, rtol=0.001)


def test_of_the_samples_events_one_in_ten_stays_and_the_last_and_every_other_event(tmp_path):
    run = tmp_path / "run"
    export_recorded.export(RUN, run)
    samples = [{"event": "samples", "step": step} for step in range(25)]
    events = [{"event": "started"}, *samples, {"event": "finished"}]
    (run / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    export_recorded.export(run, tmp_path / "copy")
    told = [json.loads(line) for line in (tmp_path / "copy" / "events.jsonl").read_text().splitlines()]
    assert told == [events[0], *samples[::10], samples[-1], events[-1]]


def test_nothing_is_written_over(tmp_path):
    run = tmp_path / "run"
    export_recorded.export(RUN, run)
    before = {file: file.read_bytes() for file in run.rglob("*") if file.is_file()}
    with pytest.raises(FileExistsError):
        export_recorded.export(run, run)
    assert {file: file.read_bytes() for file in run.rglob("*") if file.is_file()} == before
