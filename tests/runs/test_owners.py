"""Whose a run is lies in its folder: a server that is started anew knows its owners, and nobody else learns of it."""

import zipfile

import pytest

from explorer.protocol import ownership
from explorer.runs import archive


def here():
    return True


@pytest.fixture
def ended(make_runs, wait):
    """The id and the secret of a run that ended with its server."""
    runs = make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running" and run.folder.step)
    runs.close()
    return run.id, secret


def test_after_a_restart_the_owner_goes_on_as_before_and_nobody_else_may(make_runs, ended, wait):
    id, secret = ended
    runs = make_runs()
    run = runs.find(id)
    assert run.owned_by(secret) and not run.owned_by("guessed") and not run.owned_by("")
    with pytest.raises(PermissionError):
        runs.resume(run, "guessed", "another", here)
    runs.resume(run, secret, "me", here)
    assert run.settings["epochs"] == 100_000
    wait(lambda: run.state() == "running")
    runs.keep(run, secret, True)
    runs.command(run, secret, "pause")
    wait(lambda: run.answer("") and run.folder.paused)
    with pytest.raises(PermissionError):
        runs.command(run, "guessed", "stop")
    runs.command(run, secret, "stop")
    wait(run.over)


def test_while_it_trains_on_one_server_another_over_the_same_folder_does_not_control_it(make_runs, wait):
    runs, other = make_runs(), make_runs()
    run, secret = runs.start({}, "me", here)
    wait(lambda: run.state() == "running")
    assert not other.find(run.id).owned_by(secret)
    runs.command(run, secret, "stop")
    wait(run.over)
    there = other.find(run.id)
    wait(there.over)
    assert there.owned_by(secret)


def test_the_secret_itself_is_not_in_the_folder_and_its_hash_in_no_zip_file(make_runs, ended):
    id, secret = ended
    folder = make_runs().limits.folder / id
    noted = (folder / "owner").read_text()
    assert bytes.fromhex(noted) == ownership.hashed(secret)
    assert not [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    with archive.pack(folder) as packed:
        assert not [name for name in zipfile.ZipFile(packed).namelist() if "owner" in name]


@pytest.mark.parametrize("text", ["", "x", "zz" * 32, "00" * 33, "é" * 32])
def test_what_is_no_hash_makes_nobody_the_owner(make_runs, ended, text):
    id, secret = ended
    runs = make_runs()
    (runs.limits.folder / id / "owner").write_text(text)
    run = runs.find(id)
    assert not run.owned_by(secret) and not run.owned_by("")


def test_a_link_to_a_hash_makes_nobody_the_owner(make_runs, ended, tmp_path):
    id, secret = ended
    runs = make_runs()
    (runs.limits.folder / id / "owner").rename(tmp_path / "mine")
    (runs.limits.folder / id / "owner").symlink_to(tmp_path / "mine")
    assert not runs.find(id).owned_by(secret)
