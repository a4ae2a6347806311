"""Clients that are generated from the OpenAPI documents, compiled, and played against the whole system."""
