"""What changes people and their roles."""
