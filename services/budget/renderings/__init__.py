"""What budget things look like outside: files and reports. Pure."""
