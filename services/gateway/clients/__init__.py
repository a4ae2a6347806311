"""Calls to the three services, and how their answers are read."""
