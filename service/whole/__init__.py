"""Seeing the whole: what came, what came of it and where it waits; what is common; a unit among its peers; how rules do."""
