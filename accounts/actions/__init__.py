"""Verbs around signing in, split by noun. Nothing here knows a page."""
