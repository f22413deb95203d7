"""What numbers add: each model reads tables and writes a table, with its reasons. Models never raise an alert."""
