"""Dependencies point one way (README, "Layout"): read from the imports themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXPLORER = ROOT / "explorer"
FILES = sorted(EXPLORER.rglob("*.py"))
# The modules beside the folders, without those that know Streamlit.
MATHEMATICS = {path.stem for path in EXPLORER.glob("*.py")} - {"main", "frame", "settings", "server"}


def imports(path: Path) -> set[str]:
    """Return the modules that a file names in its imports, explorer's own by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def place(path: Path) -> str:
    """Return the folder or the module of the explorer that a file belongs to."""
    relative = path.relative_to(EXPLORER)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def uses(path: Path, *packages: str) -> set[str]:
    return {name for name in imports(path) if any(name == p or name.startswith(p + ".") for p in packages)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXPLORER)))
def test_a_file_imports_only_what_its_layer_may(path):
    where = place(path)
    if where != "training":
        assert not uses(path, "torch", "torchvision")
    if where in MATHEMATICS | {"figures", "runs", "training"}:
        assert not uses(path, "streamlit")
    if where in MATHEMATICS | {"runs", "training"}:
        assert not uses(path, "plotly")
    if where in MATHEMATICS | {"figures", "runs", "training"}:
        assert not uses(path, "explorer.pages", "explorer.components", "explorer.frame", "explorer.settings")
    if where in {"losses", "arguments"}:
        assert (
            not uses(path, "explorer")
            - {"explorer.arguments"}
            - {name for name in uses(path, "explorer") if name.startswith("explorer.arguments.")}
            - {"explorer"}
        )
    if where in {"pages", "runs", "server", "components"}:
        names = ("options", "recipes", "layers", "landscape_options", "picture", "places", "failures")
        torch_free = {f"explorer.training.{name}" for name in names}
        assert all(
            any(name.startswith(t) for t in torch_free)
            for name in uses(path, "explorer.training") - {"explorer.training"}
        )


def test_serving_every_page_leaves_torch_out():
    script = """
import sys
from streamlit.testing.v1 import AppTest
from explorer import frame
app = AppTest.from_file("explorer/main.py", default_timeout=180)
app.run()
for page in frame.PAGES:
    app.switch_page(frame.path(page)).run()
    assert not app.exception, app.exception
assert "torch" not in sys.modules and "torchvision" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
