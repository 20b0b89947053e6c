"""The parts of the home page, one module each."""
