"""No code leaves the training program that the pages do not know."""

import pytest

from explorer.protocol.errors import Failure, memory_ran_out
from explorer.training.control import Control
from explorer.training.datasets import Dataset
from explorer.training.report import Progress


@pytest.mark.parametrize(
    "use",
    [
        lambda code: Failure(code, "a message"),
        lambda code: Dataset("folder", (), *[None] * 4, notice={"code": code}),
        lambda code: Progress(Control(), silent=True)(code, 0, 1),
    ],
)
def test_an_unknown_code_is_refused(use):
    with pytest.raises(ValueError, match="'unheard-of' is none of"):
        use("unheard-of")


@pytest.mark.parametrize(
    "message",
    [
        "Unable to find a valid cuDNN algorithm to run convolution",
        "GET was unable to find an engine to execute this computation",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_what_small_graphics_cards_say_without_memory_is_known_as_such(message):
    assert memory_ran_out(RuntimeError(message))
    assert not memory_ran_out(RuntimeError("CUDA error: an illegal memory access was encountered"))
