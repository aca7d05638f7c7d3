"""Makes the test vectors of `vectors/`: proofs, proof files, entries and whole ledgers, good and corrupted.

    python tests/evidence/make_vectors.py

A vector says its kind, its parts, and whether it `holds`. They are made from RFC 6962 word by word, and
always come out the same.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from ledger_vectors import entry_vectors, ledger_vectors
from proof_vectors import consistency_vectors, file_vectors, inclusion_vectors
from signature_vectors import signature_vectors

FOLDER = Path(__file__).parent / "vectors"
MADE = {
    "inclusion.json": inclusion_vectors,
    "consistency.json": consistency_vectors,
    "proof_files.json": file_vectors,
    "signatures.json": signature_vectors,
    "entries.json": entry_vectors,
    "ledgers.json": ledger_vectors,
}


def text_of(vectors):
    """One vector a line, so that a change shows as one line."""
    return "[\n" + ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in vectors) + "\n]\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in MADE.items():
        (FOLDER / name).write_text(text_of(make()), encoding="utf-8")
