"""What the outcomes service can do: one transaction each."""
