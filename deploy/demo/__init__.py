"""The demonstration: Plymouth 2014, loaded through the public API as its clients would."""
