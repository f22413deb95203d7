"""What the service remembers: runs, signals, alerts, assignments and events, in SQLite or PostgreSQL."""
