"""What contracts look like outside."""
