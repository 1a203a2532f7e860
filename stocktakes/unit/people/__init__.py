"""People, with their goals beside them: found, added, changed, brought in by list, let go."""
