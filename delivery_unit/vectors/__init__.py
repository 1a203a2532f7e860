"""Replays test vectors through the product's own calculations.

An adapter only: it turns the JSON of a vector into calls of the modules that the pages use, and
their answers back into strings. It holds no answer of its own.
"""

from delivery_unit.vectors.replaying import KINDS, Result, replay, run

__all__ = ["KINDS", "Result", "replay", "run"]
