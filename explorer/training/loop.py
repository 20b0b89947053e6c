"""The training loop: steps and evaluations until all epochs are done, the time is over, or the run is stopped."""

import copy
import os
import time
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.protocol.errors import REASONS, memory_for
from explorer.protocol.options import CHANGEABLE
from explorer.training import evaluation, models, snapshots
from explorer.training.batches import Batches, smaller
from explorer.training.control import Control, Pace
from explorer.training.devices import Placement
from explorer.training.distributed import Team
from explorer.training.losses import objective
from explorer.training.optimisation import SCHEDULES, Descent
from explorer.training.report import Progress, Report
from explorer.training.steps import Clock, StepEvents

EVALUATION_SHARE = 0.25  # evaluate after training on this many images, as a share of the number of test images
MEASURE_EVERY = 20  # steps from one measurement of gradient and update to the next
SAMPLE_SECONDS = 1.0  # between two evaluations of the sample images


class Training:
    """A model, its data and its optimizers, from the untrained model to the end of the run.

    `data` holds train_images, train_labels, test_images, test_labels and sample_images, on the device.
    """

    def __init__(
        self,
        model: nn.Module,
        data: dict[str, Tensor],
        settings: dict[str, object],
        placement: Placement,
        report: Report,
        control: Control,
        team: Team,
    ):
        self.model, self.data, self.placement = model, data, placement
        self.report, self.control, self.team = report, control, team
        self.settings = dict(settings)  # some of them can be changed by command
        self.trained = team.wrap(model)
        self.descent = Descent(model, settings, placement.device)
        self.batches = Batches(data["train_images"], data["train_labels"], settings, team)
        self.progress = Progress(control, silent=not team.leads)
        self.steps, self.clock, self.pace = StepEvents(report), Clock(), Pace()
        self.step = self.images = 0
        self.evaluated_at = 0.0  # the clock at the last evaluation
        self.accuracy: float | None = None  # at the last evaluation
        self._sampled = self._saved = time.perf_counter()
        # Evaluating an image takes a third of the time of training on it, so with few training images it is not done
        # after every epoch.
        per_round = EVALUATION_SHARE * len(data["test_labels"]) / len(data["train_labels"])
        self.epochs_per_evaluation = max(1, round(per_round))

    def run(self) -> dict:
        """Train and report until the end; return the `finished` event."""
        if self.placement.device.type != "cpu":
            self.rehearse()
        return self._train()

    def rehearse(self) -> None:
        """Train a copy of the model on a whole batch and the last, smaller one, and evaluate it, all off the clock.

        A device prepares its kernels when it first meets a shape.
        """
        size, few = self.settings["batch_size"], {"sample_images": self.data["sample_images"]}
        for part, most in (("train", size), ("test", evaluation.BATCH)):
            count = most + len(self.data[f"{part}_labels"]) % most
            few |= {name: self.data[name][:count] for name in (f"{part}_images", f"{part}_labels")}
        settings = self.settings | {"epochs": 1, "max_seconds": None, "six_views": False}
        settings["small_images"] = min(0.5, settings["small_images"])  # the first step alone
        with Path(os.devnull).open("w") as nowhere:
            silent = Report(nowhere, Control())
            Training(copy.deepcopy(self.model), few, settings, self.placement, silent, Control(), self.team)._train()

    def _train(self) -> dict:
        # It is evaluated after the first step, so that the first loss need not wait for ten thousand images.
        with memory_for("memory-model", "a copy of the untrained model"):
            untrained = copy.deepcopy(self.model) if self.accuracy is None else None
        self.model.train()
        reason = "epochs" if self._epochs_done() else None
        while reason is None:
            self.clock.start()
            reason, rate, momentum, weight_decay = self._lead()
            if reason is None:
                self._descend(rate, momentum, weight_decay)
                self.pace.step_done(epoch_done=not self.batches.left)
                reason = "epochs" if self._epochs_done() else None
            if untrained is not None:
                self._stop_clock()
                self._evaluate(untrained, epoch=0)
                untrained = None
            epoch_over = not self.batches.left and self.batches.epoch % self.epochs_per_evaluation == 0
            if reason or epoch_over:
                self._stop_clock()
                if self.steps.images:
                    self._evaluate_progress()
            self._sample_and_save(ended=reason is not None)
        seconds = self.clock.seconds
        speed = self.images / seconds if seconds else None
        augmented = self._augmented_accuracy() if self.settings["six_views"] and reason != "stopped" else None
        return {
            "event": "finished",
            "reason": reason,
            "test_accuracy": self.accuracy,
            "augmented_accuracy": augmented,
            "images_per_second": speed,
            "seconds": self.clock.seconds,
            "diverged": self.steps.diverged,
        }

    def _epochs_done(self) -> bool:
        """Whether all epochs are done; a resumed run may have done more."""
        wanted, epoch = self.settings["epochs"], self.batches.epoch
        return wanted is not None and (epoch > wanted or (epoch == wanted and not self.batches.left))

    def _lead(self) -> tuple[str | None, float, float, float]:
        """Obey commands, and wait while paused. Return the reason to end or None, and the rates of the next step."""
        reason = None
        if self.team.leads:
            self._obey()
            if self.control.stopping:
                reason = "stopped"
            elif self.settings["max_seconds"] is not None and self.clock.seconds >= self.settings["max_seconds"]:
                reason = "seconds"
        rate = self.settings["learning_rate"] * SCHEDULES[self.settings["schedule"]](self._progress())
        wanted = REASONS.index(reason), rate, self.settings["momentum"], self.settings["weight_decay"]
        number, *rates = self.team.follow(*wanted)
        return REASONS[int(number)], *rates

    def _obey(self) -> None:
        """Obey the commands that have come; while paused, stop the clock and wait for more."""
        paused = False
        while not self.control.stopping:
            if self.pace.paused and not paused:
                paused = True
                self._stop_clock()
                self.report.emit({"event": "paused", "step": self.step})
            elif paused and not self.pace.paused:
                paused = False
                self.report.emit({"event": "resumed", "step": self.step})
                self.clock.start()
            command = self.control.take(wait=paused)
            if command is None:
                return
            self.pace.obey(command)
            if changes := command.get("changes"):
                self.settings |= changes
                self.steps.send()
                self.report.emit({"event": "changed", "step": self.step, **changes})

    def _descend(self, rate: float, momentum: float, weight_decay: float) -> None:
        """Take one step on the next batch, and report it."""
        # The other models take images of 32 × 32 pixels only.
        small = self.settings["model"] == "cnn" and self._progress() < self.settings["small_images"]
        images, labels, count = next(self.batches)
        if self.team.size == 1:  # several processes wait for every gradient
            models.freeze(self.model, self.batches.epoch)
        with self.placement.autocast():
            logits = self.trained(smaller(images) if small else images)
        losses = objective(logits, labels, self.settings)
        self.batches.note(losses)
        # The mean over the whole batch, since the gradients of the shares are averaged over the processes.
        share = losses.sum() / count
        self.descent.zero_grad()
        # In float16 the small gradients of a mean would round to zero: those of the sum do not.
        scale = count if self.placement.precision == "float16" else 1
        (share * self.team.size * scale).backward()
        if scale > 1:
            torch._foreach_div_([weight.grad for weight in self.descent.moving], scale)
        measured = {"loss": self.team.sum(share.detach())}
        if self.step % MEASURE_EVERY == 0:
            measured |= self.descent.measured_step(rate, momentum, weight_decay)
        else:
            self.descent.step(rate, momentum, weight_decay)
        self.step += 1
        self.images += count
        event = {
            "event": "step",
            "step": self.step,
            "epoch": self.batches.epoch,
            "loss": None,
            "learning_rate": rate,
            "images": self.images,
            "seconds": self.clock.seconds,
        }
        self.steps.add(event, measured, count)

    def _progress(self) -> float:
        """The share of the run that is over, by steps or by time, whichever is larger."""
        epochs, seconds = self.settings["epochs"], self.settings["max_seconds"]
        by_steps = self.batches.passed / epochs if epochs else 0.0
        return min(1.0, max(by_steps, self.clock.seconds / seconds if seconds else 0.0))

    def _stop_clock(self) -> None:
        """Wait for the device, stop the clock, and report the steps so far."""
        self.placement.synchronize()
        self.clock.stop()
        self.steps.send()

    def _evaluate_progress(self) -> None:
        """Evaluate the model, and report it with the mean loss and the speed since the last evaluation."""
        seconds, images = self.clock.seconds - self.evaluated_at, self.steps.images
        train_loss, speed = self.steps.summed / images, images / seconds if seconds else None
        self._evaluate(self.model, self.batches.epoch, train_loss, speed, self.clock.seconds)
        self.evaluated_at = self.clock.seconds
        self.steps.reset()

    def _evaluate(
        self,
        model: nn.Module,
        epoch: int,
        train_loss: float | None = None,
        images_per_second: float | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Evaluate a model on the test images, report the results, and write the logits."""
        if not self.team.leads:
            return
        logits = self._logits(model, "test_images", show=partial(self.progress.show, "evaluate"))
        measured = evaluation.measure(logits, self.data["test_labels"].cpu())
        self.accuracy = measured["test_accuracy"]
        if self.report.folder:
            self.report.folder.write_array(f"test_logits/{epoch:04d}.npy", logits.numpy())
            for name, images in models.weight_images(model).items():
                self.report.folder.write_array(f"{name}.npy", images.numpy())
            snapshots.save(self.report.folder, model, epoch, self.epochs_per_evaluation)
        self.report.emit(
            {
                "event": "epoch",
                "epoch": epoch,
                "train_loss": train_loss,
                **measured,
                "images_per_second": images_per_second,
                "seconds": seconds,
            }
        )

    def _augmented_accuracy(self) -> float | None:
        """The test accuracy by the mean of six views of each image; its time is on the clock."""
        if not self.team.leads:
            return None
        self.clock.start()
        look = evaluation.augmented_logits_of
        logits = self._logits(self.model, "test_images", look, partial(self.progress.show, "evaluate"))
        self.clock.stop()
        return evaluation.measure(logits, self.data["test_labels"].cpu())["test_accuracy"]

    def _sample_and_save(self, ended: bool) -> None:
        """Report the logits of the sample images and save a checkpoint, each when it is due, outside the clock."""
        if not self.team.leads:
            return
        now = time.perf_counter()
        if now - self._sampled >= SAMPLE_SECONDS and not ended:
            self._stop_clock()
            logits = self._logits(self.model, "sample_images")
            rounded = [[float(f"{logit:.5g}") for logit in row] for row in logits.tolist()]
            self.report.emit({"event": "samples", "step": self.step, "logits": rounded})
            self._sampled = time.perf_counter()
        if self.report.folder and (ended or now - self._saved >= self.settings["checkpoint_seconds"]):
            self._stop_clock()
            state = self.state_dict()
            self.report.folder.write("checkpoint.pt", lambda file: torch.save(state, file))
            self._saved = time.perf_counter()

    def _logits(self, model: nn.Module, name: str, look=None, show=lambda done, total: None) -> Tensor:
        with memory_for("memory-model", f"evaluating {evaluation.BATCH} images at a time"):
            return (look or evaluation.logits_of)(model, self.data[name], self.placement, show)

    def state_dict(self) -> dict[str, object]:
        """Return all that is needed to continue the run as if it had not ended, as tensors, numbers and strings."""
        return {
            "model": self.model.state_dict(),
            "descent": self.descent.state_dict(),
            "batches": self.batches.state_dict(),
            "settings": {name: self.settings[name] for name in CHANGEABLE},
            "data_dir": str(self.settings.get("data_dir") or ""),
            "run": {name: getattr(self, name) for name in ("step", "images", "evaluated_at", "accuracy")},
            "steps": {name: getattr(self.steps, name) for name in ("summed", "images", "diverged")},
            "seconds": self.clock.seconds,
            "events": self.report.folder.length(),
        }

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Continue from this state. Its settings are used by whoever builds the training."""
        self.model.load_state_dict(state["model"])
        self.descent.load_state_dict(state["descent"])
        self.batches.load_state_dict(state["batches"])
        self.clock.seconds = state["seconds"]
        for owner, name in ((self, "run"), (self.steps, "steps")):
            for key, value in state[name].items():
                setattr(owner, key, value)
