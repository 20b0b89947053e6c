"""The ten classes of CIFAR-10, in the order of their labels, and logits and distributions of them as examples."""

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CAT, DOG, FROG = (CIFAR10.index(name) for name in ("cat", "dog", "frog"))

# Logits of a photograph that shows a cat (class 3), and is taken for a dog (class 5) by a little.
EXAMPLE = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)

# What people said of a blurred image, by share; and a prediction that rules one of their answers, the dog, out.
PEOPLE = (0, 0, 0, 0.6, 0.1, 0.3, 0, 0, 0, 0)
NO_DOG = (0, 0, 0, 0.7, 0.3, 0, 0, 0, 0, 0)
