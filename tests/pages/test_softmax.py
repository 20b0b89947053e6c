"""The softmax page (E4 to E6, E11), driven as a visitor drives it; numbers are compared with scipy's."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from explorer.images import templates
from explorer.pages.softmax import board, descent, hinge, surface
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
TEMPLATES = Path(templates.__file__).parents[1] / "components" / "image_board"
Z = [1.0, -2.0, 0.5, 3.0, 0.0, 2.5, -1.0, 4.0, 0.25, -0.75]


def link(z):
    return ",".join(str(logit) for logit in z)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loss_follows_the_logits_and_the_true_class(open_page, shown, language):
    app = open_page("softmax", language, z=link(Z), y="7")
    assert number(-log_softmax(Z)[7]) in shown(app)
    app.session_state["softmax.y"] = 1
    app.run()
    assert number(-log_softmax(Z)[1]) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_temperature_divides_the_logits(open_page, shown, language):
    app = open_page("softmax", language, z=link(Z), y="2", T="2.5")
    assert number(-log_softmax(np.array(Z) / 2.5)[2]) in shown(app)


def test_the_board_hands_its_state_to_the_page(open_page, shown):
    app = open_page("softmax")
    app.session_state["softmax.board"] = {"state": {"z": Z, "y": 5, "T": 1}}
    app.session_state["softmax.z"], app.session_state["softmax.y"] = tuple(Z), 5
    app.run()
    assert number(-log_softmax(Z)[5]) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_surface_shows_the_chosen_quantity(open_page, shown, language):
    app = open_page("softmax", language, part="surface", z=link(Z), y="3", a="3", b="0")
    app.session_state["softmax.quantity"] = "gradient"
    app.run()
    assert number(softmax(Z)[3] - 1) in shown(app)


def presets(app, part):
    return app.button_group(key=f"softmax.{part}.preset")


def press(app, part, name):
    presets(app, part).set_value(name).run()


def test_every_preset_sets_the_board(open_page, shown):
    app = open_page("softmax")
    losses = {}
    for name in ("knows_nothing", "sure_and_wrong", "hot", "overflow"):
        press(app, "board", name)
        z, y, T = (app.session_state[f"softmax.{setting}"] for setting in ("z", "y", "T"))
        losses[name] = -log_softmax(np.array(z) / T)[y]
        assert number(losses[name]) in shown(app)
    assert losses["knows_nothing"] == pytest.approx(math.log(10))
    assert losses["overflow"] == pytest.approx(3.0486, abs=1e-4)


def answered(app, question):
    return any(question in success.value for success in app.success)


def test_the_question_about_ln_10_takes_right_answers_and_refuses_wrong_ones(open_page):
    p = np.array([0.1] + [0.3, 0.2] + [0.4 / 7] * 7)
    logits = np.round(np.log(p) - np.log(p[0]), 4)
    # Four decimals are what a link holds: the first logit makes up for the rounding of the others.
    logits[0] = np.round(np.log(np.exp(logits[1:]).sum() / 9), 4)
    app = open_page("softmax", z=link(logits), y="0")
    assert answered(app, "one tenth")
    assert not answered(open_page("softmax", z=link([0] * 10), y="0"), "one tenth")
    assert not answered(open_page("softmax", z=link([0.5] + [0] * 9), y="0"), "one tenth")


def test_the_question_about_shifting_takes_right_answers_and_refuses_wrong_ones(open_page):
    first = np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3])
    assert answered(open_page("softmax", z=link(first + 6)), "nine degrees")
    assert not answered(open_page("softmax", z=link(first)), "nine degrees")
    assert not answered(open_page("softmax", z=link(first * 2 + 8)), "nine degrees")


def test_the_code_computes_what_the_page_shows(open_page, shown, capsys):
    app = open_page("softmax", z=link(Z), y="6", T="0.5")
    source = next(block.value for block in app.code if "import numpy" in block.value)
    exec(source, {})
    printed = capsys.readouterr().out
    loss = -log_softmax(np.array(Z) / 0.5)[6]
    assert any(float(text) == pytest.approx(loss) for text in re.findall(r"\s(\d+\.\d+)\s", printed))


def test_two_equal_axes_are_explained_and_draw_no_surface(open_page):
    app = open_page("softmax", part="surface", a="4", b="4")
    assert app.info
    assert "two different classes" in app.info[0].value


def caption(app):
    return "\n".join(str(element.value) for element in app.caption)


@pytest.mark.parametrize("language, predicted", [("en", "horse"), ("zh", "马")])
def test_E4_softmax_gives_probabilities_and_the_largest_is_the_prediction(open_page, language, predicted):
    app = open_page("softmax", language, z=link(Z), y="5")
    assert number(softmax(Z)[5]) in caption(app)
    assert predicted in caption(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_classes_that_share_the_largest_probability_give_no_prediction(open_page, language):
    app = open_page("softmax", language, z=link((0, 5, 5, 5, 0, 0, 0, 0, 0, 0)), y="1")
    assert texts.load(language, "softmax")("board.tie", count=3) in caption(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E4_a_picture_times_the_templates_gives_the_logits(open_page, language):
    table = np.load(TEMPLATES / "templates.npy").astype(float)
    picture = np.load(TEMPLATES / "images.npy")[6] / 255
    shifted = np.empty_like(picture)
    for row in range(32):
        for column in range(32):
            shifted[row, column] = picture[min(max(row - 2, 0), 31), min(max(column + 3, 0), 31)]
    negative = 1 - np.clip(shifted + 0.1, 0, 1)
    negative[0, :2] = 0
    logits = [sum(negative.ravel() * row[:-1]) + row[-1] for row in table]
    link = {"pic": "6", "right": "-3", "down": "2", "light": "0.1", "invert": "1", "paint": "2k"}
    app = open_page("softmax", language, part="picture", **link)
    for logit in logits:
        assert number(logit, 2) in caption(app)
    assert number(-log_softmax(logits)[6]) in caption(app)


def test_the_logits_of_a_picture_can_be_taken_to_the_board(open_page):
    app = open_page("softmax", part="picture", pic="4")
    next(button for button in app.button if "board" in button.label).click().run()
    assert not app.exception
    _, _, pictures = templates.load()
    logits = templates.logits(pictures[4])
    np.testing.assert_allclose(app.session_state["softmax.z"], logits, atol=1e-4)
    assert app.session_state["softmax.part"] == "board"
    assert number(softmax(np.round(logits, 4))[4]) in caption(app)
    assert "frame" in caption(app)
    # A link that leaves the board out leaves the way to it out too.
    assert not [button for button in open_page("softmax", show="picture").button if "board" in button.label]


@pytest.mark.parametrize("language", LANGUAGES)
def test_E5_the_indicator_picks_one_term_of_each_sample_and_the_loss_is_the_mean(open_page, shown, language):
    samples = [(7, *Z), (0, *Z[::-1])]
    rows = "_".join(",".join(map(str, sample)) for sample in samples)
    text = shown(open_page("softmax", language, part="samples", rows=rows, row="2"))
    each = [-log_softmax(logits)[label] for label, *logits in samples]
    terms = [number(value).replace("−", "-") for value in log_softmax(Z[::-1])]
    assert rf"\mathbf{{1\cdot({terms[0]})}}" in text
    for term in terms[1:]:
        assert rf"0\cdot({term})" in text
    assert f"$= {number(np.mean(each))}$" in text


@pytest.mark.parametrize("preset", ["easy", "unsure", "one_disaster", "all_wrong", "mixed"])
def test_every_preset_of_samples_shows_its_mean_loss(open_page, shown, preset):
    app = open_page("softmax", part="samples")
    press(app, "samples", preset)
    rows = app.session_state["softmax.rows"]
    mean = np.mean([-log_softmax(logits)[label] for label, *logits in rows])
    ending = re.search(r"= ([\d.]+)(?:\\times10\^\{(-?\d+)\})?\$\s*$", shown_formula(app))
    assert float(ending[1]) * 10.0 ** int(ending[2] or 0) == pytest.approx(mean, rel=5e-3, abs=5e-5)


def shown_formula(app):
    return next(element.value for element in app.markdown if r"\frac1m\sum_i L_i" in element.value)


@pytest.mark.parametrize("part", ["surface", "descent", "hinge"])
def test_beside_a_figure_a_temperature_from_the_board_is_told_and_taken_back(open_page, part):
    assert not [button for button in open_page("softmax", part=part).button if button.key == "softmax.temperature"]
    app = open_page("softmax", part=part, T="2.5")
    button = app.button(key="softmax.temperature")
    assert "2.5" in button.label
    button.click().run()
    assert app.session_state["softmax.T"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_E6_the_gradient_is_softmax_minus_onehot_over_the_temperature(open_page, shown, language):
    query = {"part": "surface", "z": link(Z), "y": "3", "T": "2", "quantity": "gradient"}
    for of in (0, 3, 7):
        text = shown(open_page("softmax", language, of=str(of), **query))
        assert number((softmax(np.array(Z) / 2)[of] - (of == 3)) / 2) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_E6_descent_moves_the_probability_to_the_true_class(open_page, shown, language):
    app = open_page("softmax", language, part="descent", z=link(Z), y="1", steps="30", rate="0.7")
    logits = np.array(Z)
    for _ in range(30):
        logits = logits - 0.7 * (softmax(logits) - np.eye(10)[1])
    for value in (softmax(Z)[1], softmax(logits)[1], -log_softmax(Z)[1], -log_softmax(logits)[1]):
        assert number(value) in shown(app)


def test_E11_the_loss_is_0_only_for_the_onehot_and_grows_as_q_leaves_it(open_page):
    losses = []
    for logit in (-30, -3, 0, 3, 30):
        app = open_page("softmax", z=link([0.0] * 4 + [float(logit)] + [0.0] * 5), y="4")
        loss = -log_softmax([0.0] * 9 + [float(logit)])[9]
        exact = np.log1p(9 * np.exp(-float(logit)))  # log_softmax rounds the last one to 0
        assert number(exact) in caption(app)
        losses.append(loss)
    assert losses == sorted(losses, reverse=True)
    assert "0.0000" not in caption(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chord_is_compared_with_the_surface_at_its_middle(open_page, shown, capsys, language):
    query = {"z": link(Z), "y": "3", "a": "3", "b": "0", "chord": "1", "u": "-6", "v": "4"}
    ends = np.array([Z, Z])
    ends[1, [3, 0]] = -6, 4
    middle = ends.mean(axis=0)
    app = open_page("softmax", language, part="surface", **query)
    text = shown(app)
    chord = -log_softmax(ends, axis=1)[:, 3].mean()
    surface = -log_softmax(middle)[3]
    assert chord > surface
    for value in (chord, surface, chord - surface):
        assert number(value) in text
    exec(next(block.value for block in app.code if "import numpy" in block.value), {})
    assert [float(word) for word in capsys.readouterr().out.split()[-2:]] == pytest.approx([chord, surface])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grow, magnitude", [("plus", "89"), ("minus", "1000"), ("times", "10000")])
def test_the_table_of_numerics_holds_what_numpy_computes(open_page, shown, language, grow, magnitude):
    text = shown(open_page("softmax", language, part="numerics", grow=grow, M=magnitude, y="0"))
    z = np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3])
    size = float(magnitude)
    logits = {"plus": z - 3.6 + size, "minus": z - 3.6 - size, "times": z * (size / 3.6)}[grow]
    with np.errstate(all="ignore"):
        for dtype in (np.float16, np.float32, np.float64):
            powers = np.exp(logits.astype(dtype))
            loss = -np.log(powers[0] / powers.sum(dtype=dtype))
            assert number(float(loss), 4) in text
    assert number(-log_softmax(logits)[0]) in text


RIGHT_AND_WRONG = {
    "scale": (
        {"z": link(np.round(np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]) * 3, 4)), "T": "3"},
        [{"T": "3"}, {"z": link([3.6, 1.2, 2.7, 9.3, 0.6, 10.8, 2.4, 3.0, -1.8, -0.9]), "T": "2"}],
    ),
    "never_zero": ({"z": link([0, 0, 0, 10] + [0] * 6)}, [{"z": link([0, 0, 0, 8] + [0] * 6)}]),
    "not_convex": (
        {"part": "surface", "quantity": "probability", "chord": "1", "u": "4", "v": "3.6", "of": "3"}
        | {"z": link([0, 0, 0, 9, 0, 3.6, 0, 0, 0, 0])},
        [
            {"part": "surface", "quantity": "loss", "chord": "1", "u": "-9", "v": "3.6"},
            {"part": "surface", "quantity": "probability", "chord": "1", "u": "9", "v": "-9"}
            | {"z": link([0, 0, 0, -9, 0, 9, 0, 0, 0, 0]), "T": "4", "of": "5"},
        ],
    ),
    "flat_top": (
        {"part": "surface", "quantity": "gradient", "z": link([0, 0, 0, -8, 0, 3, 0, 0, 0, 0])},
        [
            {"part": "surface", "quantity": "gradient"},
            {"part": "surface", "quantity": "gradient", "of": "5", "z": link([0, 0, 0, -8, 0, 3, 0, 0, 0, 0])},
        ],
    ),
    "right_and_costly": (
        {"part": "samples", "rows": "_".join(["3,0,0,0,9,0,0,0,0,0,0"] * 4 + ["3,0,0,0,0,0,30,0,0,0,0"])},
        [
            {"part": "samples", "rows": "_".join(["3,0,0,0,9,0,0,0,0,0,0"] * 4 + ["3,0,0,0,0,0,9,0,0,0,0"])},
            {"part": "samples", "rows": "_".join(["3,0,0,0,9,0,0,0,0,0,0", "3,0,0,0,0,0,30,0,0,0,0"])},
        ],
    ),
    "wrong_and_cheap": (
        {"part": "samples", "rows": "3,0,0,0,9,0,9.1,0,0,0,0"},
        [
            {"part": "samples", "rows": "3,0,0,0,9.1,0,9,0,0,0,0"},
            {"part": "samples", "rows": "3,0,0,0,9,0,9.5,0,0,0,0"},
        ],
    ),
    "first_failure": (
        {"part": "numerics", "M": "89"},
        [
            {"part": "numerics", "M": "100"},
            {"part": "numerics", "M": "88"},
            {"part": "numerics", "M": "89", "grow": "times"},
        ],
    ),
    "saved_by_log": (
        {"part": "numerics", "M": "10000", "grow": "times"},
        [{"part": "numerics", "M": "100000"}, {"part": "numerics", "M": "100", "grow": "times"}],
    ),
    "turning_point": (
        {"part": "descent", "z": link([0, 0, 0, 0, 0, 9, 0, 0, 0, 0]), "rate": "0.5", "steps": "10"},
        [
            {"part": "descent", "z": link([0, 0, 0, 0, 0, 9, 0, 0, 0, 0]), "rate": "0.5", "steps": "11"},
            {"part": "descent", "z": link([0, 0, 0, 0, 0, 9, 0, 0, 0, 0]), "rate": "0.5", "steps": "9"},
            {"part": "descent", "rate": "0.5", "steps": "10"},
        ],
    ),
    "patience": (
        {"part": "descent", "steps": "200"},
        [
            {"part": "descent", "steps": "50"},
            {"part": "descent", "steps": "200", "rate": "20"},
            {"part": "descent", "steps": "200", "z": link([0, 0, 0, 9] + [0] * 6)},
        ],
    ),
    "content": (
        {"part": "hinge", "n": "3", "z": link([0, 0, 0, 2, 0, 1, 1, 0, 0, 0])},
        [
            {"part": "hinge", "n": "3", "z": link([0, 0, 0, 2, 0, 1.01, 1, 0, 0, 0])},
            {"part": "hinge", "n": "3", "z": link([0, 0, 0, 9, 0, 1, 1, 0, 0, 0])},
        ],
    ),
    "thin_lead": (
        {"part": "hinge", "z": link([0, 0, 0, 0.5] + [0] * 6)},
        [
            {"part": "hinge"},
            {"part": "hinge", "z": link([0] * 10)},
            {"part": "hinge", "z": link([0, 0, 0, 1] + [0] * 6)},
        ],
    ),
    "pulls_harder": (
        {"part": "hinge", "z": link([0] * 10)},
        [{"part": "hinge"}, {"part": "hinge", "n": "2", "z": link([0] * 10)}],
    ),
    "small_shift": (
        {"part": "picture", "pic": "9", "right": "2", "down": "1"},
        [
            {"part": "picture", "pic": "9"},
            {"part": "picture", "pic": "9", "right": "9"},
            {"part": "picture", "pic": "9", "right": "2", "down": "1", "invert": "1"},
        ],
    ),
    "all_bias": ({"part": "picture", "paint": "1024k"}, [{"part": "picture", "paint": "1000k"}]),
}


@pytest.mark.parametrize("name", RIGHT_AND_WRONG)
def test_a_question_takes_a_right_answer_and_refuses_wrong_ones(open_page, name):
    right, wrong = RIGHT_AND_WRONG[name]
    answer = texts.load("en", "softmax")(f"questions.{name}.answer")
    assert answered(open_page("softmax", **right), answer)
    for query in wrong:
        assert not answered(open_page("softmax", **query), answer)


def test_the_code_of_the_surface_and_of_the_descent_gives_the_numbers_shown(open_page, shown, capsys):
    app = open_page("softmax", part="descent", z=link(Z), y="6", T="0.5", steps="7", rate="0.3")
    exec(next(block.value for block in app.code if "import numpy" in block.value), {})
    assert number(float(capsys.readouterr().out.split()[-1])) in shown(app)
    app = open_page("softmax", part="surface", z=link([0.0] * 10), y="6", a="1", b="2", quantity="loss")
    exec(next(block.value for block in app.code if "import numpy" in block.value), {})
    low, high = map(float, capsys.readouterr().out.split()[-2:])
    assert low == pytest.approx(np.log(8 + 2 * np.exp(-10)))
    assert high == pytest.approx(np.log(8 + 2 * np.exp(10)))


@pytest.mark.parametrize("part", ["board", "surface", "samples", "numerics", "descent", "hinge", "picture"])
def test_every_preset_opens_and_changes_the_picture(open_page, shown, part):
    app = open_page("softmax", part=part)
    names = presets(app, part).options
    assert len(names) >= 5
    seen = set()
    for name in names:
        press(app, part, name)
        assert not app.exception and app.session_state["softmax.part"] == part
        seen.add(shown(app))
    assert len(seen) == len(names)


def test_a_link_can_name_several_sections(open_page):
    app = open_page("softmax", show="board,surface,descent,numerics,hinge,questions")
    headings = [heading.value for heading in app.subheader]
    assert headings == ["Board", "Surfaces", "Numerics", "Gradient descent", "Hinge loss"]
    assert not app.title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["surface", "samples", "numerics", "descent", "hinge", "picture"])
def test_no_section_fails_at_the_ends_of_its_settings(open_page, part, language):
    extremes = {"z": link([1000, -1000] * 5), "T": "0.05", "chord": "1", "u": "10", "v": "-10", "M": "100000"}
    ends = {"steps": "200", "rate": "100", "log": "1", "right": "-12", "down": "12", "light": "0.5", "row": "12"}
    for query in (extremes | ends, extremes | ends | {"T": "20", "view": "contours", "grow": "times", "y": "0"}):
        assert not open_page("softmax", language, part=part, **query).warning


PARTS = {"2": [3, 5], "3": [3, 5, 6], "5": [2, 3, 4, 5, 6], "10": list(range(10))}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["board", "surface", "descent", "hinge"])
@pytest.mark.parametrize("n", PARTS)
def test_as_many_classes_take_part_as_the_link_says_and_the_others_do_not_count(open_page, shown, n, part, language):
    app = open_page("softmax", language, part=part, n=n, z=link(Z), y="5", steps="1", rate="0.01")
    log_p = log_softmax(np.array(Z)[PARTS[n]])
    assert number(-log_p[PARTS[n].index(5)]) in shown(app)
    if n != "10":
        assert number(-log_softmax(Z)[5]) not in shown(app)
    assert app.query_params.get("n", "10") == n


@pytest.mark.parametrize("section", [board.Board, surface.Surface, descent.Descent, hinge.Hinge])
def test_what_show_me_sets_answers_the_question_whatever_number_of_classes_was_there(open_page, section):
    part = section.__module__.rpartition(".")[2]
    for n in PARTS:
        for name, values in section.answers.items():
            app = open_page("softmax", part=part, n=n, y="8", a="0")
            for setting, value in values.items():
                app.session_state[f"softmax.{setting}"] = value
            app.run()
            assert answered(app, texts.load("en", "softmax")(f"questions.{name}.answer")), (n, name)


@pytest.mark.parametrize("part", ["board", "surface", "descent", "hinge"])
def test_the_true_class_always_takes_part(open_page, shown, part):
    app = open_page("softmax", part=part, n="3", z=link(Z), y="0", a="8", b="5", of="8", steps="1")
    assert number(-log_softmax([Z[0], Z[3], Z[5]])[0]) in shown(app)
    assert not app.exception and not app.warning
    if part in ("surface", "hinge"):  # an axis that does not take part is another class
        assert {app.session_state[f"softmax.{name}"] for name in "ab"} == {0, 5}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("T", [0.05, 0.5, 1, 20])
def test_the_entropy_of_the_probabilities_moves_with_the_temperature(open_page, language, T):
    app = open_page("softmax", language, z=link(Z), T=str(T))
    log_p = log_softmax(np.array(Z) / T)
    assert number(-(np.exp(log_p) * log_p).sum()) in caption(app) and number(math.log(10)) in caption(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hinge_loss_counts_what_lacks_of_a_lead_of_1(open_page, shown, language):
    app = open_page("softmax", language, part="hinge", z=link(Z), y="5")
    margins = [f - Z[5] + 1 for k, f in enumerate(Z) if k != 5]
    told = shown(app)
    assert number(sum(max(0, margin) for margin in margins)) in told and number(-log_softmax(Z)[5]) in told
    assert number(-sum(margin > 0 for margin in margins), 0) in told and number(softmax(Z)[5] - 1) in told
    names = texts.load(language, "softmax").table("classes")
    assert texts.load(language, "softmax").names([names["cat"], names["horse"]]) in told


def test_the_hinge_loss_says_when_it_is_content(open_page, shown):
    for language in LANGUAGES:
        app = open_page("softmax", language, part="hinge", n="2", z=link([0, 0, 0, 4, 0, 2.9, 0, 0, 0, 0]))
        assert texts.load(language, "softmax")("hinge.content") in shown(app)


@pytest.mark.parametrize("rate", ["1", "0.3"])
def test_a_mean_that_is_0_is_said_to_be_0(open_page, shown, rate):
    z = [0.1, 0.2, -0.3, 0.7, -0.7, 0.15, -0.15, 0, 0, 0]  # sums to 2.8e-17
    text = shown(open_page("softmax", part="descent", z=link(z), rate=rate))
    assert text.count("0.000 ") + text.count("0.000.") >= 2
    assert "×10⁻¹" not in text
