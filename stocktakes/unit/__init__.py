"""The Unit's own room: what looks at people and goals together."""
