"""Reading files of numbers: from bytes to rows, from rows to what would change."""
