"""The page on results, driven as a visitor drives it; its numbers against scipy's and hand-written loops."""

import html
import json
import re
import shutil
import tomllib
from urllib.parse import parse_qsl

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest

from explorer import runs
from explorer.runs import recorded as recorded_runs
from explorer.runs.recorded import FOLDER as RECORDED
from explorer.runs.registry import Runs
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
PAGE = "results"
SECTIONS = ["microscope", "time", "whole", "calibration"]
PICTURE_NUMBER = {"en": "Image {}:", "zh": "图片 {}："}


def recorded(run="synthetic", epoch=None):
    """Return labels and logits (float64) of a recorded run, after its last epoch unless told."""
    files = sorted((RECORDED / run / "test_logits").glob("*.npy"))
    logits = np.load(files[-1] if epoch is None else files[epoch]).astype(float)
    return np.load(RECORDED / run / "test_labels.npy"), logits


def losses_of(logits, labels):
    return -log_softmax(logits, axis=1)[np.arange(len(labels)), labels]


def answered(app) -> list[str]:
    return [success.value for success in app.success]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["softmax", "cross_entropy", "softmax_or_sigmoid"])
def test_the_picture_travels_with_its_logits_and_leads_back(open_page, language, page):
    links = [link.proto for link in open_page(PAGE, language, sample="7").get("page_link")]
    (query,) = (link.query_string for link in links if "photo=" in link.query_string and link_page(link) == page)
    carried = dict(parse_qsl(query))
    assert carried["photo"] == "synthetic.7"
    app = open_page(page, language, **carried)
    picture = next(element.proto.body for element in app.get("html") if "data:image/png" in element.proto.body)
    assert "7" in picture
    (told,) = (caption.value for caption in app.caption if caption.value in html.unescape(picture))
    back = [link.proto.query_string for link in app.get("page_link") if "sample=7" in link.proto.query_string]
    assert len(back) == 1 and "run=synthetic" in back[0]
    # Moved sliders are no longer what the network said.
    moved = carried | {"z": carried["z"].replace(carried["z"].split(",")[0], "1.2345", 1)}
    assert told not in [caption.value for caption in open_page(page, language, **moved).caption]


def link_page(link) -> str:
    return {"softmax": "softmax", "softmax-or-sigmoid": "softmax_or_sigmoid", "cross-entropy": "cross_entropy"}.get(
        link.page, link.page
    )


@pytest.mark.parametrize("photo", ["nowhere-at-all.3", "synthetic.999999", "cifar10.3"])
def test_a_picture_that_cannot_be_had_is_left_out(open_page, photo):
    app = open_page("softmax", photo=photo)
    assert not [element for element in app.get("html") if "data:image/png" in element.proto.body]


def own_run(monkeypatch, tmp_path, name="run-of-my-own"):
    """Copy the recorded run to the folder of this server's runs, and return its place."""
    monkeypatch.setenv("EXPLORER_RUNS_DIR", str(tmp_path))
    server = Runs()
    monkeypatch.setattr(runs, "of_this_server", lambda: server)
    return shutil.copytree(RECORDED / "synthetic", tmp_path / name)


@pytest.mark.parametrize(("language", "run"), [*zip(LANGUAGES * 2, recorded_runs.NAMES, strict=True)])
@pytest.mark.parametrize("part", SECTIONS)
def test_every_section_opens_by_its_link_with_every_recorded_run(open_page, shown, language, part, run):
    app = open_page(PAGE, language, part=part, run=run)
    assert not app.warning and not app.info
    assert app.session_state["results.part"] == part
    assert len(shown(app)) > 500


@pytest.mark.parametrize(
    "query", [{}, {"epoch": "6"}, {"run": "nowhere-to-be-found"}, {"run": "cifar10", "epoch": "2"}]
)
def test_all_sections_can_be_shown_together_and_share_the_choice_of_run_and_evaluation(open_page, query):
    app = open_page(PAGE, show=",".join([*SECTIONS, "inside", "landscape", "own_picture", "text", "presets"]), **query)
    assert len(app.subheader) == 7
    assert len([box for box in app.segmented_control if box.key == "results.run"]) == 1
    assert len([slider for slider in app.select_slider if slider.key == "results.epoch"]) == 1
    assert len(app.warning) == ("nowhere" in query.get("run", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_microscope_opens_the_picture_with_the_largest_loss_first(open_page, shown, language):
    labels, logits = recorded()
    sample_losses = losses_of(logits, labels)
    worst = int(sample_losses.argmax())
    p = softmax(logits[worst])
    text = shown(open_page(PAGE, language))
    assert PICTURE_NUMBER[language].format(worst) in text
    assert number(sample_losses[worst]) in text
    assert number(p[labels[worst]] - 1) in text


def test_the_filters_count_what_they_let_through(open_page, shown):
    labels, logits = recorded()
    predicted = logits.argmax(axis=1)
    pair = int(((labels == 0) & (predicted == 3)).sum())
    assert pair
    text = shown(open_page(PAGE, true="0", predicted="3"))
    assert f"{pair} of {len(labels):,} images" in text
    text = shown(open_page(PAGE, verdict="wrong"))
    assert f"{(labels != predicted).sum()} of {len(labels):,} images" in text


def test_no_picture_like_that_is_said_and_no_error(open_page):
    assert "Loosen" in open_page(PAGE, true="8", predicted="0").info[0].value


@pytest.mark.parametrize("sort", ["loss", "confidence", "margin"])
@pytest.mark.parametrize("up", ["0", "1"])
def test_the_order_is_that_of_the_chosen_number(open_page, shown, sort, up):
    labels, logits = recorded()
    p = softmax(logits, axis=1)
    own = logits[np.arange(len(labels)), labels]
    others = np.where(np.arange(10) == labels[:, None], -np.inf, logits).max(axis=1)
    key = {"loss": -losses_of(logits, labels), "confidence": -p.max(axis=1), "margin": np.abs(own - others)}[sort]
    wrong = np.flatnonzero(logits.argmax(axis=1) != labels)
    expected = wrong[key[wrong].argmin() if up == "0" else key[wrong].argmax()]
    assert PICTURE_NUMBER["en"].format(expected) in shown(open_page(PAGE, sort=sort, up=up, verdict="wrong"))


def test_leafing_shows_the_next_pictures_and_ends_at_the_last_page(open_page, shown):
    labels, logits = recorded()
    order = np.argsort(-losses_of(logits, labels), kind="stable")
    app = open_page(PAGE)
    app.button(key="results.on").click().run()
    assert PICTURE_NUMBER["en"].format(order[24]) in shown(app)
    app = open_page(PAGE, at="1000000")
    assert app.button(key="results.on").disabled
    assert "page 84 of 84" in shown(app)


def test_links_carry_the_logits_and_the_true_class(open_page):
    labels, logits = recorded()
    app = open_page(PAGE, sample="7")
    links = [link.proto.page + "?" + link.proto.query_string for link in app.get("page_link")]
    z = ",".join(f"{value:.4f}" for value in logits[7])
    carried = [link for link in links if z in link.replace("%2C", ",")]
    assert len(carried) == 3
    assert all(f"y={labels[7]}" in link and "=shapes" in link for link in carried)


@pytest.mark.parametrize("page", ["softmax", "cross_entropy", "softmax_or_sigmoid"])
def test_the_pages_accept_what_the_links_carry(open_page, shown, page):
    labels, logits = recorded()
    worst = int(losses_of(logits, labels).argmax())
    more = {
        "softmax": {"names": "shapes"},
        "cross_entropy": {"names": "shapes", "target": "onehot", "guess": "logits", "k": str(labels[worst])},
        "softmax_or_sigmoid": {"example": "shapes", "several": "0"},
    }[page]
    z = ",".join(f"{value:.4f}" for value in logits[worst])
    app = open_page(page, z=z, y=str(labels[worst]), **more)
    assert not app.warning
    assert number(losses_of(logits, labels)[worst], 3)[:-1] in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("epoch", [0, 1, 6])
def test_the_whole_test_set_is_counted_as_a_loop_counts_it(open_page, shown, language, epoch):
    labels, logits = recorded(epoch=epoch)
    counts = np.zeros((10, 10), int)
    for label, predicted in zip(labels, logits.argmax(axis=1), strict=True):
        counts[label, predicted] += 1
    text = shown(open_page(PAGE, language, part="whole", epoch=str(epoch)))
    assert f"{counts.trace():,}" in text
    assert number(100 * counts.trace() / counts.sum(), 1) in text
    shares = counts.diagonal() / counts.sum(axis=1)
    for k in (shares.argmin(), shares.argmax()):
        interval = binomtest(int(counts[k, k]), int(counts[k].sum())).proportion_ci(method="wilson")
        assert number(100 * shares[k], 1) in text
        assert number(100 * interval.low, 1) in text
        assert number(100 * interval.high, 1) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worst_pictures_share_of_the_loss(open_page, shown, language):
    labels, logits = recorded()
    ordered = sorted(losses_of(logits, labels), reverse=True)
    text = shown(open_page(PAGE, language, part="whole", view="losses"))
    assert number(np.mean(ordered)) in text
    assert number(np.median(ordered)) in text
    assert number(100 * sum(ordered[:20]) / sum(ordered), 1) in text
    assert number(100 * sum(ordered[:200]) / sum(ordered), 1) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_loss_and_accuracy_through_the_run_are_those_that_the_run_reported(open_page, shown, language):
    events = [json.loads(line) for line in (RECORDED / "synthetic" / "events.jsonl").read_text().splitlines()]
    for event in (event for event in events if event["event"] == "epoch"):
        text = shown(open_page(PAGE, language, part="whole", view="run", epoch=str(event["epoch"])))
        assert number(event["test_loss"]) in text
        assert number(100 * event["test_accuracy"], 1) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_calibration_at_a_temperature(open_page, shown, language, temperature):
    labels, logits = recorded(epoch=1)
    p = softmax(logits / temperature, axis=1)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    error = 0.0
    for m in range(15):
        inside = (confidence > m / 15) & (confidence <= (m + 1) / 15)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    text = shown(open_page(PAGE, language, part="calibration", epoch="1", T=str(temperature)))
    assert number(100 * error, 2) in text
    assert number(100 * confidence.mean(), 1) in text
    assert number(100 * right.mean(), 1) in text
    assert number(losses_of(logits / temperature, labels).mean()) in text


def test_every_stop_of_the_temperature_slider_holds_what_scipy_computes(open_page):
    labels, logits = recorded()
    app = open_page(PAGE, part="calibration")
    (board,) = (e for e in app.get("bidi_component") if e.proto.component_name.endswith("calibration_board"))
    told = json.loads(board.proto.bytes)
    temperatures = [step["T"] for step in told["steps"]]
    assert temperatures[0] == 0.1 and temperatures[-1] == 10 and 1.0 in temperatures
    assert np.diff(np.log10(temperatures)) == pytest.approx(0.02, abs=1e-3)
    for step in [*told["steps"][::20], told["now"]]:
        p = softmax(logits / step["T"], axis=1)
        confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
        assert step["loss"] == pytest.approx(losses_of(logits / step["T"], labels).mean(), rel=1e-5)
        assert step["confidence"] == pytest.approx(confidence.mean(), rel=1e-5)
        assert step["accuracy"] == pytest.approx(right.mean())
        inside = np.ceil(confidence * 15) - 1
        gaps = [abs((right[inside == m] - confidence[inside == m]).sum()) for m in range(15)]
        assert step["error"] == pytest.approx(sum(gaps) / len(labels), rel=1e-4)
        assert sum(step["counts"]) == len(labels)
        fullest = np.bincount(inside.astype(int), minlength=15).argmax()
        assert step["held"][fullest] == pytest.approx(right[inside == fullest].mean(), rel=1e-5)


def test_the_best_temperature_is_that_of_a_search_and_its_button_sets_it(open_page, shown):
    labels, logits = recorded(epoch=1)
    search = minimize_scalar(lambda t: losses_of(logits / t, labels).mean(), bounds=(0.5, 20), method="bounded")
    app = open_page(PAGE, part="calibration", epoch="1")
    assert number(search.x, 3) in shown(app) and number(search.fun) in shown(app)
    assert not answered(app)
    app.button(key="results.best").click().run()
    assert app.session_state["results.T"] == pytest.approx(search.x, abs=1e-4)
    assert len(answered(app)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_picture_through_the_run(open_page, shown, language):
    path = np.array([recorded(epoch=e)[1][1788] for e in range(7)])
    label = int(recorded()[0][1788])
    p = softmax(path, axis=1)
    mean = p.mean(axis=0)
    others = sorted((k for k in range(10) if k != label), key=lambda k: -mean[k])[:2]
    three = p[-1, [label, *others]]
    shares = {"en": ", ", "zh": "、"}[language].join(number(share, 3) for share in three / three.sum())
    expected = {"probabilities": number(p[-1, label], 4), "logits": number(path[-1, label], 2), "simplex": shares}
    for curve, numbers in expected.items():
        text = shown(open_page(PAGE, language, part="time", sample="1788", curve=curve))
        assert numbers in text
        for loss in (-np.log(p[0, label]), -np.log(p[-1, label])):
            assert number(loss, 4) in text


@pytest.mark.parametrize("preset", ["forgotten", "late", "wavering"])
def test_the_pictures_worth_following_are_what_they_are_called(open_page, preset):
    labels = recorded()[0]
    hits = np.array([recorded(epoch=e)[1].argmax(axis=1) == labels for e in range(7)])
    app = open_page(PAGE, part="time")
    app.button_group(key="results.time.preset").set_value(preset).run()
    found = hits[:, app.session_state["results.sample"]]
    if preset == "forgotten":
        assert found[:-1].any() and not found[-1]
    elif preset == "late":
        assert found[-1] and not found[-2]
    else:
        assert (found[1:] != found[:-1]).sum() == (hits[1:] != hits[:-1]).sum(axis=0).max()


def forgotten(hits):
    return hits[:-1].any(axis=0) & ~hits[-1]


def samples_for(question):
    """Return a picture that answers a question of the section on one picture, and one that does not."""
    labels = recorded()[0]
    hits = np.array([recorded(epoch=e)[1].argmax(axis=1) == labels for e in range(7)])
    answers = {
        "forgotten": forgotten(hits),
        "never": ~hits.any(axis=0),
        "lucky": hits[0] & ~hits[1] & hits[-1],
    }[question]
    return str(np.flatnonzero(answers)[0]), str(np.flatnonzero(~answers)[0])


@pytest.mark.parametrize("question", ["forgotten", "never", "lucky"])
def test_questions_about_one_picture_know_right_and_wrong_answers(open_page, question):
    right, wrong = samples_for(question)
    marker = {"forgotten": "every single image", "never": "Look at it", "lucky": "luck"}[question]
    assert any(marker in answer for answer in answered(open_page(PAGE, part="time", sample=right)))
    assert not any(marker in answer for answer in answered(open_page(PAGE, part="time", sample=wrong)))


def test_questions_of_the_microscope_know_right_and_wrong_answers(open_page):
    labels, logits = recorded()
    wrong = logits.argmax(axis=1) != labels
    confidence = softmax(logits, axis=1).max(axis=1)
    surest = np.argsort(np.where(wrong, confidence, -1))[::-1]
    most_expensive = np.argsort(np.where(wrong, -1, losses_of(logits, labels)))[::-1]
    for ranked, marker in ((surest, "not evidence"), (most_expensive, "ln 10")):
        assert any(marker in answer for answer in answered(open_page(PAGE, sample=str(ranked[0]))))
        assert not any(marker in answer for answer in answered(open_page(PAGE, sample=str(ranked[1]))))
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, logits.argmax(axis=1)), 1)
    np.fill_diagonal(counts, 0)
    most = [str(k) for k in np.unravel_index(counts.argmax(), counts.shape)]
    for pair, solved in ((most, True), (most[::-1], False)):
        answers = answered(open_page(PAGE, true=pair[0], predicted=pair[1], sample="0"))
        assert any("off the diagonal" in answer for answer in answers) == solved


@pytest.mark.parametrize(
    ("settings", "solved"),
    [
        ({"part": "whole", "epoch": "0"}, True),
        ({"part": "whole", "epoch": "6"}, False),
        ({"part": "whole", "view": "losses", "epoch": "0"}, True),
        ({"part": "whole", "view": "losses", "epoch": "1"}, False),
        ({"part": "whole", "view": "run", "epoch": "5"}, True),
        ({"part": "whole", "view": "run", "epoch": "0"}, False),
        ({"part": "whole", "view": "run", "epoch": "2"}, False),
        ({"part": "calibration", "T": "1.145"}, True),
        ({"part": "calibration", "T": "1.3"}, False),
        ({"part": "calibration", "T": "5"}, True),
        ({"part": "calibration", "T": "2.5"}, False),
        ({"part": "calibration", "epoch": "1", "T": "1.25"}, False),
    ],
)
def test_questions_about_all_pictures_know_right_and_wrong_answers(open_page, settings, solved):
    assert bool(answered(open_page(PAGE, **settings))) == solved


def test_confidence_and_accuracy_can_be_balanced_by_hand(open_page):
    labels, logits = recorded(epoch=1)
    accuracy = (logits.argmax(axis=1) == labels).mean()
    temperatures = np.round(np.arange(1.5, 9, 0.01), 2)
    gaps = [abs(softmax(logits / t, axis=1).max(axis=1).mean() - accuracy) for t in temperatures]
    balanced = temperatures[int(np.argmin(gaps))]
    assert min(gaps) < 0.002
    for temperature, solved in ((balanced, True), (balanced + 0.3, False)):
        app = open_page(PAGE, part="calibration", epoch="1", T=str(temperature))
        assert any("cancel in the mean" in answer for answer in answered(app)) == solved


def test_the_first_view_answers_no_question(open_page):
    for part in SECTIONS:
        view = {"part": part, "sample": "0"} if part == "time" else {"part": part}
        assert not answered(open_page(PAGE, **view))


def test_a_click_on_a_cell_shows_those_pictures(open_page, shown):
    app = open_page(PAGE, part="whole")
    clicked = {"part": "microscope", "true": "0", "predicted": "3", "verdict": "all", "at": 1, "sample": -1}
    for name, value in clicked.items():
        app.session_state[f"results.{name}"] = value
    app.run()
    assert not app.exception
    assert "predicted square" in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("run", recorded_runs.NAMES)
@pytest.mark.parametrize("page", ["results", "train"])
def test_a_recorded_run_is_labelled_with_how_it_was_made(open_page, cookies, language, run, page):
    made = tomllib.loads((RECORDED / "about.toml").read_text())[run]
    torch = json.loads((RECORDED / run / "config.json").read_text())["torch"]
    (label,) = (c.value for c in open_page(page, language, run=run).caption if made["command"] in c.value)
    for fact in (made["date"], made["processor"], str(made["cores"]), made["python"], made["numpy"], torch):
        assert fact in label


def test_an_unknown_run_is_named_and_a_recorded_one_shown(open_page, shown):
    app = open_page(PAGE, run="nowhere-to-be-found")
    assert "nowhere" in app.warning[0].value
    assert "Image" in shown(app)


def test_a_run_of_this_server_is_opened_by_its_id(open_page, shown, monkeypatch, tmp_path):
    own_run(monkeypatch, tmp_path)
    text = shown(open_page(PAGE, run="run-of-my-own"))
    assert "Image" in text and "recorded run" not in text


@pytest.mark.parametrize(
    ("part", "view", "summary"),
    [
        ("microscope", "confusion", np.max),
        ("time", "confusion", np.max),
        ("whole", "run", np.mean),
        ("whole", "losses", np.mean),
        ("calibration", "confusion", np.mean),
    ],
)
def test_an_evaluation_that_a_run_made_once_more_is_shown_as_it_is_now(
    open_page, shown, monkeypatch, tmp_path, part, view, summary
):
    place = own_run(monkeypatch, tmp_path)
    file = place / "test_logits" / "0006.npy"
    kind = np.load(file).dtype
    for epoch in (6, 2):  # when it had been stopped within the epoch, and after it went on
        labels, logits = recorded(epoch=epoch)
        np.save(place / "made.npy", np.full_like(logits, np.nan, kind))
        (place / "made.npy").replace(file)
        assert "left out" in open_page(PAGE, run="run-of-my-own", part=part, view=view).warning[0].value
        np.save(place / "made.npy", logits.astype(kind))
        (place / "made.npy").replace(file)
        app = open_page(PAGE, run="run-of-my-own", part=part, view=view)
        assert number(summary(losses_of(logits, labels))) in shown(app) and not app.warning


def test_what_was_chosen_of_a_run_is_not_carried_over_to_another(open_page, shown, monkeypatch, tmp_path):
    own_run(monkeypatch, tmp_path)
    labels, logits = recorded("cifar10")

    def best(labels, logits):
        return minimize_scalar(lambda T: losses_of(logits / T, labels).mean(), bounds=(0.1, 10), method="bounded").x

    app = open_page(PAGE, part="calibration", epoch="3", sample="7", at="2", run="run-of-my-own")

    def choose(run):
        app.segmented_control(key="results.run").set_value(run).run()
        assert not app.exception

    choose("synthetic")
    assert app.session_state["results.sample"] == 7, "the same picture"
    assert (app.session_state["results.epoch"], app.session_state["results.at"]) == (-1, 1)
    app.select_slider(key="results.epoch").set_value(3).run()
    choose("cifar10")
    assert (app.session_state["results.epoch"], app.session_state["results.sample"]) == (-1, -1)
    assert number(best(labels, logits), 3) in app.button(key="results.best").label
    lost = open_page(PAGE, run="nowhere-to-be-found", epoch="3", sample="7", part="calibration")
    assert (lost.session_state["results.epoch"], lost.session_state["results.sample"]) == (-1, -1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_every_image_is_right_no_confusion_is_told_and_no_worst_class(
    open_page, shown, monkeypatch, tmp_path, language
):
    place = own_run(monkeypatch, tmp_path)
    np.save(place / "test_logits" / "0006.npy", 9 * np.eye(10, dtype=np.float32)[np.load(place / "test_labels.npy")])
    words = texts.load(language, "results")
    said = shown(open_page(PAGE, language, run="run-of-my-own", part="whole", view="confusion"))
    assert words("whole.all_right", all=2000) in said
    assert words("whole.accuracies_equal", best_share="100.0") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_link_asks_of_a_run_that_lacks_it_is_noticed_and_a_choice_of_another_run_is_not(
    open_page, monkeypatch, tmp_path, language
):
    place = own_run(monkeypatch, tmp_path)
    three = np.isin(np.load(place / "test_labels.npy"), range(3))
    config = json.loads((place / "config.json").read_text())
    (place / "config.json").write_text(json.dumps(config | {"classes": ["cat", "lynx", "owl"]}))
    np.save(place / "test_labels.npy", np.load(place / "test_labels.npy")[three])
    for file in (place / "test_logits").glob("*.npy"):
        np.save(file, np.load(file)[three, :3])
    words = texts.load(language, "results")
    asked = {"true": "9", "truth": "7", "target": "2", "epoch": "99", "sample": "1999"}
    app = open_page(PAGE, language, run="run-of-my-own", **asked)
    listed = words.names(f"{name} = {asked[name]}" for name in ("true", "truth", "epoch", "sample"))
    assert [warning.value for warning in app.warning] == [words("lacked", asked=listed)]
    kept = {name: app.session_state[f"results.{name}"] for name in asked}
    assert kept == {"true": "any", "truth": "predicted", "target": "2", "epoch": -1, "sample": -1}
    app = open_page(PAGE, language, run="synthetic", true="9", predicted="1")
    app.session_state["train.run"] = "run-of-my-own"
    app.run()
    app.segmented_control(key="results.run").set_value("run-of-my-own").run()
    assert not app.exception and not app.warning
    assert (app.session_state["results.true"], app.session_state["results.predicted"]) == ("any", "1")


def test_evaluations_that_diverged_are_left_out_with_a_word(open_page, shown, monkeypatch, tmp_path):
    place = own_run(monkeypatch, tmp_path)
    np.save(place / "test_logits" / "0006.npy", np.full((2000, 10), np.nan, np.float32))
    for part in SECTIONS:
        app = open_page(PAGE, run="run-of-my-own", part=part)
        assert "left out" in app.warning[0].value
    labels, logits = recorded(epoch=5)
    assert number(losses_of(logits, labels).mean()) in shown(app)


def test_a_run_without_evaluations_or_a_damaged_one_says_so(open_page, monkeypatch, tmp_path):
    place = own_run(monkeypatch, tmp_path)
    shutil.rmtree(place / "test_logits")
    assert "not evaluated" in open_page(PAGE, run="run-of-my-own").info[0].value
    (place / "test_labels.npy").write_bytes(b"no array")
    assert "not evaluated" in open_page(PAGE, run="run-of-my-own").info[0].value


def test_where_there_are_no_pictures_the_page_says_so_and_shows_numbers(open_page, shown, monkeypatch, tmp_path):
    place = own_run(monkeypatch, tmp_path)
    (place / "sample_images.npy").unlink()
    text = shown(open_page(PAGE, run="run-of-my-own"))
    assert "No images here" in text
    labels, logits = recorded()
    assert number(losses_of(logits, labels).max()) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", SECTIONS)
def test_the_recorded_cifar10_run_is_shown_without_pictures(open_page, shown, language, part):
    labels, logits = recorded("cifar10")
    text = shown(open_page(PAGE, language, part=part, run="cifar10"))
    percent, loss = number(100 * (logits.argmax(axis=1) == labels).mean(), 1), number(losses_of(logits, labels).mean())
    expected = {
        "microscope": number(losses_of(logits, labels).max()),
        "time": number(losses_of(logits, labels).max()),
        "whole": percent,
        "calibration": loss,
    }
    assert expected[part] in text


def test_evaluations_that_do_not_fit_are_left_out_too(open_page, shown, monkeypatch, tmp_path):
    place = own_run(monkeypatch, tmp_path)
    np.save(place / "test_logits" / "0003.npy", np.zeros((5, 10), np.float32))
    for part in SECTIONS:
        app = open_page(PAGE, run="run-of-my-own", part=part)
        assert "left out" in app.warning[0].value
        assert len(shown(app)) > 500


def test_where_loss_and_accuracy_disagree_is_marked(open_page, shown):
    run = "cifar10-softmax"
    text = shown(open_page(PAGE, run=run, part="whole", view="run"))
    means, shares = [], []
    for epoch in range(21):
        labels, logits = recorded(run, epoch)
        means.append(losses_of(logits, labels).mean())
        shares.append((logits.argmax(axis=1) == labels).mean())
    disagree = [i for i in range(1, 21) if (means[i] - means[i - 1]) * (shares[i] - shares[i - 1]) > 0]
    assert disagree and f"after epoch {', '.join(map(str, disagree))}." in text
    assert "after epoch 5." in shown(open_page(PAGE, part="whole", view="run"))


@pytest.mark.parametrize(
    ("language", "stopped", "whole"),
    [("en", "after 5.10 epochs", "after epoch 6"), ("zh", "5.10 轮之后", "第 6 轮之后")],
)
def test_a_run_that_ended_within_an_epoch_is_not_said_to_have_finished_it(
    open_page, shown, monkeypatch, tmp_path, language, stopped, whole
):
    place = own_run(monkeypatch, tmp_path)
    assert whole in shown(open_page(PAGE, language, run="run-of-my-own", part="time"))
    *before, evaluated, finished = (place / "events.jsonl").read_text().splitlines(keepends=True)
    last = json.loads(before[-1]) | {"images": 51_000}  # of 10,000 training pictures
    (place / "events.jsonl").write_text("".join([*before[:-1], json.dumps(last) + "\n", evaluated, finished]))
    for part, view in (("time", "run"), ("whole", "run")):
        app = open_page(PAGE, language, run="run-of-my-own", part=part, view=view)
        assert stopped in shown(app) and whole not in shown(app)
        sent = next(e.proto.bytes for e in app.get("bidi_component") if e.proto.component_name.endswith("live_figure"))
        assert json.loads(json.loads(sent)["figure"])["data"][0]["x"][-1] == 5.1
    assert [option.strip() for option in app.select_slider[0].options][-1].startswith("5.10")


@pytest.mark.parametrize(
    ("settings", "digits"),
    [
        ({"part": "microscope", "sample": "1788"}, 4),
        ({"part": "time", "sample": "1788"}, 4),
        ({"part": "whole"}, 3),
        ({"part": "whole", "view": "losses"}, 4),
        ({"part": "whole", "view": "run"}, 4),
        ({"part": "calibration", "T": "2.5"}, 4),
    ],
)
def test_the_code_computes_what_is_shown(open_page, monkeypatch, capsys, settings, digits):
    source = next(code.value for code in open_page(PAGE, **settings).code if code.value.startswith("import numpy"))
    monkeypatch.chdir(RECORDED)
    capsys.readouterr()
    exec(source, {})
    printed = capsys.readouterr().out
    labels, logits = recorded()
    temperature = float(settings.get("T", 1))
    expected = {
        "microscope": losses_of(logits, labels)[1788],
        "time": losses_of(logits, labels)[1788],
        "whole": losses_of(logits, labels).mean(),
        "calibration": losses_of(logits / temperature, labels).mean(),
    }[settings["part"]]
    if settings == {"part": "whole"}:
        disc = labels == 0
        right = int((logits[disc].argmax(axis=1) == 0).sum())
        expected = binomtest(right, int(disc.sum())).proportion_ci(method="wilson").low
    numbers = [float(text) for text in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", printed)]
    assert any(value == pytest.approx(expected, abs=10.0**-digits) for value in numbers)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("run", recorded_runs.NAMES)
def test_the_landscape_says_of_how_many_weights_the_loss_is_a_function(open_page, shown, run, language):
    started = json.loads((RECORDED / run / "events.jsonl").read_text().splitlines()[0])
    assert f" {started['parameters']:,} " in shown(open_page(PAGE, language, part="landscape", run=run))
