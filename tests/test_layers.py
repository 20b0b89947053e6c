"""Who may import whom: this table, and nothing else."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXPLORER = ROOT / "explorer"
FILES = sorted(EXPLORER.rglob("*.py"))

# Each package, and the others that it may import. A page is a package of its own.
MAY_IMPORT = {
    "maths": set(),
    "protocol": set(),
    "images": {"protocol"},
    "figures": {"maths"},
    "shell": {"protocol"},
    "predictions": {"maths", "images", "runs"},
    "stage": {"shell", "components", "classroom", "predictions", "protocol"},
    "classroom": {"protocol", "runs"},
    "training": {"protocol", "images"},
    "runs": {"protocol", "images"},
    "components": {"shell", "figures", "maths", "images", "protocol"},
    "server": {"components", "shell", "runs", "classroom", "protocol", "images"},
}
PAGES = {"stage", "components", "shell", "figures", "maths", "images", "protocol", "runs", "classroom", "predictions"}
MAY_IMPORT["pages/shared"] = PAGES
for page in (folder.name for folder in (EXPLORER / "pages").iterdir() if folder.is_dir()):
    MAY_IMPORT.setdefault(f"pages/{page}", PAGES | {"pages/shared"})

# Each library, and the packages that may import it.
USED_IN = {
    "torch": {"training"},
    "torchvision": {"training"},
    "streamlit": {"shell", "stage", "components", "server", "pages"},
    "plotly": {"figures", "components", "pages"},
}


def package(parts: tuple[str, ...]) -> str:
    """Return the package of a file or a module, by its path below explorer/."""
    return "/".join(parts[:2]) if parts[0] == "pages" else parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the modules that a file names in its imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXPLORER).as_posix())
def test_a_file_imports_only_what_its_package_may(path):
    here = package(path.relative_to(EXPLORER).parts)
    for name in imports(path):
        library, *rest = name.split(".")
        if library == "explorer":
            assert package(tuple(rest)) in MAY_IMPORT[here] | {here}, name
        elif library in USED_IN:
            assert here.split("/")[0] in USED_IN[library], name


def test_serving_every_page_leaves_torch_out():
    script = """
import sys
from streamlit.testing.v1 import AppTest
from explorer.stage.page import BESIDE, PAGES, page_path
app = AppTest.from_file("explorer/stage/main.py", default_timeout=180)
app.run()
for page in PAGES | BESIDE:
    app.switch_page(page_path(page)).run()
    assert not app.exception, app.exception
assert "torch" not in sys.modules and "torchvision" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
