"""The release, in one place. docs/administration.md says what is done when it changes."""

VERSION = "0.2.0"
