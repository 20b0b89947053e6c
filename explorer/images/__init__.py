"""What an image is here: classes, drawn shapes, templates, and how a file becomes 32×32 RGB."""
