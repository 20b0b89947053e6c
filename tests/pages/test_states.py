"""States that no component of ours hands over: whatever a browser sends is taken as allowed values, or not at all."""

import itertools
import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.shell import settings as shell_settings
from explorer.stage import page as shell_page

ODD = [
    *(None, True, -1, 10**400, 0.5, 1e308, -0.0, math.inf, -math.inf, math.nan, "inf", "-inf", "nan", "", "1"),
    *("0.1,0.9", "٣", "\x00", "500.3k", [], [math.inf], [None], ["inf"], [[1]], {}, {"0": 1}, [{}]),
]
JSON = st.recursive(
    st.sampled_from(ODD) | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=5) | st.sampled_from("0123"), inner, max_size=4)
    ),
    max_leaves=30,
)


def hand_over(settings, value) -> dict:
    """Hand a component's value to the settings of a page, and return what they are then."""
    state = {"board": value} | {settings.key(name): setting.default for name, setting in settings.specs.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell_settings, "st", SimpleNamespace(session_state=state))
        settings.on_state_change("board")()
        return settings.values()


def allowed(settings, values: dict) -> bool:
    return all(settings.specs[name].check(value) == value and finite(value) for name, value in values.items())


def finite(value) -> bool:
    if isinstance(value, tuple):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("page", shell_page.PAGES)
def test_every_setting_refuses_what_is_odd(page, settings_of_pages):
    settings = settings_of_pages[page]
    for name, value in itertools.product(settings.specs, ODD):
        assert allowed(settings, hand_over(settings, {"state": {name: value}})), (name, value)


@pytest.mark.parametrize("page", shell_page.PAGES)
@given(data=st.data())
def test_any_state_leaves_allowed_values(page, settings_of_pages, data):
    settings = settings_of_pages[page]
    names = st.sampled_from([*settings.specs, "unknown", ""])
    state = data.draw(st.dictionaries(names, JSON, min_size=1, max_size=4))
    assert allowed(settings, hand_over(settings, {"state": state}))


@pytest.mark.parametrize("page", shell_page.PAGES)
@given(value=st.dictionaries(st.sampled_from(["state", "else"]), JSON, max_size=2))
def test_a_state_of_another_shape_changes_nothing_that_is_not_allowed(page, settings_of_pages, value):
    settings = settings_of_pages[page]
    assert allowed(settings, hand_over(settings, value))


@pytest.mark.parametrize(
    "state", [{"y": math.inf}, {"y": "inf"}, {"y": math.nan}, [1], None, 3, "text", {"z": {"y": 1}}, {"T": [[1]]}]
)
def test_what_is_not_allowed_changes_nothing(settings_of_pages, state):
    settings = settings_of_pages["softmax"]
    first = {name: setting.default for name, setting in settings.specs.items()}
    assert hand_over(settings, {"state": state}) == first


def test_what_is_allowed_is_taken_from_beside_what_is_not(settings_of_pages):
    values = hand_over(settings_of_pages["softmax"], {"state": {"y": 7, "T": "inf", "unknown": 1, "z": [1] * 9}})
    assert (values["y"], values["T"]) == (7, 1.0)


def test_a_state_nested_without_end_is_refused(settings_of_pages):
    deep = 1
    for _ in range(100_000):
        deep = [deep]
    assert hand_over(settings_of_pages["softmax"], {"state": {"z": deep, "y": 2}})["y"] == 2
