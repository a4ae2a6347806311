"""The gateway: its rules, its doors and its walls."""
