"""The page on softmax or sigmoid (E7), driven as a visitor drives it; numbers are compared with scipy's."""

import math
import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_softmax

from explorer.maths import three_classes
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
PAGE = "softmax_or_sigmoid"
SECTIONS = ["board", "descent", "plane", "two"]
Z = [1.0, -2.0, 0.5, 3.0, 0.0, 2.5, -1.0, 4.0, 0.25, -0.75]


def link(z):
    return ",".join(str(logit) for logit in z)


def hot(count, *true):
    return np.isin(np.arange(count), true).astype(float)


def softmax_loss(z, y):
    return -(np.array(y) / np.sum(y) * log_softmax(z)).sum()


def sigmoid_loss(z, y):
    z, y = np.array(z), np.array(y)
    return -(y * log_expit(z) + (1 - y) * log_expit(-z)).sum()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("true", [(3,), (3, 7), (0, 1, 2)])
def test_E7_both_losses_follow_the_labels(open_page, shown, language, true):
    app = open_page(PAGE, language, example="cifar10", z=link(Z), y=link(true))
    assert number(softmax_loss(Z, hot(10, *true))) in shown(app)
    assert number(sigmoid_loss(Z, hot(10, *true))) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E7_the_sigmoids_sum_to_anything(open_page, shown, language):
    app = open_page(PAGE, language, z=link(Z))
    assert number(expit(Z[:4]).sum(), 3) in shown(app)
    app.session_state[f"{PAGE}.z"] = (-3.0,) * 10
    app.run()
    assert number(4 * expit(-3), 3) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_hands_its_state_to_the_page(open_page, shown, language):
    app = open_page(PAGE, language, example="group")
    app.session_state[f"{PAGE}.z"], app.session_state[f"{PAGE}.y"] = tuple(Z), ("1", "4")
    app.run()
    assert number(softmax_loss(Z[:5], hot(5, 1, 4))) in shown(app)


def test_without_a_true_label_softmax_has_no_loss(open_page, shown):
    app = open_page(PAGE, z=link(Z), y="")
    assert "there is no loss" in shown(app)
    assert number(sigmoid_loss(Z[:4], hot(4))) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", ["digit", "group", "cifar10", "shapes"])
def test_choosing_an_example_shows_its_labels(open_page, shown, language, example):
    app = open_page(PAGE, language)
    app.segmented_control(key=f"{PAGE}.example").set_value(example).run()
    assert not app.exception
    assert not app.warning
    assert app.session_state[f"{PAGE}.several"] is False
    assert len(app.session_state[f"{PAGE}.y"]) == 1


@pytest.mark.parametrize("example", ["digit", "group"])
def test_E7_where_exactly_one_label_is_true_both_name_it(open_page, example):
    app = open_page(PAGE)
    app.segmented_control(key=f"{PAGE}.example").set_value(example).run()
    logits = np.array(app.session_state[f"{PAGE}.z"])[: {"digit": 10, "group": 5}[example]]
    true = [int(label) for label in app.session_state[f"{PAGE}.y"]]
    assert true == [logits.argmax()]
    assert true == np.flatnonzero(expit(logits) > 0.5).tolist()


def test_E7_the_ethnic_groups_come_with_the_presumption_that_they_exclude_one_another(open_page, shown):
    assert "presumes that the groups exclude one another" in shown(open_page(PAGE, example="group"))
    assert "互不相交" in shown(open_page(PAGE, "zh", example="group"))


@pytest.mark.parametrize(
    ("query", "left", "said"),
    [
        ({"y": "0,7"}, ("0",), ("0, 7", "landscape")),
        ({"y": "7"}, (), ("7", "none")),
        ({"several": "0", "y": "1,2"}, ("1",), ("1, 2", "outdoors")),
        ({"several": "0", "y": ""}, ("0",), ("none", "landscape")),
    ],
)
def test_labels_that_do_not_fit_are_cut_with_a_notice_that_names_both(open_page, query, left, said):
    app = open_page(PAGE, **query)
    (warning,) = app.warning
    assert all(part in warning.value for part in said) and "—" not in warning.value
    assert app.session_state[f"{PAGE}.y"] == left


def test_two_sure_labels_leave_softmax_at_ln_2(open_page, shown):
    app = open_page(PAGE, z=link([20, 20] + [-20] * 8), y="0,1")
    assert number(math.log(2)) in shown(app)
    assert number(sigmoid_loss([20, 20, -20, -20], hot(4, 0, 1))) in shown(app)


def descended(z, y, steps, rate, softmax):
    """An independent descent, with scipy's functions."""
    z, y = np.array(z, dtype=float), np.array(y)
    for _ in range(steps):
        z = z - rate * (np.exp(log_softmax(z)) - y / y.sum() if softmax else expit(z) - y)
    return z


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [0, 17, 200])
def test_E7_the_descent_shows_both_losses_at_the_step(open_page, shown, language, step):
    app = open_page(PAGE, language, part="descent", z=link(Z), y="0,2", rate="0.7")
    app.session_state[f"{PAGE}.step"] = step
    app.run()
    y = hot(4, 0, 2)
    assert number(softmax_loss(descended(Z[:4], y, step, 0.7, True), y)) in shown(app)
    assert number(sigmoid_loss(descended(Z[:4], y, step, 0.7, False), y)) in shown(app)
    assert number(math.log(2)) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_true_label_only_the_sigmoids_descend(open_page, shown, language):
    app = open_page(PAGE, language, part="descent", z=link(Z), y="", step="30")
    assert app.info
    assert number(sigmoid_loss(descended(Z[:4], hot(4), 30, 1.0, False), hot(4))) in shown(app)


def test_huge_logits_descend_without_a_traceback(open_page):
    open_page(PAGE, part="descent", z=link([1000, -1000] * 5), y="1,2")


def counts(app):
    """The right points of the softmax and of the sigmoids, and the number of points, as they are told."""
    ends = [texts.load(app.query_params["lang"], PAGE).table("plane")[f"alt_{name}"] for name in ("softmax", "sigmoid")]
    told = [next(text.value for text in app.markdown if text.value.startswith(end.split("@")[0])) for end in ends]
    return [tuple(map(int, re.findall(r"\d+", text)[-2:])) for text in told]


@pytest.mark.parametrize(
    ("points", "spread", "seed"), [("overlapping", 0.45, 0), ("separate", 0.9, 3), ("row", 0.6, 7)]
)
def test_E7_the_clusters_say_how_many_points_each_model_gets_right(open_page, points, spread, seed):
    app = open_page(PAGE, part="plane", points=points, spread=str(spread), seed=str(seed))
    x, labels = three_classes.clusters(points, spread=spread, seed=seed)
    design = np.column_stack([x, np.ones(len(x))])

    def objective(theta, y, softmax):
        logits = design @ theta.reshape(-1, 3).T
        if softmax:
            data = -(y / y.sum(axis=1, keepdims=True) * log_softmax(logits, axis=1)).sum(axis=1).mean()
        else:
            data = -(y * log_expit(logits) + (1 - y) * log_expit(-logits)).mean()
        return data + 0.005 * (theta.reshape(-1, 3)[:, :2] ** 2).sum()

    softmax = design @ minimize(objective, np.zeros(9), args=(labels, True)).x.reshape(3, 3).T
    sigmoids = [design @ minimize(objective, np.zeros(3), args=(y[:, None], False)).x for y in labels.T]
    by_softmax = (np.eye(3)[softmax.argmax(axis=1)] == labels).all(axis=1).sum()
    by_sigmoids = ((np.transpose(sigmoids) > 0) == labels).all(axis=1).sum()
    assert counts(app) == [(by_softmax, len(x)), (by_sigmoids, len(x))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_changing_the_spread_changes_the_clusters(open_page, language):
    app = open_page(PAGE, language, part="plane", points="separate")
    before = counts(app)
    app.slider(key=f"{PAGE}.spread").set_value(1.2).run()
    assert not app.exception
    assert counts(app) != before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["surface", "contours"])
def test_E7_two_classes_give_one_number(open_page, shown, language, view):
    app = open_page(PAGE, language, part="two", view=view)
    app.slider(key=f"{PAGE}.z1").set_value(-2.5)
    app.slider(key=f"{PAGE}.z2").set_value(1.2).run()
    assert shown(app).count(number(expit(-3.7))) == 2
    assert number(float(np.exp(-2.5) / (np.exp(-2.5) + np.exp(1.2)))) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", SECTIONS)
def test_every_preset_gives_a_picture_that_its_link_gives_again_and_reset_undoes(open_page, shown, language, part):
    # Which question is asked depends on what was found before.
    app = open_page(PAGE, language, part=part, show="text,presets,code")
    first = shown(app)
    pictures = set()
    presets = app.button_group(key=f"{PAGE}.{part}.preset")
    assert len(presets.options) >= 3
    for name in presets.options:
        app.button_group(key=presets.key).set_value(name).run()
        assert not app.exception
        assert not app.warning
        pictures.add("".join(text.value for text in (*app.markdown, *app.caption)))
    assert len(pictures) == len(presets.options)
    address = next(block.value for block in app.code if "lang=" in block.value)
    query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    assert shown(open_page(PAGE, query.pop("lang"), **query)) == shown(app) != first
    app.button(key=f"{PAGE}.reset").click().run()
    assert shown(app) == first


ANSWERS = {
    "entropy of its target": (
        [{"z": link([9, 9, -9, -9] + [0] * 6), "y": "0,1"}],
        [{"z": link([9, 7, -9, -9] + [0] * 6), "y": "0,1"}, {"z": link([9, 9, -9, -9] + [0] * 6), "y": "0,1,2"}],
    ),
    "so say “none”": (
        [{"z": link([-5] * 10), "y": ""}],
        [{"z": link([-1] * 10), "y": ""}, {"z": link([-5] * 10), "y": "0"}],
    ),
    "nothing changes there": (
        [{"z": link([1.2, 0.9, -3.5, -2] + [0] * 6)}],
        [{"z": link([2.2, 1.9, -2.5, -1] + [0] * 6)}, {"z": link([1.2, 0.9, -3.5, -3] + [0] * 6)}],
    ),
    "take the largest sigmoid too": (
        [{"z": link([-3, -1, -2, -4] + [0] * 6), "y": "1"}],
        [
            {"z": link([-3, 1, -2, -4] + [0] * 6), "y": "1"},
            {"z": link([-3, -1, -2, -4] + [0] * 6), "y": "0"},
            {"z": link([-1, -1, -2, -4] + [0] * 6), "y": "1"},
        ],
    ),
    "with n true labels the floor is ln n": (
        [{"part": "descent", "y": "0,1,3", "step": "200"}],
        [{"part": "descent", "y": "0,1,3", "step": "3"}, {"part": "descent", "y": "0,1", "step": "200"}],
    ),
    "below ln n, and it keeps falling": (
        [{"part": "descent", "z": link([-2, 0, 1, 0] + [0] * 6), "y": "0,1", "step": "FIRST"}],
        [
            {"part": "descent", "z": link([-2, 0, 1, 0] + [0] * 6), "y": "0,1", "step": "LATER"},
            {"part": "descent", "z": link([5, 5, -5, -5] + [0] * 6), "y": "0,1", "step": "0"},
            {"part": "descent", "z": link([-2, 0, 1, 0] + [0] * 6), "y": "0", "step": "FIRST"},
        ],
    ),
    "more than the other half": (
        [{"part": "plane", "points": "overlapping", "spread": "0.1"}],
        [{"part": "plane", "points": "overlapping", "spread": "1"}, {"part": "plane", "points": "separate"}],
    ),
    "no half-plane holds": (
        [{"part": "plane", "points": "row", "spread": "0.2"}],
        [{"part": "plane", "points": "row", "spread": "1.2"}, {"part": "plane", "points": "separate"}],
    ),
    "Only the difference counts": (
        [{"part": "two", "z1": "-1", "z2": "-3"}],
        [{"part": "two", "z1": "1", "z2": "-3"}, {"part": "two", "z1": "-1", "z2": "-2.5"}],
    ),
}


def first_below():
    """The first step at which the sigmoids' loss is below ln 2, by the independent descent."""
    y = hot(4, 0, 1)
    return next(n for n in range(200) if sigmoid_loss(descended([-2, 0, 1, 0], y, n, 1.0, False), y) < math.log(2))


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_question_takes_right_answers_and_refuses_wrong_ones(open_page, answer):
    def answered(query):
        steps = {"FIRST": str(first_below()), "LATER": str(first_below() + 1)}
        app = open_page(PAGE, **{name: steps.get(value, value) for name, value in query.items()})
        return any(answer in success.value for success in app.success)

    right, wrong = ANSWERS[answer]
    assert all(map(answered, right))
    assert not any(map(answered, wrong))


def run_code(app, capsys):
    """Run the section's code as a visitor would, and return all numbers that it prints."""
    source = next(block.value for block in app.code if "import numpy" in block.value)
    exec(source, {})
    return [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", capsys.readouterr().out)]


@pytest.mark.parametrize("y", ["0,3", "2", ""])
def test_the_code_of_the_board_computes_what_it_shows(open_page, capsys, y):
    printed = run_code(open_page(PAGE, z=link(Z), y=y), capsys)
    labels = hot(4, *map(int, filter(None, y.split(","))))
    wanted = [1, expit(Z[:4]).sum(), sigmoid_loss(Z[:4], labels)] + ([softmax_loss(Z[:4], labels)] if y else [])
    for value in wanted:
        assert any(found == pytest.approx(value) for found in printed)


@pytest.mark.parametrize("y", ["0,3", ""])
def test_the_code_of_the_descent_computes_what_it_shows(open_page, capsys, y):
    printed = run_code(open_page(PAGE, part="descent", z=link(Z), y=y, step="25", rate="1.3"), capsys)
    labels = hot(4, *map(int, filter(None, y.split(","))))
    assert printed[-1] == pytest.approx(sigmoid_loss(descended(Z[:4], labels, 25, 1.3, False), labels))
    if y:
        assert printed[:2] == pytest.approx(
            [softmax_loss(descended(Z[:4], labels, 25, 1.3, True), labels), math.log(2)]
        )


@pytest.mark.parametrize("points", ["overlapping", "separate", "row"])
def test_the_code_of_the_plane_computes_what_it_shows(open_page, capsys, points):
    app = open_page(PAGE, part="plane", points=points, spread="0.6", seed="2")
    (softmax, all_points), (sigmoids, _) = counts(app)
    assert run_code(app, capsys) == [softmax, all_points, sigmoids, all_points]


def test_the_code_of_two_classes_computes_what_it_shows(open_page, capsys):
    printed = run_code(open_page(PAGE, part="two", z1="2.3", z2="-0.4"), capsys)
    assert printed == pytest.approx([expit(2.7), expit(2.7)])


@pytest.mark.parametrize("part", SECTIONS)
def test_a_link_can_show_one_section_alone(open_page, part):
    app = open_page(PAGE, show=part)
    assert not app.title
    assert not [group for group in app.button_group if group.key.endswith(".preset")]
    assert app.get("bidi_component")


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_only_the_difference_of_the_weights_counts_is_said_where_two_classes_are_compared(
    open_page, shown, language
):
    text = shown(open_page(PAGE, language, part="two"))
    assert r"${w=w_1-w_2}$" in text and r"(w_1-w_2)\cdot x+b_1-b_2" in text
