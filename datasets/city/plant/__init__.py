"""Planters: one file a catalogue row or family, each plants cases and innocent look-alikes and writes the truth."""
