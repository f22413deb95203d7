"""Calls Guantong's API; begin with `guantong_client.client.Client`."""
