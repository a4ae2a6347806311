"""Command lines of the contracts service."""
