"""An administrator looks at the system as another person, without being able to write."""
