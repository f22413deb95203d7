"""The bench city, timed: seconds and peak memory of every stage, and six rules against pandas (`make bench`)."""
