"""What a visitor can set: reading and writing of every kind of setting, on generated values and generated text."""

import math
import string
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.components.points_board import MOST, Points
from explorer.shell import settings
from explorer.shell.kinds import NOT_ALLOWED, Choice, Flag, Integer, MultiChoice, Number, Numbers
from explorer.shell.settings import Settings

COORDINATES = st.floats(-6, 6).map(lambda value: round(value, 2) + 0.0)
KINDS = {
    "number": (Number(1.0, -5, 20), st.floats(-5, 20).map(lambda value: round(value, 4) + 0.0)),
    "whole": (Integer(3, 0, 9), st.integers(0, 9)),
    "choice": (Choice(("a", "bc", "d")), st.sampled_from(("a", "bc", "d"))),
    "flag": (Flag(), st.booleans()),
    "numbers": (
        Numbers((0.0,) * 3, -1000, 1000),
        st.tuples(*[st.floats(-1000, 1000).map(lambda value: round(value, 4) + 0.0)] * 3),
    ),
    "several": (
        MultiChoice(("a", "b", "c")),
        st.sets(st.sampled_from("abc"), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    ),
    "points": (
        Points(-6, 6, kinds=3),
        st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, 2)), max_size=MOST).map(tuple),
    ),
}
SETTINGS = Settings("page", **{name: setting for name, (setting, _) in KINDS.items()})
NASTY = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.digits + "+-.,eE_ ", max_size=400),
    st.sampled_from(
        ["inf", "-inf", "nan", "1e999", "0x10", "١٢٣", "1_0", "", ",", ",,", "\x00", "1,2,nan", "9" * 5000]
    ),
)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_a_value_comes_back_from_the_url_as_it_was(name, data):
    setting, values = KINDS[name]
    value = data.draw(values)
    assert setting.check(value) == value
    assert setting.parse(setting.format(value)) == value


@given(query=st.dictionaries(st.sampled_from([*KINDS, "unknown"]), st.lists(NASTY, min_size=1, max_size=3)))
def test_any_text_in_the_url_gives_an_allowed_value(query):
    values, refused = SETTINGS.parse(query)
    assert values.keys() == SETTINGS.specs.keys()
    for name, value in values.items():
        assert SETTINGS.specs[name].check(value) == value
        assert not any(isinstance(item, float) and not math.isfinite(item) for item in (value, *_items(value)))
    assert {bad.name for bad in refused} <= query.keys()
    for bad in refused:
        if bad.why == "refused":
            assert values[bad.name] == SETTINGS.specs[bad.name].default


def _items(value):
    return value if isinstance(value, tuple) else ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("number", "20.1"),
        ("number", "nan"),
        ("whole", "1.5"),
        ("whole", "10"),
        ("flag", "yes"),
        ("numbers", "1,2"),
        ("points", "1,2"),
        ("points", "6.1,0,1"),
        ("points", "0,nan,1"),
        ("points", "0,0,3"),
        ("points", "0,0,1_"),
        ("points", "_".join(["0,0,1"] * 41)),
    ],
)
def test_a_value_outside_its_limits_is_refused_with_what_is_allowed(name, text):
    _, (refused,) = SETTINGS.parse({name: [text]})
    assert (refused.name, refused.text) == (name, text)
    assert refused.allowed


@pytest.mark.parametrize(
    "name, texts, value", [("several", ["a", "c"], ("a", "c")), ("numbers", ["1", "2,3"], (1, 2, 3))]
)
def test_a_list_that_a_link_gives_in_pieces_is_joined(name, texts, value):
    values, refused = SETTINGS.parse({name: texts})
    assert (values[name], refused) == (value, [])


def test_of_several_values_where_there_can_be_one_the_last_counts_and_is_reported():
    values, (told,) = SETTINGS.parse({"whole": ["1", "5"], "choice": ["d", "d"]})
    assert (values["whole"], values["choice"]) == (5, "d")
    assert (told.name, told.why, told.text, told.shown) == ("whole", "repeated", "1, 5", "5")


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**400, None, [], {}, "inf", 3.5])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(NOT_ALLOWED):
        KINDS["whole"][0].check(value)


def test_minus_zero_is_zero():
    assert KINDS["number"][0].format(KINDS["number"][0].check(-0.0)) == "0"


def test_a_board_is_told_of_the_presets_that_set_nothing_else(monkeypatch):
    monkeypatch.setattr(settings, "st", SimpleNamespace(session_state={}))
    SETTINGS.reset()
    assert SETTINGS.presets_within("number") == {"pills": "", "sets": []}
    same = {"flag": False, "choice": "a"}
    SETTINGS.offer("page.part.preset", [{"number": 2.0}, {"number": 3.0, **same}, {"number": 4.0, "flag": True}, None])
    told = {"pills": "page.part.preset", "sets": [{"number": 2.0}, {"number": 3.0}, None, None]}
    assert SETTINGS.presets_within("number") == told
    SETTINGS.set(flag=True)
    assert SETTINGS.presets_within("number")["sets"] == [{"number": 2.0}, None, {"number": 4.0}, None]
    assert SETTINGS.presets_within("number", "flag")["sets"][1:3] == [
        {"number": 3.0, "flag": False},
        {"number": 4.0, "flag": True},
    ]
