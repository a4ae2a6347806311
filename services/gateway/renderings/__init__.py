"""What the gateway's things look like outside."""
