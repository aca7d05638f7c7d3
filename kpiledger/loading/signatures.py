"""Which signatures lie beside the agreements: metrics/approvals/<agreement>/<ordinal>.<person>.sig."""

from __future__ import annotations

import re
from pathlib import Path

from kpiledger.specs.signing import APPROVALS, SignatureFile

_NAME = "[a-z](?:_?[a-z0-9])*"
PLACE = re.compile(rf"{APPROVALS}/(?P<agreement>{_NAME})/(?P<ordinal>[1-9][0-9]{{0,5}})\.(?P<person>{_NAME})\.sig\Z")
_SIZE_MAX = 16_384  # bytes; the signature of an RSA key of 16,384 bits has 6,000


def read_signatures(root: Path) -> tuple[SignatureFile, ...]:
    """The signatures of a project by path; what lies elsewhere in the folder is told as astray."""
    found = []
    for path in sorted((root / APPROVALS).rglob("*.sig")):
        place = PLACE.match(path.relative_to(root).as_posix())
        if place and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                text = file.read(_SIZE_MAX).decode("ascii", errors="replace")
            found.append(SignatureFile(place[0], place["agreement"], int(place["ordinal"]), place["person"], text))
    return tuple(sorted(found, key=lambda file: (file.agreement, file.ordinal, file.person)))
