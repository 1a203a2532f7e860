"""Setting an installation up, its settings, and the page that explains it."""
