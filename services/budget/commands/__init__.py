"""Command lines of the budget service."""
