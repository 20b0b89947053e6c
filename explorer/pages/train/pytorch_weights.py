"""A run's trained model as a short program of PyTorch alone: it reads the run's files, and gives the same logits.

A test unpacks the ZIP file of a run and runs what is written here beside its files.
"""

from explorer.pages.train.pytorch_models import model

IMPORTS = """\
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import nn
"""

LOGITS = """\
model.load_state_dict(torch.load("weights.pt", map_location="cpu", weights_only=True))
model.eval()


@torch.no_grad()
def logits_of(images):
    return model(torch.from_numpy(images)).numpy()


def show(path):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    pixels = np.array(ImageOps.fit(image, (32, 32), Image.Resampling.BOX))
    for name, logit in zip(classes, logits_of(pixels[None])[0]):
        print(f"{name:15}{logit:9.4f}")


classes = json.loads(Path("config.json").read_text("utf-8"))["classes"]
"""

CHECK = """\
logits = logits_of(np.load("sample_images.npy"))
last = max(Path("test_logits").iterdir(), key=lambda file: int(file.stem))
difference = logits - np.load(last)[np.load("sample_index.npy")]
print("largest difference from the run's own logits:", np.abs(difference).max())
"""

OWN = """\
# show("cat.jpg")  # an image of your own
"""


def program(settings: dict, with_images: bool, classes: int = 10) -> str:
    """Return the program for the complete settings of a run on so many classes.

    with_images: whether there are sample images beside the weights, on which it checks its logits.
    """
    return IMPORTS + model(settings, classes) + LOGITS + (CHECK if with_images else "") + OWN
