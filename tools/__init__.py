"""What builds, checks and tests the project. Nothing here is part of the product."""
