"""Triage (研判): what a person does with an alert, for the console and other platforms alike; each in one transaction, on record."""
