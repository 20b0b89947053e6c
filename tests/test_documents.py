"""What the documents say of the project's own commands and files is so."""

import re
from pathlib import Path

import numpy as np
import pytest

from explorer.maths import losses

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_readme_has_at_most_a_hundred_lines():
    assert len(README.splitlines()) <= 100


def test_the_readme_and_the_whole_check_name_one_test_command():
    (command,) = [line for line in README.splitlines() if line.startswith("python3") and "pytest" in line]
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_is_there(document):
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("name", ["reliability.md", "performance.md"])
def test_every_test_that_a_document_names_is_there(name):
    named = set(re.findall(r"`((?:[a-z_]+/)+test_[a-z0-9_]+\.py)`", (ROOT / "docs" / name).read_text("utf-8")))
    assert all((ROOT / "tests" / file).exists() for file in named), named


def test_the_numbers_of_the_hard_questions_are_right():
    text = (ROOT / "docs" / "teaching.md").read_text("utf-8")
    hard = text[text.index("## Twenty hard questions") :]
    probabilities = losses.softmax([2.0, 1.0, 0.0])
    smooth = losses.smooth_labels(0, 10, 0.1)
    total, entropy = losses.cross_entropy([0.5, 0.5], [0.9, 0.1]), losses.entropy([0.5, 0.5])
    numbers = {
        **{f"{share:.3f}": "probabilities" for share in probabilities},
        f"{np.exp([2.0, 1.0, 0.0]).sum():.3f}": "their sum",
        f"{losses.softmax_loss([2.0, 1.0, 0.0], 2):.3f} nats": "the third is true",
        f"ln 10 = {np.log(10):.3f}": "guessing",
        f"{total:.3f}, {entropy:.3f} and {total - entropy:.3f} nats": "two bars",
        f"H(p) = {losses.entropy(smooth):.3f} nats": "smoothed",
        f"{smooth.max():.2f} against {smooth.min():.2f}": "smoothed",
        f"ln 91 = {np.log(smooth.max() / smooth.min()):.3f}": "the lead",
        f"ln 2 = {np.log(2):.3f}": "two labels",
        f"ln(e + 9) − 1 = {losses.softmax_loss([1.0] + [0.0] * 9, 0):.3f}": "hinge",
    }
    assert not [number for number in numbers if number not in hard]
    assert np.exp(np.float64(100)) > np.finfo(np.float32).max > 3.4e38
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(np.array([100, 0], np.float32))
        assert np.array_equal(powers / powers.sum(), [np.nan, 0], equal_nan=True)
    assert losses.sigmoid(0.0) * (1 - losses.sigmoid(0.0)) == 0.25
    assert [int(found) for found in re.findall(r"^(\d+)\. \*\*", hard, re.M)] == list(range(1, 21))
