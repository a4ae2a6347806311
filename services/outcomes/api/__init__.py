"""Doors of the outcomes service: routes and their bodies."""
