"""All situations, by the names that links give them; those of one section in the order in which they are asked."""

from explorer.predictions import cross_entropy, logistic_regression, results, softmax, softmax_or_sigmoid, training
from explorer.predictions.kinds import Situation

SITUATIONS: dict[str, Situation] = {
    name: situation
    for page in (logistic_regression, softmax, softmax_or_sigmoid, cross_entropy, training, results)
    for name, situation in page.SITUATIONS.items()
}


def of_section(page: str, part: str) -> list[str]:
    """Return the names of the situations of a section."""
    return [name for name in of_page(page) if SITUATIONS[name].part == part]


def of_page(page: str) -> list[str]:
    """Return the names of the situations of a page."""
    return [name for name, situation in SITUATIONS.items() if situation.page == page]
