"""Pages of the Unit room."""
