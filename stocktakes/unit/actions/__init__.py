"""What changes accounts, and who leaves."""
