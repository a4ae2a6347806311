"""What the gateway decides, as frozen records and pure functions."""
