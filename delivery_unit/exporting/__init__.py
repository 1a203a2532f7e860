"""The whole system as files that people and importers can read, and back again."""
