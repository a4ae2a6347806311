"""What the outcomes service decides: frozen records and pure functions, no web, SQL or clock."""
