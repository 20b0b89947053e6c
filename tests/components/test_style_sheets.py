"""All style sheets end up in one document: a component's classes must not be another's."""

import re
from collections import Counter
from pathlib import Path

from explorer import components

SHARED = "xb"


def test_no_two_components_share_a_prefix():
    prefixes = Counter()
    for sheet in Path(components.__file__).parent.glob("*/*.css"):
        names = re.findall(r"\.(x[a-z]+)\b", sheet.read_text("utf-8"))
        assert names, sheet.name
        prefixes.update(set(names) - ({SHARED} if sheet.parent.name != "shared" else set()))
    assert {prefix for prefix, sheets in prefixes.items() if sheets > 1} == set()
