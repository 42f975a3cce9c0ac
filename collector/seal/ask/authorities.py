"""Public timestamp authorities asked by default, and the roots that anybody can look up.

The root certificates in `roots/` are those of Mozilla's certificate programme, as Debian's ca-certificates ships them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from collector.seal.timestamp import Authority

# SHA-256 of each root's DER, as its owner publishes it. A token that leads to another root was stamped by an authority
# known only from the archive that holds it.
KNOWN_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988": "DigiCert Trusted Root G4",
        "e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2": "USERTrust RSA Certification Authority",
        "2cabeafe37d06ca22aba7391c0033d25982952c453647349763a3ab5ad6ccf69": "GlobalSign Root CA - R6",
    }
)


def _root(name: str) -> str:
    return (Path(__file__).parents[1] / "roots" / name).read_text("ascii")


# The authorities that a new archive asks: three companies apart, free of charge, no account needed.
PUBLIC = (
    Authority("digicert", "http://timestamp.digicert.com", _root("digicert-trusted-root-g4.pem")),
    Authority("sectigo", "http://timestamp.sectigo.com", _root("usertrust-rsa.pem")),
    Authority("globalsign", "http://timestamp.globalsign.com/tsa/r6advanced1", _root("globalsign-root-r6.pem")),
)
