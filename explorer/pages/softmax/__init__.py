"""The sections of the softmax page, one module each."""

from explorer.components.logit_board import logit_board
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection

SURE_AND_WRONG = (0, 0, 0, 0, 0, 9, 0, 0, 0, 0)


class SoftmaxSection(NamedSection):
    """A section on one board of ten logits, beside whatever figure it has."""

    def __init__(self, page):
        super().__init__(page)
        self.classes = self.class_names()

    def board(self, beside: str = "", surface_spec: dict | None = None) -> None:
        """Show the image that the logits in the link belong to, if there is one, and the board with its ten sliders."""
        linked_image.show(self.page)
        logit_board(self.page.settings, self.words, self.classes, beside=beside, surface_spec=surface_spec)
