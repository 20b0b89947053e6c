"""The images to train on as lines of PyTorch, for the program that the page shows: the same ones, from any source."""

MY_IMAGES = "my-images"  # what the page calls the folder of image folders, wherever that is

CIFAR = """\
from torchvision.datasets import CIFAR10

train, test = (CIFAR10("data", train=part, download=True) for part in (True, False))
images, test_images = (torch.from_numpy(part.data) for part in (train, test))
labels, test_labels = (torch.tensor(part.targets) for part in (train, test))
"""

FOLDER = """\
from pathlib import Path

from PIL import Image

from explorer.images.conversion import pixels, upright
from explorer.training.folder_scan import scan

parts = scan(Path("{folder}")).images.values()
images, test_images = (
    torch.from_numpy(np.array([pixels(upright(Image.open(entry.path))) for entry, _ in part])) for part in parts
)
labels, test_labels = (torch.tensor([label for _, label in part]) for part in parts)
"""

HELD_OUT = """\
shuffled = np.random.default_rng({seed}).permutation(len(labels))
of_classes = [shuffled[labels.numpy()[shuffled] == k] for k in range({classes})]
test = np.sort(np.concatenate([own[: len(own) // 5] for own in of_classes]))
train = np.sort(np.concatenate([own[len(own) // 5 :] for own in of_classes]))
images, test_images = images[train], images[test]
labels, test_labels = labels[train], labels[test]
"""

DRAWN = """\
from explorer.images.shapes import draw

images, labels = map(torch.from_numpy, draw(12_000, np.random.default_rng({seed})))
images, test_images = images.split([10_000, 2_000])
labels, test_labels = labels.split([10_000, 2_000])
"""

DATA = {"folder": FOLDER, "synthetic": DRAWN}

SOME = """\
place_in_class = F.one_hot(labels, {classes}).cumsum(0)[torch.arange(len(labels)), labels]
kept = place_in_class.argsort(stable=True)[:{size}]
images, labels = images[kept], labels[kept]
"""


def data(settings: dict, dataset: str, classes: int, held_out: bool) -> str:
    """Return the lines that make `images` and `labels`, `test_images` and `test_labels`, for complete settings.

    held_out: whether the test images have to be held out of image folders.
    """
    seed, size = settings["seed"], settings["train_size"]
    text = DATA.get(dataset, CIFAR).format(seed=seed, folder=MY_IMAGES)
    if held_out:
        text += HELD_OUT.format(seed=seed, classes=classes)
    if size:
        text += SOME.format(size=size, classes=classes)
    if settings["shuffle_labels"]:
        text += f"labels = torch.from_numpy(np.random.default_rng({seed}).permutation(labels.numpy()))\n"
    return text
