"""Command lines of the outcomes service."""
