"""What the demonstrations are called; readable before any settings are."""

USUAL = "everly"
NAMES = (USUAL, "campus", "state")
