"""What people and other platforms do with it: runs, alerts and their reasons, the command line, the store."""
