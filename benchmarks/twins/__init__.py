"""Six rules written once more in vectorised pandas, by hand: no apply, no iterrows, the same columns and evidence."""
