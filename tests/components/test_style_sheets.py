"""All style sheets end up in one document: a component's classes must not be another's."""

import re
import tomllib
from collections import Counter
from pathlib import Path

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
