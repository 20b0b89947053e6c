"""Where the server's own routes begin, relative to the app's root."""

RUNS = "explorer-runs"
ROUNDS = "explorer-rounds"
