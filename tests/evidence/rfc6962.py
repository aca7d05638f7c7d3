"""RFC 6962, section 2.1, word by word, and notes signed with a key that everybody knows: what vectors are made with.

Nothing here imports the ledger: vectors made by the code that they test would prove nothing.
"""

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# The reference leaves of Certificate Transparency, whose roots are published; then leaves of our own.
PUBLISHED = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ENTRIES = [*PUBLISHED, *(b"entry %d" % number for number in range(9, 41))]


def leaf_hash(entry):
    return sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right).digest()


def split_of(size):
    """k, the largest power of two smaller than n."""
    split = 1
    while split * 2 < size:
        split *= 2
    return split


def tree_hash(entries):
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = split_of(len(entries))
    return node_hash(tree_hash(entries[:split]), tree_hash(entries[split:]))


def path(index, entries):
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    split = split_of(len(entries))
    if index < split:
        return [*path(index, entries[:split]), tree_hash(entries[split:])]
    return [*path(index - split, entries[split:]), tree_hash(entries[:split])]


def proof(first, entries):
    """PROOF(m, D[n])."""
    return subproof(first, entries, True)


def subproof(first, entries, is_whole):
    """SUBPROOF(m, D[n], b)."""
    if first == len(entries):
        return [] if is_whole else [tree_hash(entries)]
    split = split_of(len(entries))
    if first <= split:
        return [*subproof(first, entries[:split], is_whole), tree_hash(entries[split:])]
    return [*subproof(first - split, entries[split:], False), tree_hash(entries[:split])]


def path_shape(index, size):
    """On which side each hash of a path stands: two trees with the same shape cannot be told apart by a proof."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return ""
    split = split_of(size)
    return path_shape(index, split) + "r" if index < split else path_shape(index - split, size - split) + "l"


def proof_shape(first, size, is_whole=True):
    """The same of a consistency proof; `o` begins with the root of the earlier tree, `n` with a hash of the proof."""
    if not 0 < first <= size:
        return None
    if first == size:
        return "o" if is_whole else "n"
    split = split_of(size)
    if first <= split:
        return proof_shape(first, split, is_whole) + "r"
    return proof_shape(first - split, size - split, False) + "l"


NAME = "example.org/vectors"
OURS = Ed25519PrivateKey.from_private_bytes(sha256(b"the key of the test vectors").digest())
ROGUE = Ed25519PrivateKey.from_private_bytes(sha256(b"a key that nobody trusts").digest())


def verifier_key(private=OURS, name=NAME):
    public = b"\x01" + private.public_key().public_bytes_raw()
    return f"{name}+{_id(name, public).hex()}+{base64.b64encode(public).decode()}"


def checkpoint(size, root, private=OURS, name=NAME):
    body = f"{name}\n{size}\n{base64.b64encode(root).decode()}\n"
    public = b"\x01" + private.public_key().public_bytes_raw()
    signature = base64.b64encode(_id(name, public) + private.sign(body.encode())).decode()
    return f"{body}\n— {name} {signature}\n"


def _id(name, public):
    return sha256(f"{name}\n".encode() + public).digest()[:4]
