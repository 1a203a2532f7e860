"""Pages of stocktakes, split by noun."""
