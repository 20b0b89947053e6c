"""Images: the classes of CIFAR-10, drawn shapes, templates, and the conversion of a file to 32×32 RGB."""
