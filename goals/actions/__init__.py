"""Verbs: what changes several rows, or sends something. Split by noun; one transaction each."""
