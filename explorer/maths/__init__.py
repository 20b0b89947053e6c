"""The mathematics in numpy, one subject a file; `losses` is the reference for everything else."""
