"""One run: its folder, its process, its state, and its answers to the browser."""

import contextlib
import hmac
import json
import shutil
import threading
import time
from pathlib import Path

from explorer.protocol import options, ownership
from explorer.protocol.data_sources import ABOUT
from explorer.protocol.errors import UNRECORDED
from explorer.protocol.redact import without_paths
from explorer.protocol.safe_files import EVENTS, LOG, OWN
from explorer.runs.answer import Cursor, encoded, evaluation, fitting, summary
from explorer.runs.folder import RunFolder
from explorer.runs.launcher import Launcher
from explorer.runs.process import Trainer

WAITING, STARTING, RUNNING = "waiting", "starting", "running"
FINISHED, FAILED, INTERRUPTED = "finished", "failed", "interrupted"
OVER = (FINISHED, FAILED, INTERRUPTED)
CAUSES = ("disk", "overdue", "killed", "died", "silent")  # of an interruption
PAUSES = {"pause": True, "step": True, "epoch": True, "resume": False}  # commands, and whether a pause follows
STOPPED = {"event": "finished", "reason": "stopped", "test_accuracy": None, "seconds": 0.0}

CACHE_SECONDS = 0.2  # for which what was read counts as current
STOP_TIMEOUT = 30.0  # seconds without progress after "stop" until a training is killed: it evaluates once more
LOADING_TIMEOUT = 3.0  # the same while it is loading, when there is nothing to evaluate
SILENCE = 60.0  # seconds without an event after which a run from elsewhere counts as interrupted
HEARTBEAT = 15.0  # seconds after which the events' time is renewed, by which other servers see that the run is alive
MAX_ANSWER_BYTES = 9_500  # approximately
ANSWERS = 50  # kept between two readings, for browsers that ask at about the same time
CHECKPOINT = "checkpoint.pt"
KILLED = (-9, 128 + 9)  # the exit status of a process that was killed, and of a launcher whose process was
DISK_FULL = 4 << 20  # free bytes below which a full disk is the likely cause of an interruption


class Run:
    """A run: its folder, and its process if this server started it.

    `queue_position` is how many runs are in front of it, None once it has left the queue; `settings` are those of
    the training program, None if an earlier server started it. `keep_running`: whether it goes on when its owner has
    left; `pause_requested`: whether it was last told to pause; `commanded`: the settings that it was told to change,
    with their new values; `resumed`: how often it was resumed; `has_folder`: whether it has, or had, a folder;
    `outgrown`: whether it was stopped because it filled the disk; `seen`: when somebody last asked for it.
    """

    def __init__(self, folder: Path, before: int | None = None, settings: dict | None = None, owner: bytes = b""):
        self.folder = RunFolder(folder)
        self.queue_position = before
        self.settings = settings
        self.keep_running = self.pause_requested = self.outgrown = False
        self.commanded: dict[str, float] = {}
        self.resumed = 0
        self.has_folder = before is None
        self._last_log: tuple[dict | None, str] = None, ""  # of a folder that is gone
        self.seen = time.monotonic()
        self._owner = owner or ownership.noted(folder)
        self.trainer: Trainer | None = None
        self._lock = threading.Lock()
        self._read_at = -CACHE_SECONDS
        self._exit_status: int | None = None  # when last checked
        self._touched = time.monotonic()
        self._state = STARTING
        self._answers: dict[tuple[str, str], bytes] = {}

    @property
    def id(self) -> str:
        return self.folder.path.name

    @property
    def stopping(self) -> bool:
        """Whether its process was asked to stop."""
        return bool(self.trainer and self.trainer.stopping)

    def send(self, command: str, **values) -> None:
        """Send a command of the training program to its process, if it has one."""
        if self.trainer:
            self.trainer.send(command, **values)
            self.pause_requested = PAUSES.get(command, self.pause_requested)
            if command == "set":
                self.commanded |= values

    @property
    def changed(self) -> dict[str, float]:
        """The settings that were changed during the run, with their values from the next step on."""
        return self.folder.changed | self.commanded

    def owned_by(self, secret: str) -> bool:
        """Return whether `secret` is the owner's. A run from elsewhere has no owner.

        While it trains on another server over the same folder, nobody owns it on this one.
        """
        here = self.trainer is not None or self.queue_position is not None
        return hmac.compare_digest(ownership.hashed(secret), self._owner) and (here or self.over())

    def launch(self, launcher: Launcher) -> Trainer:
        """Start the process that trains this run. Raises OSError if that fails, or its folder cannot be made."""
        if not self.resumed:
            self.folder.path.mkdir(parents=True, exist_ok=True)
            self.has_folder = True
            ownership.note(self.folder.path, self._owner)
            where = self.settings | {"run_dir": self.folder.path}
            if images := self.settings.get("data_dir"):  # a visitor's: the run gets a copy of its own
                where["data_dir"] = shutil.copytree(images, self.folder.path / OWN)
        else:
            where = {"resume": self.folder.path}
        arguments = options.command_line(where | {"commands": True, "json": True})
        return Trainer(launcher.start(arguments, self.folder.path / LOG), launcher.elsewhere)

    @property
    def has_own_images(self) -> bool:
        """Whether it holds the images of a visitor on which it trains."""
        return (self.folder.path / OWN / ABOUT).is_file()

    @property
    def resumable(self) -> bool:
        """Whether it ended early and has a checkpoint to resume from."""
        over, ended = self.over(), self.folder.ended
        complete = ended and ended["event"] == "finished" and ended["reason"] != "stopped"
        return over and not complete and self.folder.there(CHECKPOINT)

    def requeue(self) -> None:
        """Prepare the run for the queue, to resume from its checkpoint."""
        with self._lock:
            self.queue_position, self.trainer, self.folder.begun = 0, None, False
            self.pause_requested = self.keep_running = False
            self.commanded = {}  # changes after the checkpoint are lost
            self.resumed += 1
            self._read_at = -CACHE_SECONDS

    def tend(self) -> None:
        """Kill the process if it does not stop, end it if its folder is gone, and renew the time of its events."""
        if self.stopping and self.state() == STARTING:
            self.trainer.kill_if_overdue(LOADING_TIMEOUT)
        elif self.stopping:  # an evaluation takes its time, and reports its progress
            self.trainer.kill_if_overdue(STOP_TIMEOUT, self.folder.log_tail()[0])
        if not self.folder.there():
            self.trainer.release()
            self.trainer.end()
        elif time.monotonic() - self._touched > HEARTBEAT:
            self.folder.touch()
            self._touched = time.monotonic()

    def end_unstarted(self, event: dict) -> None:
        """Note how the run ended before it trained, and remove its folder unless it was to be resumed."""
        self.queue_position, self.folder.ended = None, event
        if self.has_folder and not self.resumed:
            self._last_log, self.has_folder = self.folder.log_tail(), False
            shutil.rmtree(self.folder.path, ignore_errors=True)

    def state(self) -> str:
        """Return the state, at most 0.2 s old."""
        with self._lock:
            self._look()
            return self._state

    def over(self) -> bool:
        return self.state() in OVER

    @property
    def _awaited(self) -> bool:
        """Whether a launcher was told to start it, and nothing has been seen of it yet."""
        if self._state != STARTING or not (self.trainer and self.trainer.elsewhere):
            return False
        return self.resumed > 0 or not self.folder.there(EVENTS)  # there is an earlier start's file

    def page_state(self) -> dict[str, str]:
        """Return two texts on which pages depend beside the charts: when one changes, the page has to be drawn again.

        "stage" is for everybody, "controls" for the owner.
        """
        with self._lock:
            self._look()
            return self._page_state()

    def _page_state(self) -> dict[str, str]:
        stage = self._state if self._state == WAITING else "over" if self._state in OVER else "active"
        training = self._state == RUNNING  # there is something to pause
        controls = [stage, training, self.pause_requested, self.stopping, self.changed]
        return {"stage": stage, "controls": json.dumps(controls)}

    def answer(self, cursor: str) -> bytes:
        """Return, as JSON under 10 kB, what is new since the answer that gave `cursor` ("": everything).

        "steps" and "epochs" hold rows, and "from", the index of the first of them, from which on the browser's own rows
        are out of date. "facts", if present, are the started event and later changes; "samples", if present, the logits
        of the sample images. "more": there is more that can be asked for at once.
        """
        with self._lock:
            self._look()
            asked = cursor, self._page_state()["controls"]  # a command is seen at once
            if asked not in self._answers:
                if len(self._answers) == ANSWERS:
                    self._answers.clear()
                self._answers[asked] = encoded(self._since(Cursor.decode(cursor)))
            return self._answers[asked]

    def _look(self) -> None:
        # First whether the process is alive, then what it wrote, so that its last events are not missed.
        exit_status = self.trainer.exit_status if self.trainer else None
        fresh = time.monotonic() - self._read_at < CACHE_SECONDS and exit_status == self._exit_status
        if fresh and not self.folder.has_unread:
            return
        self._exit_status = exit_status
        self.folder.read()
        if exit_status is not None and self.stopping and not self.folder.begun:
            self.end_unstarted(self.folder.ended or STOPPED)
        self._state = self._judge(exit_status)
        self._read_at = time.monotonic()
        self._answers.clear()

    def _judge(self, exit_status: int | None) -> str:
        if self.queue_position is not None:
            return WAITING
        over = exit_status is not None if self.trainer else self.folder.silent_seconds() > SILENCE
        # A resumed run has an earlier end in its folder, until its new started event comes.
        loading = self.trainer and self.resumed and not (over or self.folder.begun)
        ended = None if loading else self.folder.ended
        if self.folder.has_unread or not (ended or over):
            return RUNNING if self.folder.begun else STARTING
        if not ended:
            return INTERRUPTED
        return FINISHED if ended["event"] == "finished" else FAILED

    def _since(self, cursor: Cursor) -> dict:
        history, evaluations = self.folder.history, self.folder.evaluations
        if cursor.reading != self.folder.readings:
            cursor = Cursor()
        row = cursor.row if cursor.width == history.width and cursor.row <= len(history.rows) else 0
        same = cursor.stride == evaluations.stride and cursor.epoch <= len(evaluations.items)
        epoch = cursor.epoch if same else 0
        answer = self._now()
        if cursor.facts != self.folder.facts:
            answer["facts"] = {"started": self.folder.started, "changes": self.folder.changes}
        sampled = self.folder.samples["step"] if self.folder.samples else 0
        if cursor.sampled != sampled:
            answer["samples"] = self.folder.live_samples()
        room = MAX_ANSWER_BYTES - len(encoded(answer))
        epochs = fitting(map(evaluation, evaluations.items[epoch:]), room // 3)
        rows = fitting(map(summary, history.rows[row:]), room - len(encoded(epochs)))
        next_row, next_epoch = row + len(rows), epoch + len(epochs)
        more = next_row < len(history.rows) or next_epoch < len(evaluations.items) or self.folder.has_unread
        # The last row and the last evaluation may still change or be removed.
        next_row -= bool(next_row and next_row == len(history.rows))
        next_epoch -= bool(next_epoch and next_epoch == len(evaluations.items))
        read = self.folder.readings, history.width, next_row, evaluations.stride, next_epoch
        return {
            "cursor": Cursor(*read, self.folder.facts, sampled).encode(),
            "more": more,
            "steps": {"from": row, "rows": rows},
            "epochs": {"from": epoch, "rows": epochs},
            **answer,
        }

    def _now(self) -> dict:
        folder, trainer = self.folder, self.trainer
        # Also of a run that was stopped before it trained: the page shows how far it got.
        progress, last_line = self._log_tail() if self._state != FINISHED or not folder.started else (None, "")
        last = folder.history.rows[-1] if folder.history.rows else None
        return {
            "state": self._state,
            **self._page_state(),
            "queue_position": self.queue_position,
            "awaited": self._awaited,
            "stopping": self.stopping,
            "paused": folder.paused,
            "ended": folder.ended,
            "progress": progress,
            "width": folder.history.width,
            "diverged": folder.history.diverged,
            "images": last.images if last else 0,
            "seconds": last.seconds if last else 0.0,
            "images_per_second": folder.images_per_second,
            "exit_status": trainer.exit_status if trainer else None,
            "cause": self._cause(trainer),
            "outgrown": self.outgrown,
            "last_line": without_paths(last_line, folder.path)[:400] if self._state == INTERRUPTED else "",
        }

    def _log_tail(self) -> tuple[dict | None, str]:
        return self.folder.log_tail() if self.has_folder else self._last_log

    def _cause(self, trainer: Trainer | None) -> str | None:
        """Return the likely cause of the interruption, one of CAUSES."""
        if self._state != INTERRUPTED:
            return None
        if trainer and trainer.exit_status == UNRECORDED:
            return "disk"
        with contextlib.suppress(OSError):
            if shutil.disk_usage(self.folder.path).free < DISK_FULL:
                return "disk"
        if trainer is None:
            return "silent"
        if trainer.overdue:
            return "overdue"
        return "killed" if trainer.exit_status in KILLED else "died"
