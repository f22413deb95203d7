"""Casework (承办): from an accepted alert to a lead and its disposal; each act one function, in one transaction, on record."""
