"""What we know: table contracts, sources, import with quarantine and sealing, the lake, the synthetic city."""
