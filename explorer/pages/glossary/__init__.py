"""The glossary: for each term where it can be seen."""

from explorer.pages.shared.views import View

TEACHER = "0.03,0.03,0.06,0.4,0.08,0.3,0.04,0.04,0.01,0.01"

# The terms by subject, as the lesson meets them. A term is also the anchor by which texts link to it.
TERMS = {
    "scores": {
        "logit": View("softmax", {"part": "board"}),
        "sigmoid": View("logistic_regression", {"part": "sample"}),
        "decision-boundary": View("logistic_regression", {"part": "surface"}),
        "softmax": View("softmax", {"part": "board"}),
        "one-hot": View("cross_entropy", {"part": "board", "target": "onehot"}),
        "temperature": View("softmax", {"part": "board", "T": "10"}),
        "likelihood": View("logistic_regression", {"part": "likelihood"}),
        "theta": View("logistic_regression", {"part": "descent"}),
        "maximum-likelihood": View("logistic_regression", {"part": "descent", "newton": "8"}),
    },
    "losses": {
        "loss": View("softmax", {"part": "surface"}),
        "nat": View("logistic_regression", {"part": "sample", "z": "-0.5413", "y": "1"}),
        "bit": View("cross_entropy", {"part": "board", "unit": "bits"}),
        "entropy": View("cross_entropy", {"part": "surfaces"}),
        "cross-entropy": View("cross_entropy", {"part": "board"}),
        "relative-entropy": View("cross_entropy", {"part": "simplex"}),
        "simplex": View("cross_entropy", {"part": "simplex", "p3": "1,0,0"}),
        "jensen-shannon": View("cross_entropy", {"part": "board"}),
        "perplexity": View("softmax", {"part": "board", "z": "0,0,0,0,0,0,0,0,0,0"}),
        "squared-error": View("logistic_regression", {"part": "sample", "squared": "1"}),
        "hinge-loss": View("softmax", {"part": "hinge"}),
        "label-smoothing": View("cross_entropy", {"part": "claim", "target": "smoothed"}),
        "distillation": View("cross_entropy", {"part": "claim", "target": "hand", "p": TEACHER}),
    },
    "descent": {
        "gradient": View("softmax", {"part": "surface", "quantity": "gradient"}),
        "gradient-descent": View("softmax", {"part": "descent"}),
        "learning-rate": View("logistic_regression", {"part": "descent", "rate": "20"}),
        "convex": View("softmax", {"part": "surface", "chord": "1"}),
        "hessian": View("logistic_regression", {"part": "descent", "newton": "4"}),
        "newton": View("logistic_regression", {"part": "descent", "newton": "4"}),
        "regularisation": View("logistic_regression", {"part": "descent", "data": "separable", "l2": "0.1"}),
    },
    "training": {
        "softmax-regression": View("train", {"recipe": "softmax-regression"}),
        "convolution": View("train", {"run": "cifar10", "replay": "20"}),
        "relu": View("train", {"recipe": "cpu-minute"}),
        "batch-norm": View("train", {"run": "cifar10"}),
        "batch": View("train"),
        "epoch": View("train", {"run": "cifar10", "x": "epoch"}),
        "schedule": View("train", {"run": "cifar10", "view": "rate"}),
        "momentum": View("train"),
        "weight-decay": View("train"),
        "adamw": View("train"),
        "muon": View("train", {"recipe": "gpu-94"}),
        "augmentation": View("train"),
        "normalisation": View("train", {"recipe": "no-normalisation"}),
        "overfitting": View("train", {"recipe": "overfit-twenty"}),
        "random-seed": View("train"),
    },
    "results": {
        "accuracy": View("results", {"part": "time"}),
        "confusion-matrix": View("results", {"part": "whole"}),
        "confidence": View("results", {"part": "microscope", "sort": "confidence"}),
        "calibration": View("results", {"part": "calibration"}),
        "ece": View("results", {"part": "calibration"}),
        "feature-map": View("results", {"part": "inside"}),
        "saliency-map": View("results", {"part": "inside", "target": "2"}),
        "loss-landscape": View("results", {"part": "landscape"}),
    },
    "numbers": {
        "float64": View("softmax", {"part": "numerics"}),
        "underflow": View("logistic_regression", {"part": "likelihood", "m": "2000"}),
        "log-softmax": View("softmax", {"part": "numerics", "M": "1000"}),
    },
}
