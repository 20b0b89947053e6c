"""Default settings of a training: general ones, those of each model, and named recipes. Nothing here needs torch."""

GENERAL = {
    "dataset": "auto",
    "model": "cnn",
    "width": 256,
    "filters": 32,
    "activation": "relu",
    "loss": "cross-entropy",
    "label_smoothing": 0.0,
    "flip": "random",
    "crop": 4,
    "small_images": 0.0,
    "skip_easy": 0.0,
    "seed": 0,
    "device": "auto",
    "precision": "auto",
    "checkpoint_seconds": 30.0,
    "commands": False,
    "json": False,
    "no_normalise": False,
    "zero_weights": False,
    "shuffle_labels": False,
    "six_views": False,
}

# A dict holds one value for each optimizer.
DEFAULTS = {
    "softmax": {
        "optimizer": "sgd",
        "learning_rate": {"sgd": 0.002, "adamw": 0.0005, "muon": 0.002},
        "schedule": "one-cycle",
        "momentum": 0.9,
        "weight_decay": {"sgd": 0.01, "adamw": 0.01, "muon": 0.0},
        "batch_size": 512,
        "epochs": 20,
        "augment": "none",
    },
    "mlp": {
        "optimizer": "sgd",
        "learning_rate": {"sgd": 0.02, "adamw": 0.0005, "muon": 0.02},
        "schedule": "one-cycle",
        "momentum": 0.9,
        "weight_decay": {"sgd": 5e-4, "adamw": 0.01, "muon": 0.0},
        "batch_size": 128,
        "epochs": 20,
        "augment": "flip",
    },
    "cnn": {
        "optimizer": "sgd",
        "learning_rate": {"sgd": 0.05, "adamw": 0.003, "muon": 0.1},
        "schedule": "one-cycle",
        "momentum": {"sgd": 0.9, "adamw": 0.9, "muon": 0.6},
        "weight_decay": {"sgd": 5e-4, "adamw": 0.01, "muon": 0.0},
        "batch_size": 128,
        "epochs": 10,
        "augment": "flip",
    },
    "resnet": {
        "optimizer": "muon",
        "learning_rate": {"sgd": 30.0, "adamw": 0.003, "muon": 0.24},  # its logits are divided by 256
        "schedule": "linear",
        "momentum": {"sgd": 0.9, "adamw": 0.9, "muon": 0.6},
        "weight_decay": {"sgd": 2e-6, "adamw": 0.01, "muon": 2e-6},
        "batch_size": 2000,
        "epochs": 8,
        "augment": "flip-crop",
        "flip": "alternate",
        "crop": 2,
        "label_smoothing": 0.2,
    },
}

# Only where they differ from the defaults of their model.
RECIPES = {
    "softmax-regression": {"model": "softmax"},
    "cpu-minute": {
        "model": "cnn",
        "optimizer": "muon",
        "learning_rate": 0.15,
        "schedule": "linear",
        "batch_size": 500,
        "activation": "silu",
        "label_smoothing": 0.05,
        "augment": "flip-crop",
        "flip": "alternate",
        "crop": 1,
        "small_images": 0.6,
        "skip_easy": 0.5,
        "max_seconds": 60.0,
    },
    "gpu-94": {
        "model": "resnet",
        "optimizer": "muon",
        "learning_rate": 0.24,
        "momentum": 0.6,
        "batch_size": 2000,
        "epochs": 8,
        "six_views": True,
    },
    "overfit-twenty": {
        "model": "cnn",
        "train_size": 20,
        "batch_size": 20,
        "epochs": 100,
        "augment": "none",
        "learning_rate": 0.02,
        "schedule": "constant",
        "weight_decay": 0.0,
    },
    "rate-too-high": {"model": "mlp", "learning_rate": 10.0, "schedule": "constant", "epochs": 3},
    "double-softmax": {
        "model": "cnn",
        "loss": "double-softmax",
        "optimizer": "muon",
        "train_size": 500,
        "batch_size": 50,
        "epochs": 20,
        "augment": "none",
    },
    "no-normalisation": {"model": "softmax", "no_normalise": True},
    "zero-weights": {"model": "mlp", "zero_weights": True, "epochs": 5},
    "shuffled-labels": {
        "model": "cnn",
        "shuffle_labels": True,
        "train_size": 1000,
        "epochs": 60,
        "augment": "none",
        "weight_decay": 0.0,
    },
}


def complete(settings: dict[str, object]) -> dict[str, object]:
    """Fill in settings that are None: from the recipe, then from the model's defaults, then from the general ones.

    With `max_seconds` and no `epochs`, time alone decides how long the run is, and `epochs` stays None.

    >>> complete({"model": "softmax", "optimizer": "adamw", "learning_rate": None})["learning_rate"]
    0.0005
    >>> complete({"recipe": "cpu-minute", "batch_size": 64})["max_seconds"]
    60.0
    """
    given = {name: value for name, value in settings.items() if value is not None}
    wanted = RECIPES.get(given.get("recipe"), {}) | given
    completed = GENERAL | DEFAULTS[wanted.get("model", GENERAL["model"])] | wanted
    if "max_seconds" in wanted and "epochs" not in wanted:
        completed["epochs"] = None
    optimizer = completed["optimizer"]
    chosen = {name: value[optimizer] if isinstance(value, dict) else value for name, value in completed.items()}
    return settings | chosen
