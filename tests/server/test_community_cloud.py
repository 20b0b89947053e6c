"""The files for Streamlit Community Cloud: what is installed from where, held against a stand-in for both indexes."""

import functools
import http.server
import json
import re
import runpy
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from explorer.server import start

ROOT = Path(__file__).parents[2]
OWN, CLOUD = ROOT / "requirements.txt", ROOT / "docs" / "hosting" / "community_cloud" / "requirements.txt"
NAMES = ("streamlit", "numpy", "plotly", "torch", "torchvision")
# In both, what such an index holds; in PyTorch's also old versions of what others need.
ORDINARY = {
    "streamlit": ["1.67.0", "1.66.0"],
    "numpy": ["2.4.6", "2.0.0"],
    "plotly": ["7.1.0"],
    "torch": ["2.14.1", "2.11.0"],
    "torchvision": ["0.29.1", "0.26.0"],
}
OF_PYTORCH = {
    "torch": ["2.14.1+cpu", "2.11.0+cpu"],
    "torchvision": ["0.29.1+cpu", "0.26.0+cpu"],
    "numpy": ["2.1.2"],
    "plotly": ["7.1.0"],
}
NEEDS = {"torchvision": {"0.29.1": "torch==2.14.1", "0.26.0": "torch==2.11.0"}, "torch": {"": "numpy"}}


def requirements(path):
    """The lines that name packages."""
    return [line for line in path.read_text("utf-8").splitlines() if re.match(r"\w", line)]


def test_both_files_name_the_same_packages_in_the_same_ranges():
    assert requirements(CLOUD) == requirements(OWN)
    assert [re.match(r"\w+", line)[0] for line in requirements(OWN)] == list(NAMES)


def test_the_entry_file_names_the_repository_once_however_often_it_is_run_as_a_script(monkeypatch):
    monkeypatch.setattr("streamlit.runtime.scriptrunner.get_script_run_ctx", lambda **_: "a session")
    monkeypatch.setattr(start, "as_a_script", lambda: None)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place != str(ROOT)])
    for _ in range(2):
        runpy.run_path(str(CLOUD.with_name("app.py")))
    assert sys.path.count(str(ROOT)) == 1


def wheel(folder, name, version):
    """Write an empty wheel, which needs what the package needs."""
    needs = NEEDS.get(name, {})
    needed = needs.get(version.partition("+")[0], needs.get("", ""))
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + (
        f"Requires-Dist: {needed}\n" if needed else ""
    )
    made = f"{name}-{version}"
    with zipfile.ZipFile(folder / f"{made}-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{made}.dist-info/METADATA", about)
        packed.writestr(f"{made}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{made}.dist-info/RECORD", "")


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    """The address of a server with both indexes: /simple, and /whl/cpu as PyTorch's."""
    home = tmp_path_factory.mktemp("indexes")
    for index, packages in (("simple", ORDINARY), ("whl/cpu", OF_PYTORCH)):
        for name, versions in packages.items():
            folder = home / index / name
            folder.mkdir(parents=True)
            for version in versions:
                wheel(folder, name, version)
            links = "".join(f'<a href="{file.name}">{file.name}</a><br>' for file in sorted(folder.iterdir()))
            (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=home)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def with_pip(file, index, folder):
    report = folder / "report.json"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--isolated",
        "--dry-run",
        "--ignore-installed",
        "--no-cache-dir",
    ]
    subprocess.run(
        [*command, "--report", report, "--index-url", f"{index}/simple", "-r", file],
        check=True,
        capture_output=True,
        timeout=300,
    )
    found = json.loads(report.read_text())["install"]
    return {one["metadata"]["name"]: (one["metadata"]["version"], one["download_info"]["url"]) for one in found}


def with_uv(file, index, folder):
    from uv import find_uv_bin

    command = [
        find_uv_bin(),
        "pip",
        "compile",
        "--no-config",
        "--no-cache",
        "--annotation-style",
        "line",
        "--no-header",
    ]
    done = subprocess.run(
        [*command, "--index-url", f"{index}/simple", "--python", sys.executable, file],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
    )
    return {name: (version, "") for name, version in re.findall(r"^([\w-]+)==([\w.+]+)", done.stdout, re.M)}


@pytest.mark.parametrize("installed", [with_pip, with_uv])
def test_torch_comes_as_cpu_builds_and_everything_else_from_the_ordinary_index(indexes, tmp_path, installed):
    file = tmp_path / "requirements.txt"
    file.write_text(CLOUD.read_text("utf-8").replace("https://download.pytorch.org", indexes))
    found = installed(file, indexes, tmp_path)
    assert {name: version for name, (version, _) in found.items()} == {
        "streamlit": "1.67.0",
        "numpy": "2.4.6",
        "plotly": "7.1.0",
        "torch": "2.14.1+cpu",
        "torchvision": "0.29.1+cpu",
    }
    for name, (_, url) in found.items():
        assert not url or ("/whl/cpu/" in url) == name.startswith("torch")
