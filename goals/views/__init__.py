"""Pages of goals and numbers, split by noun."""
