"""Programs that are not ours and that some tests need: where one is missing they are skipped, and say so."""

from __future__ import annotations

import shutil
import subprocess

import pytest

# What the script may use beside the shell and openssl: programs of coreutils.
COREUTILS = "base64 basenc cat cp cut head mkdir mktemp paste rm split tail tr wc".split()


def _has_perl() -> bool:
    """The smallest images have a perl without the modules that come with it."""
    if not shutil.which("perl"):
        return False
    words = ["perl", "-MDigest::SHA", "-MUnicode::Normalize", "-MJSON::PP", "-MMath::BigInt", "-e", "1"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_perl = pytest.mark.skipif(not _has_perl(), reason="needs perl with its own modules")
needs_script = pytest.mark.skipif(
    not all(map(shutil.which, ("openssl", "sh", *COREUTILS))), reason="needs openssl and coreutils 8.31"
)
