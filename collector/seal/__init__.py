"""Signing and timestamping: bytes in, bytes out. It knows nothing of ledger or archive.

Nothing heavy is imported before something is signed, stamped or verified.
"""
