"""The published Python client: what is written by hand, and how all of it becomes a wheel."""
