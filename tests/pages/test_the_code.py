"""The code that a page shows is ready to paste: it runs alone, and prints what the page says."""

import re
import subprocess
import sys

import pytest

from explorer.shell.numbers import number

Z = "1,-2,0.5,3,0,2.5,-1,4,0.25,-0.75"
# For each section: what it is set to, and which of the printed numbers the page says too.
SECTIONS = {
    "softmax": {
        "board": ({"z": Z, "y": "6", "T": "0.5"}, -1),
        "surface": ({"z": Z, "y": "6", "chord": "1"}, 0),
        "samples": ({}, -1),
        "numerics": ({"z": Z, "M": "710"}, -1),
        "descent": ({"z": Z, "steps": "7"}, -1),
        "hinge": ({"z": Z, "n": "5"}, -1),
        "picture": ({"pic": "4", "right": "2", "paint": "500.30w"}, -1),
    },
    "logistic_regression": {
        "sample": ({"z": "-1.5"}, 2),
        "surface": ({"w2": "-1"}, 0),
        "likelihood": ({"m": "25"}, -1),
        "descent": ({"steps": "15", "l2": "0.02"}, -1),
    },
}
RUN_EACH = """import runpy, sys
sys.modules["explorer"] = None  # not even where it is installed
for file in sys.argv[1:]:
    print("file")
    runpy.run_path(file)
"""


@pytest.mark.parametrize("page", SECTIONS)
def test_the_code_of_every_section_runs_in_an_empty_folder_and_prints_a_number_shown(open_page, shown, tmp_path, page):
    files, texts = [], []
    for part, (settings, _) in SECTIONS[page].items():
        app = open_page(page, part=part, **settings)
        files.append(tmp_path / f"{part}.py")
        files[-1].write_text(next(block.value for block in app.code if "import numpy" in block.value), "utf-8")
        texts.append(shown(app))
    command = [sys.executable, "-I", "-W", "error", "-c", RUN_EACH, *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split("file\n")[1:]
    for text, output, (part, (_, place)) in zip(texts, outputs, SECTIONS[page].items(), strict=True):
        printed = re.findall(r"-?\d+\.\d*(?:e[-+]?\d+)?", output)[place]
        assert number(float(printed)) in text, (part, output)
