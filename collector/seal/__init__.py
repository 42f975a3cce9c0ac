"""Signing and timestamping: bytes in, bytes out. It knows nothing of ledger or archive.

All of it is pure but for `ask`, which asks authorities over the network, and `keyring`, the folder of the signing key.

Nothing heavy is imported before something is signed, stamped or verified.
"""
