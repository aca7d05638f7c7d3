"""The frontier of a tree: what is left of its leaves to let it grow."""

import random
from hashlib import sha256

import pytest

from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.merkle import EMPTY_ROOT, peaks_at, root, root_of_peaks

LEAVES = [sha256(bytes([number])).digest() for number in range(70)]


@pytest.mark.parametrize("size", range(70))
def test_a_frontier_has_the_root_of_its_leaves_and_one_subtree_for_each_binary_one(size):
    found = Frontier().grown(LEAVES[:size], 10 * size)
    assert found.root == root(LEAVES[:size])
    assert (found.size, found.length, len(found.peaks)) == (size, 10 * size, size.bit_count())
    assert found.peaks[:1] == ((root(LEAVES[: 1 << size.bit_length() - 1]),) if size else ())


def test_a_frontier_grows_alike_in_whatever_portions():
    chance = random.Random(1)
    for _ in range(50):
        cuts = sorted(chance.choices(range(71), k=4))
        found = Frontier()
        for start, end in zip([0, *cuts], [*cuts, 70], strict=True):
            found = found.grown(LEAVES[start:end], end - start)
        assert found == Frontier().grown(LEAVES, 70)


def test_its_bytes_are_read_back_and_no_others_are():
    found = Frontier().grown(LEAVES[:11], 1234)
    assert found.text.startswith(b"11\n1234\n")
    assert Frontier.parse(found.text) == found
    assert Frontier.parse(Frontier().text) == Frontier()
    for text in (
        b"",
        found.text[:-1],
        found.text + b"\n",
        found.text.replace(b"11\n", b"12\n", 1),
        found.text.replace(b"11\n", b"011\n", 1),
        found.text.replace(b"1234\n", b"-1\n"),
        found.text.upper(),
    ):
        assert Frontier.parse(text) is None or Frontier.parse(text) != found


def test_the_roots_of_several_beginnings_come_from_one_pass():
    found = peaks_at(LEAVES, [70, 3, 0, 64, 3])
    assert {size: root_of_peaks(peaks) for size, peaks in found.items()} == {
        size: root(LEAVES[:size]) for size in (0, 3, 64, 70)
    }
    assert root_of_peaks(found[0]) == EMPTY_ROOT
