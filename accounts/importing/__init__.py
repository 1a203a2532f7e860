"""Lists of organisation units and of people: what a file says, and what it would change."""
