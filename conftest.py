"""How much of explorer/ a run of all tests has run, printed at its end; tests/coverage/sitecustomize.py notes it."""

import ast
import collections
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from slipcover.slipcover import Slipcover, format_missing

ROOT = Path(__file__).parent
NOTES = "EXPLORER_COVERAGE"
MOST = 12  # files of which it is said what was not run


def pytest_configure(config):
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole and config.getoption("numprocesses", 0) and NOTES not in os.environ:
        os.environ[NOTES] = tempfile.mkdtemp(prefix="explorer-coverage-")
        path = [str(ROOT / "tests" / "coverage"), os.environ.get("PYTHONPATH")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(NOTES)))


def pytest_sessionfinish(session):
    if hasattr(session.config, "workerinput") and NOTES in os.environ:
        sys.modules["sitecustomize"].write()  # the process may be ended in a way that leaves no time for it


def pytest_terminal_summary(terminalreporter):
    if NOTES not in os.environ:
        return
    run = collections.defaultdict(set)
    for notes in Path(os.environ[NOTES]).glob("*.json"):
        for name, lines in json.loads(notes.read_text()).items():
            run[Path(name)].update(lines)
    there = {file: _statements(file) for file in (ROOT / "explorer").rglob("*.py")}
    missing = {file: statements - run[file] for file, statements in there.items()}
    total, lacking = (sum(map(len, lines.values())) for lines in (there, missing))
    terminalreporter.section(f"coverage: {1 - lacking / total:.1%} of {total} statements")
    for file in sorted(missing, key=lambda file: (-len(missing[file]), file))[:MOST]:
        where = format_missing(sorted(missing[file]), sorted(there[file] - missing[file]), [])
        terminalreporter.write_line(f"{len(missing[file]):4} not run in {file.relative_to(ROOT)}: {where}")


def _statements(file: Path) -> set[int]:
    """Return the lines on which a statement begins that does something."""
    source = file.read_text("utf-8")
    begun = {node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)}
    return begun & set(Slipcover.lines_from_code(compile(source, file, "exec")))
