"""The limits: the least that could do the same."""
