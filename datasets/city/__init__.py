"""The synthetic city: a county that behaves, the messy files its offices send, and the truth about what was planted."""
