"""Where to compute, how precisely, and in which memory order."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from explorer.protocol.errors import Failure


@dataclass(frozen=True)
class Placement:
    """A device, the precision of the forward pass, and the memory order of pictures and filters."""

    device: torch.device
    precision: str
    channels_last: bool

    @property
    def facts(self) -> dict[str, str]:
        """For the `started` event."""
        order = "channels_last" if self.channels_last else "contiguous"
        return {"device": str(self.device), "precision": self.precision, "memory_format": order}

    def autocast(self) -> AbstractContextManager:
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def synchronize(self) -> None:
        """Wait until the device has done what it was given."""
        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()


def place(choice: str, precision: str, convolutional: bool, number: int | None = None) -> Placement:
    """Choose the device ("auto": the fastest there is; `number`: which GPU) and what gains on it.

    A single matrix product gains from neither bfloat16 nor memory order; convolutions gain from both, where
    the hardware multiplies in bfloat16. Raises Failure if there is no such device.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        choice = next(name for name, found in there.items() if found)
    if not there[choice]:
        raise Failure("device", f"there is no {choice} device; there is {', '.join(n for n in there if there[n])}")
    if precision == "auto":
        precision = "bfloat16" if convolutional and _multiplies_bfloat16(choice) else "float32"
    device = torch.device(choice)
    if choice == "cuda" and number is not None:
        if number >= torch.cuda.device_count():
            raise Failure("device", f"there are only {torch.cuda.device_count()} cuda devices")
        device = torch.device(choice, number)
        torch.cuda.set_device(device)
    if choice == "cuda":
        torch.backends.cudnn.benchmark = True  # the same shapes come again and again: try which kernels are fastest
    return Placement(device, precision, channels_last=convolutional)


def _multiplies_bfloat16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Without these instructions bfloat16 is emulated on the CPU, and slower than float32.
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return device == "cpu" and any(getattr(torch.cpu, flag, bool)() for flag in flags)
