"""What a model is trained with unless told otherwise."""

# Where a value is a table, it depends on the optimizer.
DEFAULTS = {
    "softmax": {
        "optimizer": "sgd",
        "learning_rate": {"sgd": 0.002, "adamw": 0.0005},
        "schedule": "one-cycle",
        "momentum": 0.9,
        "weight_decay": 0.01,
        "batch_size": 512,
        "epochs": 20,
        "augment": "none",
        "label_smoothing": 0.0,
    },
    "cnn": {
        "optimizer": "sgd",
        "learning_rate": {"sgd": 0.1, "adamw": 0.003},
        "schedule": "one-cycle",
        "momentum": 0.9,
        "weight_decay": {"sgd": 5e-4, "adamw": 0.01},
        "batch_size": 128,
        "epochs": 10,
        "augment": "flip",
        "label_smoothing": 0.0,
    },
}


def complete(settings: dict[str, object]) -> dict[str, object]:
    """Fill what `settings` leaves open (None) with the model's own recipe.

    With `max_seconds` and no `epochs`, time alone decides how long the run is, and `epochs` stays None.

    >>> complete({"model": "softmax", "optimizer": "adamw", "learning_rate": None})["learning_rate"]
    0.0005
    """
    recipe = DEFAULTS[settings["model"]]
    completed = recipe | {name: value for name, value in settings.items() if value is not None}
    if settings.get("max_seconds") is not None and settings.get("epochs") is None:
        completed["epochs"] = None
    optimizer = completed["optimizer"]
    chosen = {name: value[optimizer] if isinstance(value, dict) else value for name, value in completed.items()}
    return settings | chosen
