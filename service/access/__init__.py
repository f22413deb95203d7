"""Who may do what (权限): callers, their roles, and what each of them may see, decided in one place."""
