"""The runs that a server has in memory: all that are not over, and of the others those that were asked for last."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from explorer.protocol import options, recipes
from explorer.protocol.safe_files import EVENTS
from explorer.runs import recorded
from explorer.runs.limits import Refused
from explorer.runs.run import Run
from explorer.runs.storage import ID, Storage

REMEMBERED = 50  # runs that are over
ALIKE = ("dataset", "data_dir", "train_size", "model", "width")  # settings that make an epoch take about as long


class Known(OrderedDict[str, Run]):
    """The runs by their ids, that which was asked for last at the end. Not thread-safe."""

    def find(self, id: str, home: Path, storage: Storage, busy: Callable[[], Iterable]) -> Run | None:
        """Return the run with this id in the folder `home`, or the recorded run of this name, or None.

        busy() returns the runs that train or wait, which are not forgotten.
        """
        if id not in recorded.NAMES and not ID.fullmatch(id):
            return None
        run = self.get(id)
        if run is None:
            run = Run((recorded.FOLDER if id in recorded.NAMES else home) / id)
            if not run.folder.there(EVENTS) or storage.expired(run.folder.path):
                return None
            self[id] = run
            kept = {one.id for one in busy()}
            for over in [known for known in self if known not in kept][:-REMEMBERED]:
                del self[over]
        elif run.has_folder and not run.folder.there():
            del self[id]
            return None
        self.move_to_end(id)
        run.seen = time.monotonic()
        return run


def last_alike(runs: Collection[Run], settings: dict) -> Run | None:
    """Return the last of these runs that has trained the same model on the same images, None if none has.

    settings: of the training program, with all that they leave open.
    """
    for run in reversed([run for run in runs if run.settings and run.folder.started]):
        earlier = recipes.complete(dict.fromkeys(options.TABLE) | run.settings)
        if run.folder.images_per_second and all(earlier[name] == settings[name] for name in ALIKE):
            return run
    return None


def settings_of(run: Run) -> dict:
    """Return the settings of a run that an earlier server started. Raises Refused if its folder does not tell them."""
    try:
        return options.configured(run.folder.started["configuration"])
    except (TypeError, KeyError, ValueError):
        raise Refused("no_checkpoint") from None
