"""Pages around signing in, split by noun."""
