"""What an operator starts from a command line."""
