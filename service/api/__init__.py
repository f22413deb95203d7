"""What other platforms call (/api/v1): thin doors; what they do is done elsewhere in the service."""
