import io
import json

import numpy as np
import pytest
from PIL import Image

from explorer.runs.folder import RunFolder


def step(number, loss=1.0):
    return {
        "event": "step", "step": number, "epoch": 1, "loss": loss, "learning_rate": 0.1,
        "images": 10 * number, "seconds": number / 10,
    }  # fmt: skip


def write(folder, text, mode="a"):
    with (folder / "events.jsonl").open(mode) as file:
        file.write(text)


def test_a_folder_without_events_reads_as_nothing(tmp_path):
    run = RunFolder(tmp_path)
    run.read()
    assert (run.step, run.started, run.ended, run.images_per_second) == (0, None, None, None)


def test_a_run_that_went_back_to_its_checkpoint_is_read_again(tmp_path):
    run = RunFolder(tmp_path)
    write(tmp_path, "".join(json.dumps(step(number)) + "\n" for number in range(1, 6)))
    write(tmp_path, json.dumps({"event": "finished", "reason": "stopped"}) + "\n")
    run.read()
    assert run.step == 5 and run.ended
    write(tmp_path, "".join(json.dumps(step(number, loss=2.0)) + "\n" for number in range(1, 4)), mode="w")
    run.read()
    assert run.step == 3 and run.ended is None
    assert [row.mean for row in run.history.rows] == [2.0] * 3


def test_a_run_that_went_back_and_on_beyond_where_it_was_is_read_again(tmp_path):
    run = RunFolder(tmp_path)
    write(tmp_path, "".join(json.dumps(step(number)) + "\n" for number in range(1, 6)))
    run.read()
    write(tmp_path, "".join(json.dumps(step(number, loss=2.5)) + "\n" for number in range(1, 9)), mode="w")
    run.read()
    assert [row.mean for row in run.history.rows] == [2.5] * 8


def test_half_a_last_line_waits_for_its_other_half(tmp_path):
    run = RunFolder(tmp_path)
    first, second = json.dumps(step(1)) + "\n", json.dumps(step(2)) + "\n"
    write(tmp_path, first + second[:25])
    run.read()
    assert run.step == 1
    write(tmp_path, second[25:])
    run.read()
    assert run.step == 2
    assert len(run.history.rows) == 2


def test_a_line_split_within_a_character_is_put_together(tmp_path):
    run = RunFolder(tmp_path)
    line = json.dumps({"event": "started", "dataset": "图片"}, ensure_ascii=False).encode() + b"\n"
    cut = line.index("图".encode()) + 1
    (tmp_path / "events.jsonl").write_bytes(line[:cut])
    run.read()
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(line[cut:])
    run.read()
    assert run.started["dataset"] == "图片"


@pytest.mark.parametrize("bad", ["nonsense", "[]", "{}", '{"event": "step", "loss": "x"}', '{"event": "step"}', "\x00"])
def test_what_is_no_event_is_passed_over(tmp_path, bad):
    run = RunFolder(tmp_path)
    write(tmp_path, bad + "\n" + json.dumps(step(1)) + "\n")
    run.read()
    assert run.step == 1


def test_infinity_and_nan_arrive_as_numbers(tmp_path):
    run = RunFolder(tmp_path)
    write(tmp_path, json.dumps(step(1, "inf")) + "\n" + json.dumps(step(2, "nan")) + "\n")
    run.read()
    assert run.history.rows[0].mean == float("inf")
    assert run.history.diverged == 1


def test_an_epoch_knows_the_step_after_which_it_came(tmp_path):
    run = RunFolder(tmp_path)
    untrained, first = (
        json.dumps({"event": "epoch", "epoch": epoch, "test_loss": 2.3, "test_accuracy": 0.1}) + "\n"
        for epoch in (0, 1)
    )
    write(tmp_path, json.dumps(step(1)) + "\n" + untrained + json.dumps(step(7)) + "\n" + first)
    run.read()
    assert [event["step"] for event in run.epochs] == [0, 7]


def test_the_speed_is_that_of_the_last_readings(tmp_path):
    run = RunFolder(tmp_path)
    write(tmp_path, json.dumps(step(1)) + "\n")
    run.read()
    assert run.images_per_second == pytest.approx(100)
    write(tmp_path, json.dumps(step(3) | {"images": 110, "seconds": 0.6}) + "\n")
    run.read()
    assert run.images_per_second == pytest.approx(200)


def test_the_log_gives_the_last_progress_and_the_last_other_line(tmp_path):
    run = RunFolder(tmp_path)
    assert run.log_tail() == (None, "")
    done = json.dumps({"progress": "decode", "done": 200, "total": 300})
    (tmp_path / "log.txt").write_text('{"progress": "decode", "done": 100, "total": 300}\n' + done + "\nwarning\n")
    assert run.log_tail() == ({"progress": "decode", "done": 200, "total": 300}, "warning")
    (tmp_path / "log.txt").write_text("x" * 10_000 + "\n" + done[:20])
    assert run.log_tail()[0] is None


@pytest.fixture
def samples(tmp_path):
    """Two test pictures of each of three classes, among nine; each picture is as bright as its place."""
    labels = np.array([2, 0, 1, 1, 0, 2, 0, 1, 2])
    index = np.array([1, 4, 2, 3, 0, 5])
    images = np.broadcast_to(index[:, None, None, None], (6, 32, 32, 3)).astype(np.uint8)
    logits = np.arange(27, dtype=np.float32).reshape(9, 3)
    (tmp_path / "test_logits").mkdir()
    for name, array in {
        "test_labels": labels, "sample_index": index, "sample_images": images, "test_logits/0002": logits
    }.items():  # fmt: skip
        np.save(tmp_path / f"{name}.npy", array)
    return RunFolder(tmp_path)


def test_one_image_of_each_class_is_shown(samples):
    with Image.open(io.BytesIO(samples.sample_sheet())) as image:
        assert image.size == (32, 96)
        assert [image.getpixel((0, 32 * row))[0] for row in range(3)] == [1, 2, 0]


def test_the_logits_are_those_of_the_images_shown(samples):
    answer = samples.sample_logits(2)
    assert answer["labels"].tolist() == [0, 1, 2]
    assert answer["logits"].tolist() == [[3, 4, 5], [6, 7, 8], [0, 1, 2]]
    assert samples.sample_logits(3) is None


def test_arrays_that_would_have_to_be_unpickled_are_not_read(samples):
    np.save(samples.path / "test_logits" / "0002.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert samples.sample_logits(2) is None
    np.save(samples.path / "sample_index.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert RunFolder(samples.path).sample_sheet() is None


def test_a_folder_without_samples_has_none(tmp_path):
    run = RunFolder(tmp_path)
    assert run.sample_sheet() is None
    assert run.sample_logits(0) is None
