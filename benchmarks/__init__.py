"""The bench city, timed: seconds and peak memory of every stage, and five rules against pandas (`make bench`)."""
