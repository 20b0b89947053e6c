"""No code leaves the training program that the pages do not know."""

import pytest

from explorer.protocol.errors import Failure
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
