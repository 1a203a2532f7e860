"""The demonstration systems: fictional people and generated numbers, labelled as such."""
