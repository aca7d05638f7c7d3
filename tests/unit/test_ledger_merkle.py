"""RFC 6962: published roots and proofs, and every proof of every small tree."""

import pytest

from kpiledger.ledger.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The reference leaves and roots of Certificate Transparency (also in transparency-dev/merkle).
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = [leaf_hash(bytes([number, number * 7 % 256])) for number in range(32)]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root([]) == EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size):
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_inclusion_proofs_are_the_published_ones(index, size, proof):
    assert [step.hex() for step in inclusion_proof(index, LEAVES[:size])] == proof


@pytest.mark.parametrize(
    ("first", "second", "proof"),
    [
        (1, 1, []),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_consistency_proofs_are_the_published_ones(first, second, proof):
    assert [step.hex() for step in consistency_proof(first, LEAVES[:second])] == proof


def recursive_root(leaves):
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 33))
def test_every_leaf_proves_its_inclusion_and_nothing_else_does(size):
    leaves = MANY[:size]
    whole = recursive_root(leaves)
    assert root(leaves) == whole
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(index, leaves)
        assert verify_inclusion(index, size, leaf, proof, whole)
        assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, whole)
        assert not verify_inclusion(index, size, leaf, [*proof, whole], whole)
        assert not verify_inclusion(size, size, leaf, proof, whole)
        for other in range(size):
            assert verify_inclusion(other, size, leaf, proof, whole) == (other == index)
        if proof:
            assert not verify_inclusion(index, size, leaf, proof[:-1], whole)
            assert not verify_inclusion(index, size, leaf, [proof[0][::-1], *proof[1:]], whole)


@pytest.mark.parametrize("second", range(1, 33))
def test_every_earlier_tree_proves_to_be_a_beginning_and_no_other_does(second):
    leaves = MANY[:second]
    roots = {size: recursive_root(leaves[:size]) for size in range(1, second + 1)}
    for first in range(1, second + 1):
        proof = consistency_proof(first, leaves)
        assert verify_consistency(first, second, roots[first], roots[second], proof)
        forged = recursive_root([leaf_hash(b"forged"), *leaves[1:first]])
        assert not verify_consistency(first, second, forged, roots[second], proof)
        assert not verify_consistency(first, second, roots[first], forged, proof)
        assert not verify_consistency(first, second, roots[first], roots[second], [*proof, forged])
        if proof:
            assert not verify_consistency(first, second, roots[first], roots[second], proof[:-1])
        if first < second:
            assert not verify_consistency(first + 1, second, roots[first], roots[second], proof)
    assert not verify_consistency(second + 1, second, roots[second], roots[second], [])


def test_a_proof_of_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no leaf 3 in a tree of 3"):
        inclusion_proof(3, MANY[:3])
    with pytest.raises(ValueError, match="no beginning of 4 leaves in a tree of 3"):
        consistency_proof(4, MANY[:3])
