"""Asking authorities, over the network: for timestamps, and whether certificates were revoked."""
