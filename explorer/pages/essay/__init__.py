"""The essay's twelve statements: where each moves, whether it holds, and the numbers that show it."""
