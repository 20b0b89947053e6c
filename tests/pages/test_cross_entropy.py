"""The cross-entropy page (E8 to E12), driven as a visitor drives it; numbers are compared with scipy's."""

import numpy as np
import pytest
from scipy.special import rel_entr, softmax
from scipy.stats import entropy

from explorer.notation import number

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
    return any(answer in success.value for success in app.success for answer in answers)


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
    app.button(key="cross_entropy.preset.ruled_out").click().run()
    assert not app.exception
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
        app.button(key=f"cross_entropy.preset.{name}").click().run()
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
        ("rules out to", "gives 0 to", "次幂"),
        [{"target": "hand", "p": link(P), "guess": "hand", "q": link(np.eye(10)[1])}],
        [{"target": "onehot", "guess": "hand", "q": link(np.eye(10)[3])}, {"z": link([100] + [-100] * 9)}],
    ),
    "symmetric": (
        ("no distance", "不是距离"),
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
    captions = [caption.value for caption in app.caption]
    assert number(cross_entropy(p, q)) in captions[0] and number(rel_entr(p, q).sum()) in captions[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_wall_both_surfaces_are_infinite_and_say_why(open_page, language):
    app = open_page("cross_entropy", language, part="surfaces", p2="0.6,0.4", q2="0,1")
    assert all("∞" in caption.value for caption in app.caption) and app.info


def test_the_code_of_two_classes_computes_what_the_page_shows(open_page, capsys):
    p, q = [0.25, 0.75], [0.6, 0.4]
    app = open_page("cross_entropy", part="surfaces", p2=link(p), q2=link(q))
    assert printed(app, capsys) == pytest.approx([cross_entropy(p, q), rel_entr(p, q).sum(), entropy(p)])


TWO_CLASSES = {
    "ridge": (("fair coin", "均匀硬币"), [("0.5,0.5", "0.5,0.5")], [("0.3,0.7", "0.3,0.7"), ("0.5,0.5", "0.6,0.4")]),
    "same_height": (("(E9)", "（E9）"), [("1,0", "0.3,0.7")], [("0.5,0.5", "0.3,0.7"), ("1,0", "1,0"), ("1,0", "0,1")]),
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
