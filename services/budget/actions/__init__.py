"""What the budget service can do: one transaction each."""
