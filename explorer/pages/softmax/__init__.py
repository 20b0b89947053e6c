"""The sections of the softmax page, one module each."""

from collections.abc import Mapping

from explorer.components.logit_board import logit_board
from explorer.images.cifar10_classes import CIFAR10
from explorer.images.shapes import SHAPES
from explorer.pages.shared import linked_image
from explorer.stage.section import Section

# The class names, by the table of texts that translates them.
CLASSES = {"classes": CIFAR10, "shapes": tuple(SHAPES)}

SURE_AND_WRONG = (0, 0, 0, 0, 0, 9, 0, 0, 0, 0)


class SoftmaxSection(Section):
    """A section whose logits belong to ten named classes: photographs or drawn shapes."""

    def __init__(self, page):
        super().__init__(page)
        names = page.words.table(self.now.names)
        self.classes = [names[name] for name in CLASSES[self.now.names]]
        # Presets and questions speak of cats and dogs.
        self.presets = _of_classes(self.presets)
        self.answers = _of_classes(self.answers)

    def board(self, beside: str = "", surface_spec: dict | None = None) -> None:
        """Show the image that the logits in the link belong to, if there is one, and the board with its ten sliders."""
        linked_image.show(self.page)
        logit_board(self.page.settings, self.words, self.classes, beside=beside, surface_spec=surface_spec)


def _of_classes(situations: Mapping[str, dict]) -> dict[str, dict]:
    return {name: {"names": "classes"} | values for name, values in situations.items()}
