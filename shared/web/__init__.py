"""The doors' side of shared: apps, callers, answers, problems and fields for FastAPI."""
