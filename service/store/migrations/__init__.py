"""How the database changes from one version of the program to the next (Alembic)."""
