"""What contracts remember: statements over its own schema."""
