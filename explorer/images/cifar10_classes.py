"""The ten classes of CIFAR-10, in the order of their labels, and logits of them as an example."""

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

# Logits of a photograph that shows a cat (class 3), and is taken for a dog (class 5) by a little.
EXAMPLE = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)
