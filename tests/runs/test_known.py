"""The runs that a server has in memory: which of them took about as long as another will."""

from pathlib import Path
from types import SimpleNamespace

from explorer.protocol import options, recipes
from explorer.runs.known import last_alike


def run(**settings):
    return SimpleNamespace(settings=settings, folder=SimpleNamespace(started={"images": 100}, images_per_second=9.0))


def complete(**settings):
    return recipes.complete(dict.fromkeys(options.TABLE) | settings)


def test_a_run_on_other_images_says_nothing_of_how_long_a_training_takes():
    mine, theirs = Path("/runs/.images-mine"), Path("/runs/.images-theirs")
    on_mine, on_the_hosts = run(dataset="folder", data_dir=mine), run(dataset="folder")
    known = [on_the_hosts, on_mine, run(dataset="folder", data_dir=theirs), run(dataset="synthetic")]
    assert last_alike(known, complete(dataset="folder", data_dir=mine)) is on_mine
    assert last_alike(known, complete(dataset="folder")) is on_the_hosts
    assert last_alike(known[2:], complete(dataset="folder", data_dir=mine)) is None
