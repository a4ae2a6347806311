"""Everything the gateway does that changes something, one transaction each."""
