"""All style sheets end up in one document: a component's classes must not be another's."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from explorer import components
from explorer.stage import page as stage

SHARED = "xb"


def test_no_two_components_share_a_prefix():
    prefixes = Counter()
    for sheet in Path(components.__file__).parent.glob("*/*.css"):
        names = re.findall(r"\.(x[a-z]+)\b", sheet.read_text("utf-8"))
        assert names, sheet.name
        prefixes.update(set(names) - ({SHARED} if sheet.parent.name != "shared" else set()))
    assert {prefix for prefix, sheets in prefixes.items() if sheets > 1} == set()


def test_the_colours_of_the_stage_are_those_of_the_themes():
    themes = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]
    sheet = Path(stage.__file__).with_name("main.css").read_text("utf-8")
    options = {
        "accent": "primaryColor",
        "ground": "backgroundColor",
        "soft": "secondaryBackgroundColor",
        "line": "borderColor",
    }
    for name, option in options.items():
        assert f"--stage-{name}: light-dark({themes['light'][option]}, {themes['dark'][option]});" in sheet


# Streamlit changes its containers' classes with every answer, and the browser then styles anew all that a selector can
# mean below them: little if it ends with a tag, a class or an attribute; with "*" or ":has()" alone, everything.
INNER = r"(?:[^()]|\([^()]*\))*"  # of brackets
BY_KEY = r"\[class[^\]]*\]"


def parts(selector: str, between: str) -> list[str]:
    """Return the parts of a selector that these signs separate, outside brackets."""
    depth, found = 0, [""]
    for sign in selector:
        depth += (sign in "([") - (sign in ")]")
        if sign in between and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found if part.strip()]


def says_what_it_is(compound: str) -> bool:
    """Return whether a part of a selector names a tag, a class or an attribute, other than a part of the class."""
    compound = re.sub(rf":(?:not|has|nth-child)\({INNER}\)", "", compound)
    own = re.sub(rf":(?:is|where)\({INNER}\)|{BY_KEY}", "", compound)
    choices = [parts(choice, ",") for choice in re.findall(rf":(?:is|where)\(({INNER})\)", compound)]
    return bool(re.search(r"[.#\[]|^[a-z]", own)) or any(
        all(says_what_it_is(parts(one, " >+~")[-1]) for one in choice) for choice in choices
    )


@pytest.mark.parametrize("name", ["main", "beside", "presentation"])
def test_a_rule_below_a_container_that_is_found_by_its_key_does_not_mean_everything_in_it(name):
    text = re.sub(r"/\*.*?\*/", "", Path(stage.__file__).with_name(f"{name}.css").read_text("utf-8"), flags=re.S)
    rules = [rule.strip() for rule in re.findall(r"([^{};]+)\{", text)]
    below = [parts(one, " >+~") for rule in rules if not rule.startswith("@") for one in parts(rule, ",")]
    below = [selector for selector in below if any(re.search(BY_KEY, part) for part in selector[:-1])]
    assert below
    assert [" ".join(selector) for selector in below if not says_what_it_is(selector[-1])] == []
