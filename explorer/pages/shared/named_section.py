"""A section on ten named classes, those of photographs or of drawn shapes; links carry logits of either."""

from collections.abc import Callable, Mapping

from explorer.images.cifar10_classes import CIFAR10
from explorer.images.shapes import SHAPES
from explorer.stage.section import Section

# The class names, by the table of texts that translates them.
CLASSES = {"classes": CIFAR10, "shapes": tuple(SHAPES)}


class NamedSection(Section):
    """A section whose ten classes have the names that the setting `names` says."""

    def __init__(self, page):
        super().__init__(page)
        # Presets and questions speak of cats and dogs.
        self.presets = _of_photographs(self.presets)
        self.answers = _of_photographs(self.answers)

    def class_names(self, labels=range(10)) -> list[str]:
        """Return what the classes are called in the visitor's language."""
        names = self.words.table(self.now.names)
        return [names[CLASSES[self.now.names][label]] for label in labels]


def _of_photographs(situations: Mapping[str, dict | Callable]) -> dict[str, dict | Callable]:
    return {name: found if callable(found) else {"names": "classes"} | found for name, found in situations.items()}
