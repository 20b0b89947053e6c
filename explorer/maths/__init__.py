"""The mathematics: numpy in, numpy out, each file one subject. `losses` is the reference for all else."""
