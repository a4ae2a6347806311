"""What contracts decide: pure functions on frozen things."""
