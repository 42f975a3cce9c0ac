"""Signing and timestamping: bytes in, bytes out. It knows nothing of ledger or archive.

Nothing heavy is imported before something is signed, stamped or verified.
"""

from collector.seal.authorities import KNOWN_ROOTS, known_root_pems, public_authorities
from collector.seal.keys import SigningKey, load_or_create
from collector.seal.signature import SignatureReport, sign, verify_signature
from collector.seal.timestamp import Authority, NoToken, Token, TokenReport, request_all, request_token, verify_token

__all__ = [
    "KNOWN_ROOTS", "Authority", "NoToken", "SignatureReport", "SigningKey", "Token", "TokenReport", "known_root_pems",
    "load_or_create", "public_authorities", "request_all", "request_token", "sign", "verify_signature", "verify_token",
]  # fmt: skip
