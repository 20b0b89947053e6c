"""What a board moves is the board's alone: Python sends none of it, and the same figure wherever the sliders stand."""

import json

import pytest

LOGITS = "2,0.4,0.9,-3.1,0.2,3.6,0.8,1,-0.6,-5"
# Of each section with such a figure: its page, its settings, and others that only a slider of its board changes.
MOVED = {
    "softmax surface": ("softmax", {"part": "surface"}, {"z": LOGITS}),
    "softmax contours": ("softmax", {"part": "surface", "view": "contours"}, {"z": LOGITS}),
    "softmax chord": ("softmax", {"part": "surface", "chord": "1"}, {"z": LOGITS}),
    "sigmoid surface": ("logistic_regression", {"part": "surface"}, {"w1": "-2", "w0": "1"}),
    "sigmoid contours": ("logistic_regression", {"part": "surface", "view": "contours"}, {"w1": "-2", "w0": "1"}),
    "likelihood": ("logistic_regression", {"part": "likelihood"}, {"w": "2", "b": "1"}),
    "home": ("home", {}, {"z": "4,0.5,-3,1"}),
    "claim": ("cross_entropy", {"part": "claim"}, {"eps": "0.4", "z": LOGITS}),
}


def figures(app) -> list[dict]:
    sent = [e.proto.bytes for e in app.get("bidi_component") if e.proto.component_name.endswith("live_figure")]
    return [json.loads(json.loads(data)["figure"]) for data in sent]


@pytest.mark.parametrize("section", MOVED)
def test_python_sends_the_same_figures_wherever_the_sliders_stand(open_page, section):
    page, settings, moved = MOVED[section]
    before, after = (figures(open_page(page, **query)) for query in (settings, settings | moved))
    assert before == after
    owned = [
        (trace, name)
        for figure in before
        for trace in figure["data"]
        for name in trace.get("meta", {}).get("board", {})
    ]
    assert owned and all(name not in trace for trace, name in owned)
