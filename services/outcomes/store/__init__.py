"""What the outcomes service remembers: statements in, frozen records out."""
