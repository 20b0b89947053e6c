"""Inside the network: what is known of an image is shown, what is not is asked of the training program, or said why."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException

from explorer.images.sheets import sprite
from explorer.runs import insides, recorded
from explorer.runs.results import Results
from explorer.shell import texts
from explorer.shell.numbers import number

ROOT = Path(__file__).parents[2]
SYNTHETIC = recorded.FOLDER / "synthetic"
SAMPLE = int(next((SYNTHETIC / "inside").glob("*.json")).stem)
LANGUAGES = ["en", "zh"]


pytestmark = pytest.mark.usefixtures("cookies")


def boards(app) -> list[str]:
    return [str(element.proto) for element in app.get("bidi_component") if "untrained" in str(element.proto)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_surest_image_of_the_recorded_shapes_is_known_and_shown(open_page, shown, language):
    found = insides.find(SYNTHETIC, Path("/nowhere"), SAMPLE)
    app = open_page("results", language, part="inside")
    assert boards(app) and not app.info and not app.warning and not app.error
    assert number(found.similarity[int(found.logits.argmax())], 2) in shown(app)
    other = open_page("results", language, part="inside", target="2")
    assert number(found.similarity[2], 2) in shown(other)


def test_what_a_link_asks_beyond_the_last_layer_map_or_place_is_the_last_one(open_page):
    app = open_page("results", part="inside", layer="39", map="11", row="31", column="31")
    assert boards(app) and not app.warning
    refused = open_page("results", part="inside", layer="40", row="-1", target="ten")
    assert boards(refused) and len(refused.warning) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_image_that_is_not_here_is_said_not_to_be(open_page, language):
    app = open_page("results", language, part="inside", run="cifar10")
    words = texts.load(language, "results")
    assert words("inside.no_image") in [info.value for info in app.info]
    assert not boards(app)
    # Of maps that cannot be there nothing is asked or promised.
    assert words("inside.will_show") not in [caption.value for caption in app.caption]
    assert not [button for button in app.button if ".question." in button.key]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["no-weights", "diverged", "waiting", "busy", "slow", "start", "died", "other", "new"])
def test_why_there_is_no_answer_is_said_and_it_can_be_asked_again(open_page, server, monkeypatch, language, code):
    answer = {"failed": code, "message": "**because** <b>"}
    monkeypatch.setattr(server.classifier, "classify", lambda *arguments, inside: answer)
    app = open_page("results", language, part="inside", sample="3")
    app.button(key="results.look_inside").click().run()
    table = texts.load(language, "results").table("inside.failed")
    (error,) = app.error
    assert error.value.startswith(table.get(code, table["other"]).partition("@{")[0])
    assert "**because" not in error.value and app.button(key="results.look_inside")
    app.session_state["results.sample"] = 4
    app.run()
    assert not app.error


def test_an_answer_that_does_not_fit_is_not_kept(open_page, server, monkeypatch):
    monkeypatch.setattr(server.classifier, "classify", lambda *arguments, inside: {"inside": {"schema": 1}})
    app = open_page("results", part="inside", sample="3")
    app.button(key="results.look_inside").click().run()
    assert app.error and not boards(app)
    assert not insides.folder_for(SYNTHETIC, server.limits.folder).exists()


def test_a_rerun_that_comes_while_the_network_is_asked_does_not_lose_the_wish(open_page, server, monkeypatch):
    facts = json.loads((SYNTHETIC / "inside" / f"{SAMPLE}.json").read_text("utf-8"))
    answers = iter([StopException(), {"inside": facts}])

    def classify(*arguments, inside):
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer  # as Streamlit ends a script for the sake of the next run
        return answer

    monkeypatch.setattr(server.classifier, "classify", classify)
    app = open_page("results", part="inside", sample="3")
    app.button(key="results.look_inside").click().run()
    assert not boards(app)
    app.run()
    assert boards(app) and not app.error and not app.exception


def test_where_nothing_can_be_written_the_answer_is_shown_for_this_visit(open_page, server, monkeypatch):
    facts = json.loads((SYNTHETIC / "inside" / f"{SAMPLE}.json").read_text("utf-8"))
    server.limits.folder.mkdir()
    (server.limits.folder / "recorded-synthetic").write_text("no folder")
    monkeypatch.setattr(server.classifier, "classify", lambda *arguments, inside: {"inside": facts})
    app = open_page("results", part="inside", sample="3")
    app.button(key="results.look_inside").click().run()
    assert boards(app) and not app.error
    app.session_state["results.sample"] = 4
    app.run()
    assert not boards(app) and app.button(key="results.look_inside")


@pytest.mark.slow
@pytest.mark.parametrize("run", ["synthetic", "cifar10-resnet"])
def test_the_training_program_looks_inside_once_and_it_stays(open_page, server, monkeypatch, run):
    if run != "synthetic":  # its photographs are not here: it is shown drawn shapes
        monkeypatch.setattr(Results, "images", Results(SYNTHETIC).images)
    app = open_page("results", part="inside", run=run, sample="3")
    assert not boards(app)
    app.button(key="results.look_inside").click().run()
    assert boards(app) and not app.error and not app.exception
    path = recorded.FOLDER / run
    found = insides.find(path, server.limits.folder, 3)
    assert np.array_equal(found.image, Results(SYNTHETIC).images[3])
    if run == "synthetic":
        own = Results(path).logits(6)[3]
        assert np.allclose(found.logits, own, atol=0.02 * np.abs(own).max())
    monkeypatch.setattr(server.classifier, "classify", None)
    assert boards(open_page("results", part="inside", run=run, sample="3"))


def test_the_microscope_leads_to_the_opened_image_inside(open_page):
    app = open_page("results", part="microscope", sample=str(SAMPLE))
    app.button(key="results.to_inside").click().run()
    assert app.session_state["results.part"] == "inside" and boards(app)


@pytest.mark.slow
def test_the_code_asks_the_program_and_prints_the_product(open_page, tmp_path):
    app = open_page("results", part="inside", map="2", row="9", column="20")
    code = next(block.value for block in app.code if "--inside" in block.value)
    (tmp_path / "image.png").write_bytes(sprite(Results(SYNTHETIC).images[SAMPLE][np.newaxis]))
    (tmp_path / "synthetic").symlink_to(SYNTHETIC)
    code = code.replace('"python"', json.dumps(sys.executable))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = insides.find(SYNTHETIC, tmp_path, SAMPLE)
    _, products = found.kernels.products(found.scaled, 2, 9, 20)
    step = found.layers[0].steps[0]
    printed = float(re.findall(r"-?\d+\.\d+(?:e[-+]?\d+)?", done.stdout)[-1])
    assert printed == pytest.approx(products.sum() + found.kernels.bias[2], abs=1e-4)
    assert printed == pytest.approx(step.maps[2, 9, 20] * step.scale / 127, abs=step.scale / 250)
