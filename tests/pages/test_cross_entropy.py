"""The cross-entropy page (E8 to E12), driven as a visitor drives it; numbers are compared with scipy's."""

import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from scipy.special import log_softmax, rel_entr, softmax
from scipy.stats import entropy

from explorer.images.cifar10_classes import CIFAR10
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
CAT = 3
Z = [1.0, -2.0, 0.5, 3.0, 0.0, 2.5, -1.0, 4.0, 0.25, -0.75]
P = [0.0, 0.05, 0.0, 0.5, 0.0, 0.25, 0.0, 0.2, 0.0, 0.0]
Q = [0.1, 0.2, 0.05, 0.15, 0.1, 0.1, 0.05, 0.05, 0.1, 0.1]


def link(values):
    return ",".join(f"{value:g}" for value in values)


def smoothed(label, eps, classes=10):
    return (1 - eps) * np.eye(classes)[label] + eps / classes


def cross_entropy(p, q):
    return entropy(p) + rel_entr(p, q).sum()


def printed(app, capsys):
    """Run the code that the page shows and return the numbers that it prints."""
    source = next(block.value for block in app.code if "import numpy" in block.value)
    exec(source, {})
    return [float(text) for text in capsys.readouterr().out.split()]


def answered(app, *answers):
    """Return whether the page grants one of these answers (a piece of it in each language)."""
    return any(says(success.value, *answers) for success in app.success)


def says(text, *pieces):
    return any(piece in text for piece in pieces)


def press(app, part, name):
    """Choose a preset of a section."""
    app.button_group(key=f"cross_entropy.{part}.preset").set_value(name).run()
    assert not app.exception


def captions(app):
    """What the figures of a section show, in words: the questions' count and the progress are no captions of theirs."""
    counts = [
        texts.load(app.query_params["lang"], "cross_entropy")("question.count", i=i, n=n)
        for i in range(9)
        for n in range(9)
    ]
    return [caption.value for caption in app.caption if caption.value not in counts]


# --- The board ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_E8_the_cross_entropy_follows_p_and_q(open_page, shown, language):
    app = open_page("cross_entropy", language, target="hand", guess="hand", p=link(P), q=link(Q))
    assert number(-sum(p * np.log(q) for p, q in zip(P, Q, strict=True) if p)) in shown(app)
    app.session_state["cross_entropy.q"] = tuple(reversed(Q))
    app.run()
    assert number(-sum(p * np.log(q) for p, q in zip(P, reversed(Q), strict=True) if p)) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit, size", [("nats", 1.0), ("bits", np.log(2))])
def test_E9_entropy_and_divergence_add_up_to_the_cross_entropy(open_page, shown, language, unit, size):
    app = open_page("cross_entropy", language, z=link(Z), eps="0.3", y="7", unit=unit)
    p, q = smoothed(7, 0.3), softmax(Z)
    for value in (entropy(p), rel_entr(p, q).sum(), entropy(p) + rel_entr(p, q).sum(), rel_entr(q, p).sum()):
        assert number(value / size) in shown(app)


def test_E9_a_one_hot_target_has_no_entropy(open_page, shown):
    app = open_page("cross_entropy", target="onehot", z=link(Z), y="5")
    loss = number(-np.log(softmax(Z)[5]))
    assert f"$H(p)$ = {number(0)}" in shown(app)
    assert shown(app).count(loss) >= 2  # as the divergence and as the cross-entropy


@pytest.mark.parametrize("language", LANGUAGES)
def test_E11_the_loss_grows_with_the_way_of_q_from_the_one_hot_p(open_page, shown, language):
    sharper = [5.0 * (k == CAT) for k in range(10)], [20.0 * (k == CAT) for k in range(10)]
    wrong = [5.0 * (k == 0) for k in range(10)]
    found = []
    for z in (sharper[1], sharper[0], wrong):
        app = open_page("cross_entropy", language, target="onehot", y=str(CAT), z=link(z))
        found.append(-np.log(softmax(z)[CAT]))
        assert number(found[-1]) in shown(app)
    assert found == sorted(found)
    app = open_page("cross_entropy", language, target="onehot", y=str(CAT), guess="hand", q=link(np.eye(10)[CAT]))
    assert f"$H(p,q)$ = {number(0)}" in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_smoothing_puts_a_floor_of_0867_nats_under_the_loss(open_page, shown, language):
    assert round(entropy(smoothed(0, 0.2)), 3) == 0.867
    assert f"$H(p)$ = {number(entropy(smoothed(0, 0.2)))}" in shown(open_page("cross_entropy", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_q_rules_out_costs_infinity(open_page, shown, language):
    app = open_page("cross_entropy", language)
    press(app, "board", "ruled_out")
    assert "$H(p,q)$ = ∞" in shown(app)


def test_the_symmetric_divergence_is_the_mean_way_to_the_middle(open_page, shown):
    app = open_page("cross_entropy", target="hand", guess="hand", p=link(P), q=link(Q))
    middle = (np.array(P) + Q) / 2
    assert number((rel_entr(P, middle).sum() + rel_entr(Q, middle).sum()) / 2) in shown(app)


def test_shares_in_a_link_are_weights_that_sum_to_1_and_none_at_all_are_refused(open_page):
    app = open_page("cross_entropy", target="hand", p=link([1, 1, 1] + [0] * 7))
    assert sum(round(10_000 * share) for share in app.session_state["cross_entropy.p"]) == 10_000
    assert app.session_state["cross_entropy.p"][:3] == pytest.approx((1 / 3,) * 3, abs=1e-4)
    for bad in ([0] * 10, [0.5, 0.5], [-1, 2] + [0] * 8):
        app = open_page("cross_entropy", p=link(bad))
        assert len(app.warning) == 1


def test_every_preset_of_the_board_shows_its_numbers(open_page, shown):
    app = open_page("cross_entropy")
    for name in ("onehot", "people", "equal", "knows_nothing", "smoothed"):
        press(app, "board", name)
        now = {key: app.session_state[f"cross_entropy.{key}"] for key in ("target", "p", "q", "z", "y", "eps", "guess")}
        p = now["p"] if now["target"] == "hand" else smoothed(now["y"], now["eps"] * (now["target"] == "smoothed"))
        q = now["q"] if now["guess"] == "hand" else softmax(now["z"])
        assert f"$H(p,q)$ = {number(cross_entropy(p, q))}" in shown(app)


@pytest.mark.parametrize("unit, size", [("nats", 1.0), ("bits", np.log(2))])
@pytest.mark.parametrize("guess", ["logits", "hand"])
def test_the_code_of_the_board_computes_what_it_shows(open_page, capsys, guess, unit, size):
    app = open_page("cross_entropy", target="hand", p=link(P), q=link(Q), z=link(Z), guess=guess, unit=unit)
    q = Q if guess == "hand" else softmax(Z)
    values = entropy(P), cross_entropy(P, q), rel_entr(P, q).sum(), cross_entropy(P, q)
    assert printed(app, capsys) == pytest.approx([value / size for value in values])


QUESTIONS = {
    "floor": (
        ("0.867",),
        [{"z": link(np.log(smoothed(3, 0.2)))}, {"eps": "0.5", "z": link(np.log(smoothed(3, 0.5)))}],
        [{}, {"eps": "0", "z": link([100 * (k == 3) for k in range(10)])}, {"target": "hand", "z": link(Z)}],
    ),
    "infinite": (
        ("rules out to", "give 0 to", "次幂"),
        [{"target": "hand", "p": link(P), "guess": "hand", "q": link(np.eye(10)[1])}],
        [{"target": "onehot", "guess": "hand", "q": link(np.eye(10)[3])}, {"z": link([100] + [-100] * 9)}],
    ),
    "symmetric": (
        ("not a distance", "不是距离"),
        [{"target": "hand", "guess": "hand", "p": link([0.6, 0.4] + [0] * 8), "q": link([0.4, 0.6] + [0] * 8)}],
        [
            {"target": "hand", "guess": "hand", "p": link(Q), "q": link(Q)},
            {"target": "hand", "guess": "hand", "p": link([0.6, 0.4] + [0] * 8), "q": link([0.3, 0.7] + [0] * 8)},
        ],
    ),
    "bits": (
        ("one eighth", "八分之一"),
        [{"target": "hand", "unit": "bits", "p": link([0.125] * 8 + [0, 0])}],
        [
            {"target": "hand", "unit": "nats", "p": link([0.125] * 8 + [0, 0])},
            {"target": "hand", "unit": "bits", "p": link([0.1] * 10)},
        ],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_of_the_board_takes_right_answers_and_refuses_wrong_ones(open_page, language, name):
    answers, right, wrong = QUESTIONS[name]
    for query in right:
        assert answered(open_page("cross_entropy", language, **query), *answers), query
    for query in wrong:
        assert not answered(open_page("cross_entropy", language, **query), *answers), query


# --- Two classes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["surface", "contours"])
def test_both_surfaces_tell_the_value_at_their_point(open_page, shown, language, view):
    app = open_page("cross_entropy", language, part="surfaces", view=view, p2="0.25,0.75")
    app.session_state["cross_entropy.q2"] = (0.6, 0.4)
    app.run()
    p, q = [0.25, 0.75], [0.6, 0.4]
    both = captions(app)
    assert number(cross_entropy(p, q)) in both[0] and number(rel_entr(p, q).sum()) in both[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_wall_both_surfaces_are_infinite_and_say_why(open_page, language):
    app = open_page("cross_entropy", language, part="surfaces", p2="0.6,0.4", q2="0,1")
    assert all("∞" in caption for caption in captions(app)) and app.info


def test_the_code_of_two_classes_computes_what_the_page_shows(open_page, capsys):
    p, q = [0.25, 0.75], [0.6, 0.4]
    app = open_page("cross_entropy", part="surfaces", p2=link(p), q2=link(q))
    assert printed(app, capsys) == pytest.approx([cross_entropy(p, q), rel_entr(p, q).sum(), entropy(p)])


TWO_CLASSES = {
    "ridge": (("fair coin", "均匀硬币"), [("0.5,0.5", "0.5,0.5")], [("0.3,0.7", "0.3,0.7"), ("0.5,0.5", "0.6,0.4")]),
    "same_height": (
        ("either edge", "两条边上"),
        [("1,0", "0.3,0.7")],
        [("0.5,0.5", "0.3,0.7"), ("1,0", "1,0"), ("1,0", "0,1")],
    ),
    "flat": (("ln 2 − H(p)",), [("0.2,0.8", "0.5,0.5")], [("0.5,0.5", "0.5,0.5"), ("0.2,0.8", "0.6,0.4")]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TWO_CLASSES)
def test_a_question_of_two_classes_takes_right_answers_and_refuses_wrong_ones(open_page, language, name):
    answers, right, wrong = TWO_CLASSES[name]
    for expected, pairs in ((True, right), (False, wrong)):
        for p, q in pairs:
            app = open_page("cross_entropy", language, part="surfaces", p2=p, q2=q)
            assert answered(app, *answers) == expected, (p, q)


# --- The essay's claim ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_E10_both_losses_are_the_entropy_apart_and_have_one_gradient(open_page, language):
    app = open_page("cross_entropy", language, part="claim", eps="0.3", y="7", z=link(Z), k="1")
    p, q = smoothed(7, 0.3), softmax(Z)
    losses, gradients = captions(app)
    for value in (cross_entropy(p, q), rel_entr(p, q).sum(), entropy(p)):
        assert number(value) in losses
    assert f"{number(q[1])} − {number(p[1])} = {number(q[1] - p[1])}" in gradients
    app.session_state["cross_entropy.target"] = "onehot"
    app.run()
    lead = "\n".join(text.value for text in app.markdown)
    assert says(lead, "the claim is only a matter of", "这个论断只是说法不同")
    loss = number(-np.log(q[7]))
    assert captions(app)[0].count(loss) == 2 and number(0) in captions(app)[0]


def test_E10_the_code_measures_the_same_slope_on_both_losses(open_page, capsys):
    app = open_page("cross_entropy", part="claim", target="hand", p=link(P), z=link(Z), k="5")
    apart, of_one, of_other, formula = printed(app, capsys)
    assert apart == pytest.approx(entropy(P))
    assert of_one == pytest.approx(formula, abs=1e-8) and of_other == pytest.approx(formula, abs=1e-8)
    assert number(formula) in captions(app)[1]


def test_E10_on_the_floor_the_cross_entropy_is_the_entropy(open_page):
    app = open_page("cross_entropy", part="claim")
    press(app, "claim", "claim_floor")
    assert captions(app)[0].count(number(entropy(smoothed(0, 0.2)))) == 2


# --- The derivation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("label, z", [(3, Z), (7, Z), (0, [100] + [-100] * 9), (1, [100] + [-100] * 9)])
def test_E12_the_last_line_is_the_softmax_loss(open_page, language, label, z):
    app = open_page("cross_entropy", language, part="derivation", y=str(label), z=link(z))
    last = next(text.value for text in app.markdown if "=L=" in text.value)
    loss = np.log1p(np.exp(np.delete(z, label) - z[label]).sum())  # as small as it is; scipy's log_softmax gives 0
    assert last.rstrip().endswith(f"=L={number(loss)}}}$")


@pytest.mark.parametrize("language", LANGUAGES)
def test_E12_every_line_holds_its_numbers_and_the_slip_is_named(open_page, shown, language):
    app = open_page("cross_entropy", language, part="derivation", y="7", z=link(Z))
    texts = shown(app)
    q = number(softmax(Z)[7])
    assert rf"={number(-np.log(softmax(Z)[7]))}-{number(0)}}}$" in texts and rf"-\ln {q}$" in texts
    assert rf"{{=\frac{{{number(np.exp(Z[7]))}}}{{{number(np.exp(Z).sum())}}}={q}}}$" in texts
    (slip,) = app.info
    assert says(slip.value, "Only q is a softmax", "只有 q 是 softmax")
    assert says(slip.value, "minus signs and indices", "负号和下标")
    app.session_state["cross_entropy.step"] = 3
    app.run()
    assert "=L=" not in shown(app) and rf"-\ln {q}$" in shown(app) and not app.info


def test_E12_the_code_gives_the_divergence_and_the_loss_as_one_number(open_page, capsys):
    app = open_page("cross_entropy", part="derivation", y="2", z=link(Z))
    assert printed(app, capsys) == pytest.approx([-log_softmax(Z)[2]] * 2)


@pytest.mark.parametrize(("language", "name"), [("en", "triangle"), ("zh", "三角形")])
def test_a_drawn_shape_keeps_its_name_until_a_preset_speaks_of_photographs(open_page, shown, language, name):
    app = open_page("cross_entropy", language, part="derivation", names="shapes", y="5", z=link(Z))
    assert name in shown(app)
    press(app, "derivation", "cat_or_dog")
    assert name not in shown(app) and app.session_state["cross_entropy.names"] == "classes"


# --- Three classes --------------------------------------------------------------------------------------

P3, Z3 = [0.5, 0.2, 0.3], [1.0, -2.0, 3.0]


def descended(p, z, rate, steps):
    """The divergence before each step and after the last one, by the rule f ← f − η (q − p)."""
    f, along = np.array(z), []
    for _ in range(steps):
        along.append(rel_entr(p, softmax(f)).sum())
        f = f - rate * (softmax(f) - p)
    return [*along, rel_entr(p, softmax(f)).sum()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["levels", "surface"])
@pytest.mark.parametrize("quantity", ["cross_entropy", "kl_divergence"])
def test_the_descent_in_the_simplex_tells_where_it_begins_and_ends(open_page, language, view, quantity):
    query = {"view3": view, "quantity": quantity, "p3": link(P3), "z3": link(Z3), "eta": "0.5"}
    app = open_page("cross_entropy", language, part="simplex", **query)
    app.session_state["cross_entropy.steps"] = 7
    app.run()
    floor = entropy(P3) if quantity == "cross_entropy" else 0
    along = descended(P3, Z3, 0.5, 7)
    for value in (along[0] + floor, along[-1] + floor, floor):
        assert number(value) in captions(app)[0]


def test_the_code_of_the_simplex_descends_as_the_page_does(open_page, capsys):
    app = open_page("cross_entropy", part="simplex", p3=link(P3), z3=link(Z3), eta="0.5", steps="7")
    assert printed(app, capsys)[0] == pytest.approx(descended(P3, Z3, 0.5, 7)[-1])


# --- Asymmetry ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_fits_tell_their_mean_and_deviation(open_page, language):
    app = open_page("cross_entropy", language, part="asymmetry", gap="6.4", share="0.6")
    forward, reverse = captions(app)
    mean = -3.2 * 0.6 + 3.2 * 0.4
    assert number(mean) in forward and number(np.sqrt(1 + 3.2**2 - mean**2)) in forward
    assert "m = −3.19" in reverse
    app.session_state["cross_entropy.start"] = 4.0
    app.run()
    assert "m = 3.19" in captions(app)[1] and number(mean) in captions(app)[0]


@pytest.mark.parametrize("query", [{}, {"start": "4"}, {"gap": "2", "share": "0.5"}])
def test_the_code_of_the_fits_arrives_where_the_page_does(open_page, capsys, query):
    app = open_page("cross_entropy", part="asymmetry", **query)
    values = printed(app, capsys)
    for caption, expected in zip(captions(app), (values[:3], values[3:]), strict=True):
        told = [float(text.replace("−", "-")) for text in re.findall(r"−?\d+\.\d{4}", caption)]
        assert told == pytest.approx(expected, abs=6e-5)


# --- Samples --------------------------------------------------------------------------------------------


def draws(p, seed, size):
    """The labels that the uniform numbers of this seed give, one by one."""
    ends = np.cumsum(p)
    return [int(np.flatnonzero(u < ends)[0]) for u in np.random.default_rng(seed).random(size)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_E8_the_samples_cost_on_average_what_the_page_says(open_page, shown, language):
    query = {"part": "samples", "target": "hand", "p": link(P), "z": link(Z), "seed": "5", "drawn": "250"}
    app = open_page("cross_entropy", language, **query)
    costs = -log_softmax(Z)
    drawn = costs[draws(P, 5, 250)]
    deviation = np.sqrt(np.dot(P, costs**2) - np.dot(P, costs) ** 2)
    for value in (drawn[-1], drawn.mean(), np.dot(P, costs), 2 * deviation / np.sqrt(250)):
        assert number(value) in shown(app)
    for bits in (drawn[-1], np.dot(P, costs), entropy(P)):
        assert number(bits / np.log(2), 2) in shown(app)


def test_one_more_is_drawn_at_a_press_and_a_thousand_leave_the_first_as_they_are(open_page):
    app = open_page("cross_entropy", part="samples", target="hand", p=link(P), drawn="3")
    classes = [texts.load("en", "cross_entropy").table("classes")[name] for name in CIFAR10]
    for size, last in enumerate(draws(P, 2, 6)[3:], start=4):
        app.button(key="cross_entropy.samples.one").click().run()
        assert f"Sample {size}: {classes[last]}." in captions(app)[0]
    app.button(key="cross_entropy.samples.many").click().run()
    assert f"Sample 1,006: {classes[draws(P, 2, 1006)[-1]]}." in captions(app)[0]
    assert app.query_params["drawn"] == "1006"
    app.button(key="cross_entropy.samples.again").click().run()
    assert app.session_state["cross_entropy.drawn"] == 0 and not app.exception


def test_no_more_are_drawn_than_a_link_can_say(open_page):
    app = open_page("cross_entropy", part="samples", drawn="99500")
    app.button(key="cross_entropy.samples.many").click().run()
    assert app.session_state["cross_entropy.drawn"] == 100_000
    assert app.button(key="cross_entropy.samples.one").disabled and not app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_q_rules_out_makes_the_mean_infinite_as_soon_as_it_comes(open_page, language):
    p, q = [0, 0, 0, 0.55, 0, 0.4, 0.05, 0, 0, 0], [0, 0, 0, 0.6, 0, 0.4, 0, 0, 0, 0]
    first = draws(p, 2, 100).index(6) + 1
    query = {"part": "samples", "target": "hand", "p": link(p), "guess": "hand", "q": link(q), "seed": "2"}
    before = captions(open_page("cross_entropy", language, drawn=str(first - 1), **query))[0]
    assert (
        number(-np.log(np.array(q)[draws(p, 2, first - 1)]).mean()) in before and number(0.95 ** (first - 1)) in before
    )
    said = captions(open_page("cross_entropy", language, drawn=str(first), **query))[0]
    assert str(first) in said and says(said, "is infinite", "均值为无穷大") and says(said, "rules out", "不可能")
    later = captions(open_page("cross_entropy", language, drawn=str(first + 50), **query))[0]
    assert str(first) in later and says(later, "is infinite", "均值为无穷大")


@pytest.mark.parametrize("query", [{}, {"guess": "hand", "q": link(Q)}, {"target": "onehot", "drawn": "1"}])
def test_the_code_of_the_samples_draws_the_same_ones(open_page, shown, capsys, query):
    app = open_page("cross_entropy", part="samples", **({"drawn": "300", "seed": "9"} | query))
    source = next(block.value for block in app.code if "import numpy" in block.value)
    exec(source, {})
    *_, expected, _, mean = capsys.readouterr().out.replace("]", " ").split()
    assert number(float(expected)) in captions(app)[0] and number(float(mean)) in captions(app)[0]


# --- Questions of the other sections --------------------------------------------------------------------

HALF = [np.log(9)] + [0] * 9
HALVES, REVERSED = "0.5,0.25,0.125,0.125,0,0,0,0,0,0", "0.125,0.125,0.25,0.5,0,0,0,0,0,0"
NO_LAST = {"target": "hand", "p": link([0.95] + [0] * 8 + [0.05]), "guess": "hand", "q": link([1] + [0] * 9)}
OTHERS = {
    "one_digit": (
        "samples",
        ("2s/√n",),
        [{"target": "hand", "p": "0,0,0,0.6,0.1,0.3,0,0,0,0", "drawn": "10000"}],
        [
            {"drawn": "999"},
            {"target": "hand", "p": "0,0,0,0.6,0.1,0.3,0,0,0,0", "drawn": "1000"},
            {"target": "onehot", "drawn": "10000"},
        ],
    ),
    "same_cost": (
        "samples",
        ("s = 0",),
        [{"z": link([0] * 10)}, {"guess": "hand", "q": link([0.1] * 10), "drawn": "2"}],
        [{}, {"target": "onehot"}, {"z": link([0] * 10), "drawn": "1"}],
    ),
    "shortest_code": (
        "samples",
        ("1.75",),
        [{"target": "hand", "p": HALVES, "guess": "hand", "q": HALVES}],
        [{"target": "hand", "p": HALVES, "guess": "hand", "q": REVERSED}, {"guess": "hand"}],
    ),
    "luck": ("samples", ("0.60",), [NO_LAST], [{}, NO_LAST | {"drawn": "9"}, NO_LAST | {"drawn": "100"}]),
    "no_distance": ("claim", ("one-hot", "one-hot"), [{"target": "onehot"}, {"eps": "0"}], [{}, {"eps": "0.01"}]),
    "widest": (
        "claim",
        ("ln 10",),
        [{"eps": "1"}, {"target": "hand", "p": link([0.1] * 10)}],
        [{}, {"eps": "0.9"}, {"target": "onehot", "z": link([0] * 10)}],
    ),
    "level": (
        "claim",
        ("this one class", "只有这一类"),
        [{"k": "3", "target": "hand", "p": link([0] * 8 + [0.5, 0.5]), "z": link([0, 0, 0, -50] + [0] * 6)}],
        [{"k": "3"}, {"k": "3", "z": link(np.log(smoothed(3, 0.2)))}],
    ),
    "half": (
        "derivation",
        ("−ln ½",),
        [{"y": "0", "z": link(HALF)}],
        [{"y": "1", "z": link(HALF)}, {"y": "0", "z": link([0] * 10)}],
    ),
    "perfect": (
        "derivation",
        ("is never 0", "永远不等于"),
        [{"y": "0", "z": link([20] + [0] * 9)}],
        [{"y": "1", "z": link([20] + [0] * 9)}, {"y": "0", "z": link([9] + [0] * 9)}],
    ),
    "tenth": (
        "derivation",
        ("one tenth", "十分之一"),
        [{"y": "9", "z": link([np.log(8), 0, -50, -50, -50, -50, -50, -50, -50, 0])}],
        [{"y": "9", "z": link([0] * 10)}, {"y": "0", "z": link(HALF)}],
    ),
    "fewest": (
        "simplex",
        ("One step fewer", "再少一步"),
        [{"steps": str(next(n for n, d in enumerate(descended([0.6, 0.3, 0.1], [-3, 0, 2], 1, 30)) if d < 0.01))}],
        [{"steps": "30"}, {"steps": "2"}, {"steps": "200", "eta": "0.1"}],
    ),
    "overshoot": ("simplex", ("leaps past", "越过 p"), [{"eta": "12"}], [{}, {"eta": "0.5"}]),
    "never_there": (
        "simplex",
        ("infinite logits", "无穷大的 logit"),
        [{"p3": "1,0,0", "steps": "200"}],
        [{"p3": "1,0,0"}, {"steps": "200"}],
    ),
    "lighter": (
        "asymmetry",
        ("in the valley", "所在的谷中"),
        [{"start": "4"}, {"share": "0.3", "start": "-4"}],
        [{}, {"start": "4", "share": "0.5"}, {"start": "4", "gap": "5.5"}],
    ),
    "same_fit": ("asymmetry", ("hardly matters", "几乎没有影响"), [{"gap": "0"}, {"gap": "0.5"}], [{}, {"gap": "2"}]),
    "between": (
        "asymmetry",
        ("even the lowest", "甚至就是最小值"),
        [{"share": "0.5", "start": "0"}],
        [{}, {"share": "0.5", "start": "3"}, {"gap": "1", "start": "0"}],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OTHERS)
def test_a_question_takes_right_answers_and_refuses_wrong_ones(open_page, language, name):
    part, answers, right, wrong = OTHERS[name]
    for expected, queries in ((True, right), (False, wrong)):
        for query in queries:
            app = open_page("cross_entropy", language, part=part, **query)
            assert answered(app, *answers) == expected, query


@pytest.mark.parametrize("part", ["board", "samples", "claim", "derivation", "surfaces", "simplex", "asymmetry"])
def test_every_preset_of_a_section_gives_a_picture_that_its_link_gives_again_and_reset_undoes(open_page, shown, part):
    # Which question is asked depends on what was found before.
    app = open_page("cross_entropy", part=part, show="text,presets,code")
    first = shown(app)
    names = app.button_group(key=f"cross_entropy.{part}.preset").options
    assert len(names) >= 4
    seen = set()
    for name in names:
        press(app, part, name)
        seen.add(shown(app))
    assert len(seen) == len(names)
    address = next(block.value for block in app.code if "lang=" in block.value)
    query = dict(parse_qsl(urlsplit(address).query))
    assert shown(open_page("cross_entropy", query.pop("lang"), **query)) == shown(app) != first
    app.button(key="cross_entropy.reset").click().run()
    assert shown(app) == first


SECTIONS = ["board", "samples", "claim", "derivation", "surfaces", "simplex", "asymmetry"]


def seen(app):
    """The boards and figures of a page."""
    of_every_page = ("presenter", "progress")
    parts = [part for part in app.get("bidi_component") if not part.proto.component_name.endswith(of_every_page)]
    return [(part.type, part.proto.id) for part in parts]


@pytest.mark.parametrize("part", SECTIONS)
@pytest.mark.parametrize("show", ["board,figure", "board", "figure", "{part}"])
def test_a_link_can_reduce_a_section_to_its_stage(open_page, part, show):
    app = open_page("cross_entropy", part=part, show=show.format(part=part))
    assert not app.warning and not app.title and not app.expander
    assert not [group for group in app.button_group if group.key.endswith(".preset")]
    assert seen(app) == seen(open_page("cross_entropy", part=part))
    app.run()
    assert seen(app) == seen(open_page("cross_entropy", part=part))


def test_a_link_to_a_board_and_its_text_leaves_the_choice_of_sections(open_page):
    app = open_page("cross_entropy", part="claim", show="board,figure,text")
    assert app.title and seen(app) == seen(open_page("cross_entropy", part="claim"))


def test_all_sections_can_be_seen_at_once(open_page):
    app = open_page("cross_entropy", show=",".join(SECTIONS) + ",questions")
    assert not app.warning
    assert [heading.value for heading in app.subheader] == list(
        texts.load("en", "cross_entropy").table("part").values()
    )
    assert len(seen(app)) == sum(len(seen(open_page("cross_entropy", part=part))) for part in SECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", [{}, {"eps": "0.37"}, {"target": "onehot"}, {"target": "hand"}, {"names": "shapes"}])
def test_q_becomes_the_p_that_is_there(open_page, shown, query, language):
    app = open_page("cross_entropy", language, **query)
    before = {name: app.session_state[f"cross_entropy.{name}"] for name in ("target", "y", "eps", "p", "names")}
    press(app, "board", "equal")
    assert before == {name: app.session_state[f"cross_entropy.{name}"] for name in before}
    assert app.session_state["cross_entropy.guess"] == "hand"
    (said,) = [caption.value for caption in app.caption if "JS" in caption.value or "Jensen" in caption.value]
    assert said.count("0.0000") >= 3 and "×10" not in said
