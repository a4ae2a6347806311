"""What the budget service remembers: tables and statements."""
