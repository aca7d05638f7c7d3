"""How is a list of entries bound into one hash, and how is a part of it proven: RFC 6962, section 2.1.

A leaf here is the 32-byte leaf hash, so a tree is a sequence of them. Verification follows RFC 9162,
sections 2.1.3.2 and 2.1.4.2, which state as steps what RFC 6962 leaves to the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """MTH({d}) = SHA-256(0x00 || d)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """MTH(D[n]); perfect subtrees are kept on a stack, so a million leaves need no recursion."""
    return root_of_peaks(_grown([], 0, leaves))


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree whose perfect subtrees, tallest first, have these roots."""
    if not peaks:
        return EMPTY_ROOT
    whole = peaks[-1]
    for left in reversed(peaks[:-1]):
        whole = node_hash(left, whole)
    return whole


def grown_peaks(peaks: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """The roots of the perfect subtrees of a tree of `size` leaves once more leaves are added."""
    return tuple(_grown(list(peaks), size, leaves))


def peaks_at(leaves: Sequence[bytes], sizes: Iterable[int]) -> dict[int, tuple[bytes, ...]]:
    """The roots of the perfect subtrees of the first so many leaves, for each size, in one pass."""
    found: dict[int, tuple[bytes, ...]] = {}
    peaks: list[bytes] = []
    done = 0
    for size in sorted(set(sizes)):
        peaks = _grown(peaks, done, leaves[done:size])
        done = size
        found[size] = tuple(peaks)
    return found


def _grown(peaks: list[bytes], size: int, leaves: Iterable[bytes]) -> list[bytes]:
    for node in leaves:
        rest = size
        while rest & 1:  # a subtree of the same height stands beside it
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            rest >>= 1
        peaks.append(node)
        size += 1
    return peaks


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]): the hashes that lead from leaf `index` (from 0) to the root."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root(leaves[:split])]


def consistency_proof(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n]): that the tree of the first `size` leaves is a beginning of this one."""
    if not 0 < size <= len(leaves):
        raise ValueError(f"no beginning of {size} leaves in a tree of {len(leaves)}")
    return _subproof(size, leaves, True)


def _subproof(size: int, leaves: Sequence[bytes], complete: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if complete else [root(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(size, leaves[:split], complete), root(leaves[split:])]
    return [*_subproof(size - split, leaves[split:], False), root(leaves[:split])]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], whole: bytes) -> bool:
    """Whether a proof leads from a leaf hash at `index` to the root of a tree of `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == whole


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a tree of `first` leaves is a beginning of a tree of `second` leaves, by their roots."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
