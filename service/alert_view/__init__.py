"""What an alert's own page shows and keeps: records with the cells that decided, ties, time, like cases, what was checked, what was asked for."""
