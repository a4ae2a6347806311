"""Clients that are published from the OpenAPI document."""
