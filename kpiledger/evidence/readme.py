"""What does the bundle say to somebody who has never heard of us, and does not believe us?"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.ledger.checkpoint import Checkpoint, VerifierKey


def readme(checkpoint: Checkpoint, key: VerifierKey, names: Sequence[str]) -> str:
    """The page that goes with a bundle; it speaks only of what is in it."""
    checks = [
        _WHOLE + (_ANCHORED if any(name.startswith("anchors/") for name in names) else ""),
        _SECOND,
        *_proofs(names),
        *([_APPROVALS] if "approvals/check.sh" in names else []),
        _SUBJECTS if any(name.startswith("subjects/") for name in names) else _NO_SUBJECTS,
    ]
    numbered = [f"{number}. {check}" for number, check in enumerate(checks, start=1)]
    return "\n".join([_head(checkpoint, key), *numbered, _TRUST])


def _head(checkpoint: Checkpoint, key: VerifierKey) -> str:
    return f"""AUDIT BUNDLE

What was defined, agreed, approved and published, as the ledger {checkpoint.origin}
recorded it: {checkpoint.size} entries, one a line in ledger/entries.jsonl, in plain JSON.
Root of the tree over them: {checkpoint.root.hex()}
Public key: {key}

Nothing here has to be believed. The checks below need neither the program that
wrote the ledger nor Python. ledger-format.md says what each byte means; whoever
prefers to write a check of their own needs that page and nothing else.
"""


_WHOLE = """NOTHING WAS CHANGED (a shell, openssl 3, GNU coreutils; the script has 60 lines)

    sh verify-ledger.sh ledger ledger/keys/ledger.vkey

   `holds` says: each entry is the one that was hashed, the tree over all of them has
   the root that was signed, and so has each beginning that was ever signed.
   Better: give it a copy of the public key that you got another way.
"""
_ANCHORED = """   And that no history was put in the place of another: checkpoints kept elsewhere.

    sh verify-ledger.sh ledger ledger/keys/ledger.vkey anchors/*/*.checkpoint
"""
_SECOND = """THE SAME BY ANOTHER PROGRAM (Perl with its own modules)

    perl verify_ledger.pl ledger ledger

   It also reads each entry and checks that its bytes are the only way to write it.
"""
_APPROVALS = """WHO APPROVED (ssh-keygen of OpenSSH 8.9 or newer)

    cd approvals && sh check.sh

   Each .sig is a person's signature over the agreement event in the .json beside it,
   which stands in the entry that event_hash names in the ledger. allowed_signers is made
   from the entries key.added; people stand there by their commitments. Whether the
   signer had the authority on that day is in the entries authority.recorded.
"""
_SUBJECTS = """PERSONAL VALUES

   subjects/ holds ids of people and texts about them: treat this bundle accordingly.
   An entry has {"commitment": SHA-256(salt || value)}; the file of that name has both.
   That this bundle was made stands in the ledger as individuals.exported.
"""
_NO_SUBJECTS = """PEOPLE

   Ids of people and texts about them are not in this bundle. An entry has
   {"commitment": SHA-256(salt || value)} in their place.
"""
_TRUST = """WHAT THIS CANNOT SHOW

   Whoever holds the private key can sign another history. What shows it is a checkpoint
   or public key that was kept where they cannot write: compare with such copies.
   The times are those of the machine that recorded.
"""


def _proofs(names: Sequence[str]) -> list[str]:
    included = next((name.removesuffix(".entry") for name in names if name.endswith(".entry")), None)
    earlier = next((name.removesuffix(".consistency") for name in names if name.endswith(".consistency")), None)
    lines = []
    if included:
        lines.append("   That one entry is in the ledger, without the others (C2SP tlog-proof), for example:\n")
        lines.append(_command("inclusion", f"{included}.tlog-proof", f"{included}.entry"))
    if earlier:
        lines.append("   That an earlier tree is a beginning of this one (as C2SP tlog-witness has it):\n")
        lines.append(_command("consistency", f"{earlier}.consistency", f"{earlier}.checkpoint"))
    return ["\n".join(["PROOFS\n", *lines])] if lines else []


def _command(what: str, proof: str, other: str) -> str:
    words = (f"perl verify_ledger.pl {what}", f"  {proof}", f"  {other}", "  --key ledger/keys/ledger.vkey")
    return " \\\n".join(f"    {word}" for word in words) + "\n"
