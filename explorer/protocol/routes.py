"""The prefixes of the server's own routes, relative to the app's root."""

RUNS = "explorer-runs"
ROUNDS = "explorer-rounds"
