"""The story of Plymouth 2014, played over HTTP against the whole system."""
