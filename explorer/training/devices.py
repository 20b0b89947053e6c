"""The device to compute on, the precision, and the memory order."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from explorer.protocol.errors import Failure

FASTEST_FIRST = ("cuda", "mps", "cpu")
# On Apple GPUs, convolutions with permuted filters and batch norm in channels-last order have been silently wrong, or
# crashed, in some versions of PyTorch (issues 192212, 175189 and 188371).
CONTIGUOUS = {"mps"}


@dataclass(frozen=True)
class Placement:
    """A device, the precision of the forward pass, and the memory order of images and filters.

    `passed_over`: which faster device was not taken, and why; "" if there is none.
    """

    device: torch.device
    precision: str
    channels_last: bool
    passed_over: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """For the `started` event."""
        order = "channels_last" if self.channels_last else "contiguous"
        facts = {"device": str(self.device), "precision": self.precision, "memory_format": order}
        return facts | ({"passed_over": self.passed_over} if self.passed_over else {})

    def autocast(self) -> AbstractContextManager:
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, getattr(torch, self.precision))

    def synchronize(self) -> None:
        """Wait until the device has finished its work."""
        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()


def choose(choice: str, precision: str, convolutional: bool, number: int | None = None) -> Placement:
    """Choose the device ("auto": the fastest that works; `number`: which GPU), its precision and its memory order.

    Convolutions are faster in channels-last order, and in 16 bits where the hardware multiplies in them; a single
    matrix product is not. With a `number`, this is one of several processes. Raises Failure if there is no such device,
    or if it does not work.
    """
    there = [name for name in FASTEST_FIRST if name == "cpu" or getattr(torch, name).is_available()]
    if number is not None and "mps" in there:
        there.remove("mps")  # processes on a Mac exchange gradients by gloo, which has no Apple GPUs
    wanted, passed_over = (there[0], "") if choice == "auto" else (choice, "")
    if wanted not in there:
        raise Failure("device", f"no {wanted} device found; available: {', '.join(there)}")
    device = torch.device(wanted, number) if wanted == "cuda" and number is not None else torch.device(wanted)
    if device.index is not None and device.index >= torch.cuda.device_count():
        raise Failure("device", f"there are only {torch.cuda.device_count()} cuda devices")
    if reason := _trial(device):
        if choice != "auto":
            way_out = "a build of PyTorch with kernels for this device would help, and --device cpu works"
            raise Failure("device", f"PyTorch cannot compute on {device}: {reason}; {way_out}")
        device, passed_over = torch.device("cpu"), f"{device}: {reason}"
    if device.type == "cuda":
        if number is not None:
            torch.cuda.set_device(device)
        torch.backends.cudnn.benchmark = True  # the shapes repeat, so it is worth trying which kernels are fastest
    if precision == "auto":
        precision = _fastest_precision(device) if convolutional else "float32"
    return Placement(device, precision, convolutional and device.type not in CONTIGUOUS, passed_over)


def _trial(device: torch.device) -> str:
    """Add two numbers on the device; return why it could not, or "".

    A card can be there that this build of PyTorch has no kernels for, because it is too old or too new.
    """
    try:
        (torch.ones(2, device=device) + 1).tolist()
    except RuntimeError as error:
        return str(error).partition("\n")[0]
    return ""


def _fastest_precision(device: torch.device) -> str:
    """The precision in which the hardware multiplies fastest; emulated ones are slower than float32."""
    if device.type == "cuda":
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bfloat16"
        # Tensor cores came with compute capability 7.0; until 8.0 they multiply in float16 only.
        return "float16" if torch.cuda.get_device_capability(device) >= (7, 0) else "float32"
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    multiplies = device.type == "cpu" and any(getattr(torch.cpu, flag, bool)() for flag in flags)
    return "bfloat16" if multiplies else "float32"
