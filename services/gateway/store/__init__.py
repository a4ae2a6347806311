"""What the gateway remembers: its tables, and its keys on disk."""
