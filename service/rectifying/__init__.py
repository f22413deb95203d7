"""Rectification (整改) and what follows a case: ledger, letters, names cleared, forms used, re-visits, outside leads, supervision lists."""
