"""The training program, `python -m explorer.training`: trains, reports JSON events, writes a run folder."""
