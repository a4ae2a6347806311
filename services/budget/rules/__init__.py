"""The rule book of pooled, aligned and shadow funds. Pure."""
