"""Verbs of meetings, packs and routines; one transaction each."""
