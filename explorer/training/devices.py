"""The device to compute on, the precision, and the memory order."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from explorer.protocol.errors import Failure


@dataclass(frozen=True)
class Placement:
    """A device, the precision of the forward pass, and the memory order of images and filters."""

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
        """Wait until the device has finished its work."""
        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()


def choose(choice: str, precision: str, convolutional: bool, number: int | None = None) -> Placement:
    """Choose the device ("auto": the fastest; `number`: which GPU), its precision and its memory order.

    Convolutions are faster in channels-last order, and in bfloat16 where the hardware multiplies in it; a single matrix
    product is not. Raises Failure if there is no such device.
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
        torch.backends.cudnn.benchmark = True  # the shapes repeat, so it is worth trying which kernels are fastest
    return Placement(device, precision, channels_last=convolutional)


def _multiplies_bfloat16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Without these instructions bfloat16 is emulated on the CPU, and slower than float32.
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return device == "cpu" and any(getattr(torch.cpu, flag, bool)() for flag in flags)
