"""What contracts can do: one file each, one transaction each."""
