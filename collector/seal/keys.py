"""The key that signs checkpoints and packs, and the certificates above it. Pure: `keyring` keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from collector.seal.certificate import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with its certificate: ECDSA P-256 and self-made, or the user's own.

    `issuers` are the certificates above it, each the issuer of the one before; a self-made one has none.
    """

    certificate: Certificate = field(repr=False)
    private: EllipticCurvePrivateKey | RSAPrivateKey = field(repr=False, compare=False)
    issuers: tuple[Certificate, ...] = field(default=(), repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate's DER, lower-case hexadecimal."""
        return self.certificate.fingerprint

    @property
    def certificate_pem(self) -> str:
        """The certificate, to give away; `openssl cms -verify -CAfile` takes it."""
        return self.certificate.pem

    @property
    def certificates_pem(self) -> str:
        """The certificate and those above it."""
        return "".join(one.pem for one in (self.certificate, *self.issuers))

    @property
    def names(self) -> tuple[str, ...]:
        """Whom the certificates name: the holder, then who certified whom."""
        return tuple(one.name for one in (self.certificate, *self.issuers))

    def issuers_at(self, at: datetime) -> tuple[Certificate, ...]:
        """The certificates above it, up to the first that is not valid at that instant: from there on they show nothing."""
        out = next((number for number, one in enumerate(self.issuers) if not one.is_valid(at)), len(self.issuers))
        return self.issuers[:out]

    def chain_notes(self, at: datetime) -> tuple[str, ...]:
        """What keeps a reader from following the certificates up to a root, in sentences; nothing for a self-made one."""
        top = (self.certificate, *self.issuers)[-1]
        valid = self.issuers_at(at)
        if len(valid) < len(self.issuers):
            out = self.issuers[len(valid)]
            begins, ends = out.parsed.not_valid_before_utc, out.parsed.not_valid_after_utc
            when = f"is valid only from {begins:%Y-%m-%d}" if at < begins else f"expired on {ends:%Y-%m-%d}"
            return (
                f"“{out.name}”, above the signing certificate, {when}: signatures do not carry it. Ask the authority for "
                "the certificate that took its place.",
            )
        if not self.issuers and top.parsed.issuer != top.parsed.subject:
            return (
                f"The certificates above the signing certificate (issued by {top.parsed.issuer.rfc4514_string()}) are not "
                "here: whoever checks a signature has to get them. Export the .p12 file with its chain to have it carried.",
            )
        return ()

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint})"
