"""Copies of the whole system, and the way back. The commands `backup` and `restore` enter here."""
