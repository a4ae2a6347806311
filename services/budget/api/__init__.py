"""Doors of the budget service: routes and their bodies."""
