"""What outcomes look like outside."""
