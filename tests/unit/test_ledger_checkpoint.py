"""The signed checkpoint: the reference note of the Go implementation, and no byte of slack."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpiledger.ledger.checkpoint import (
    Checkpoint,
    CheckpointError,
    VerifierKey,
    open_checkpoint,
    open_note,
    sign_checkpoint,
    sign_note,
    verifier_key,
)

# golang.org/x/mod/sumdb/note, note_test.go: its key pair and the note signed with it.
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann "
    + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()


def test_the_reference_note_is_signed_byte_for_byte():
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    assert str(verifier_key("PeterNeumann", private)) == PUBLIC
    assert sign_note(TEXT, "PeterNeumann", private) == NOTE
    assert open_note(NOTE, VerifierKey.parse(PUBLIC)) == TEXT


def test_a_verifier_key_with_another_id_is_refused():
    with pytest.raises(CheckpointError, match="does not have the id c74f20a4"):
        VerifierKey.parse(PUBLIC.replace("c74f20a3", "c74f20a4"))
    with pytest.raises(CheckpointError, match="a verifier key is <name>"):
        VerifierKey.parse("PeterNeumann")


def test_every_changed_byte_of_a_checkpoint_is_refused():
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    key = verifier_key("example.org/kpi", private)
    checkpoint = Checkpoint("example.org/kpi", 20852163, bytes(range(32)))
    note = sign_checkpoint(checkpoint, private)
    assert open_checkpoint(note, key) == checkpoint
    for place in range(len(note)):
        for bit in range(8):
            changed = bytearray(note)
            changed[place] ^= 1 << bit
            with pytest.raises(CheckpointError):
                open_checkpoint(bytes(changed), key)
    for cut in range(len(note)):
        with pytest.raises(CheckpointError):
            open_checkpoint(note[:cut], key)


def test_a_checkpoint_of_another_ledger_is_refused():
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    note = sign_note(Checkpoint("example.org/other", 1, bytes(32)).text, "example.org/kpi", private)
    with pytest.raises(CheckpointError, match=r"no checkpoint of example\.org/kpi"):
        open_checkpoint(note, verifier_key("example.org/kpi", private))
