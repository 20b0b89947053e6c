"""What the documents say of the project's own commands and files is so."""

import re
from pathlib import Path

import pytest

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
