"""The training loop: steps and evaluations until the epochs, the time or somebody's patience ends."""

import math
import time

import torch
from torch import Tensor, nn

from explorer.training import batches, evaluation, optimisation
from explorer.training.control import Control
from explorer.training.devices import Placement
from explorer.training.report import Progress, Report

EVALUATION_SHARE = 0.25  # evaluate once so many times the test pictures have been trained on


class Clock:
    """Seconds of training; it stands still during evaluations."""

    def __init__(self):
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        return self._before + (0 if self._since is None else time.perf_counter() - self._since)

    def start(self) -> None:
        self._since = time.perf_counter()

    def stop(self) -> None:
        self._before, self._since = self.seconds, None


class StepEvents:
    """Steps on their way out: their losses stay on the device and are fetched together, ten times a second.

    Fetching each loss on its own would make the device wait for the host at every step.
    """

    interval = 0.1

    def __init__(self, report: Report):
        self._report = report
        self._events: list[dict] = []
        self._losses: list[Tensor] = []
        self._sent = time.perf_counter()
        self.summed = 0.0  # loss × pictures over the steps sent

    def add(self, event: dict, loss: Tensor, count: int) -> None:
        self._events.append(event | {"count": count})
        self._losses.append(loss.detach())
        if time.perf_counter() - self._sent >= self.interval:
            self.send()

    def send(self) -> None:
        if self._losses:
            for event, loss in zip(self._events, torch.stack(self._losses).tolist(), strict=True):
                event["loss"] = loss
                self.summed += loss * event.pop("count")
            self._report.emit(*self._events)
        self._events, self._losses, self._sent = [], [], time.perf_counter()


class Training:
    """A model, its data and its optimizer, from the untrained state to the end of the run."""

    def __init__(self, model: nn.Module, data: dict[str, Tensor], settings: dict, placement: Placement):
        self.model, self.data, self.settings, self.placement = model, data, settings, placement
        self.optimizer = optimisation.optimizer(model, settings, placement.device)
        self.generator = torch.Generator(placement.device).manual_seed(settings["seed"])
        self.clock = Clock()
        self.step = self.images = 0
        # Evaluating costs a third of training per picture: with few training pictures, not after every epoch.
        per_round = EVALUATION_SHARE * len(data["test_labels"]) / len(data["train_labels"])
        self.epochs_per_evaluation = max(1, round(per_round))

    def run(self, report: Report, progress: Progress, control: Control) -> dict:
        """Train and report until the end; return the `finished` event."""
        self._evaluate(0, None, None, progress, report)
        epoch, reason = 0, None
        while reason is None:
            steps = StepEvents(report)
            images, seconds = self.images, self.clock.seconds
            self.clock.start()
            for _ in range(self.epochs_per_evaluation):
                epoch += 1
                reason = self._epoch(epoch, steps, control)
                if reason:
                    break
            steps.send()
            self.placement.synchronize()
            self.clock.stop()
            images, seconds = self.images - images, self.clock.seconds - seconds
            accuracy = self._evaluate(epoch, steps.summed / images, images / seconds, progress, report)
        return {
            "event": "finished",
            "reason": reason,
            "test_accuracy": accuracy,
            "images_per_second": self.images / self.clock.seconds,
            "seconds": self.clock.seconds,
        }

    def _epoch(self, epoch: int, steps: StepEvents, control: Control) -> str | None:
        """Train on every picture once, or until the run ends; return why it ends."""
        self.model.train()
        settings, images, labels = self.settings, self.data["train_images"], self.data["train_labels"]
        for pictures, truth in batches.epoch(
            images, labels, settings["batch_size"], settings["augment"], self.generator
        ):
            rate = settings["learning_rate"] * optimisation.SCHEDULES[settings["schedule"]](self._progress())
            loss = self._descend(pictures, truth, rate)
            self.step += 1
            self.images += len(truth)
            event = {
                "event": "step",
                "step": self.step,
                "epoch": epoch,
                "loss": None,
                "learning_rate": rate,
                "images": self.images,
                "seconds": self.clock.seconds,
            }
            steps.add(event, loss, len(truth))
            if control.stopping:
                return "stopped"
            if settings["max_seconds"] is not None and self.clock.seconds >= settings["max_seconds"]:
                return "seconds"
        return "epochs" if epoch == settings["epochs"] else None

    def _descend(self, pictures: Tensor, truth: Tensor, rate: float) -> Tensor:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with self.placement.autocast():
            logits = self.model(pictures)
        loss = optimisation.objective(logits, truth, self.settings["label_smoothing"])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def _progress(self) -> float:
        """Share of the run that is over, by steps or by time, whichever is further."""
        steps, time_limit = 0.0, self.settings["max_seconds"]
        if self.settings["epochs"] is not None:
            per_epoch = math.ceil(len(self.data["train_labels"]) / self.settings["batch_size"])
            steps = self.step / (self.settings["epochs"] * per_epoch)
        return min(1.0, max(steps, self.clock.seconds / time_limit if time_limit else 0.0))

    def _evaluate(
        self, epoch: int, train_loss: float | None, rate: float | None, progress: Progress, report: Report
    ) -> float:
        """Report how the model does on the test pictures; return the share it gets right."""
        logits = evaluation.logits_of(self.model, self.data["test_images"], self.placement, progress)
        loss, accuracy = evaluation.measure(logits, self.data["test_labels"].cpu())
        if report.folder:
            report.folder.write_array(f"test_logits/{epoch:04d}.npy", logits.numpy())
        report.emit(
            {
                "event": "epoch",
                "epoch": epoch,
                "train_loss": train_loss,
                "test_loss": loss,
                "test_accuracy": accuracy,
                "images_per_second": rate,
                "seconds": self.clock.seconds,
            }
        )
        return accuracy
