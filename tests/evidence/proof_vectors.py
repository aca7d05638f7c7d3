"""Vectors of proofs: the ways in which a proof can be right, and those in which it can be wrong."""

from base64 import b64encode

from rfc6962 import (
    ENTRIES,
    NAME,
    ROGUE,
    checkpoint,
    leaf_hash,
    path,
    path_shape,
    proof,
    proof_shape,
    tree_hash,
    verifier_key,
)

LEAVES = [(0, 1), (0, 2), (1, 2), (2, 3), (0, 5), (4, 5), (5, 7), (0, 8), (5, 8), (7, 8), (12, 13), (17, 33), (32, 33)]
PAIRS = [(1, 1), (1, 2), (2, 3), (3, 3), (2, 5), (4, 5), (3, 7), (6, 8), (4, 8), (7, 8), (12, 13), (17, 33), (32, 33)]
OTHER = leaf_hash(b"something else")


def inclusion_vectors():
    for index, size in LEAVES:
        tree = ENTRIES[:size]
        good = {"index": index, "size": size, "leaf": leaf_hash(tree[index]), "root": tree_hash(tree)}
        good |= {"proof": path(index, tree)}
        yield inclusion(f"{index} of {size}", good, True)
        yield inclusion(f"{index} of {size}, wrong root", good | {"root": OTHER})
        yield inclusion(f"{index} of {size}, wrong leaf", good | {"leaf": OTHER})
        yield inclusion(f"{index} of {size}, root as leaf", good | {"leaf": good["root"]}, size == 1)
        for says in dict.fromkeys((-1, index - 1, index + 1, index ^ 2, size, index + 64)):
            same = path_shape(says, size) == path_shape(index, size)
            yield inclusion(f"{index} of {size}, says index {says}", good | {"index": says}, same)
        # The size is bound by the signed checkpoint, not by the proof: where the path is the same, it holds.
        for says in dict.fromkeys((0, size - 1, size + 1, 2 * size)):
            same = path_shape(index, says) == path_shape(index, size)
            yield inclusion(f"{index} of {size}, says size {says}", good | {"size": says}, same)
        for what, hashes in corrupted(good["proof"], good["root"]):
            yield inclusion(f"{index} of {size}, {what}", good | {"proof": hashes})


def consistency_vectors():
    for first, second in PAIRS:
        good = {"first": first, "second": second, "first_root": tree_hash(ENTRIES[:first])}
        good |= {"second_root": tree_hash(ENTRIES[:second]), "proof": proof(first, ENTRIES[:second])}
        name = f"{first} to {second}"
        yield consistency(name, good, True)
        yield consistency(f"{name}, wrong first root", good | {"first_root": OTHER})
        yield consistency(f"{name}, wrong second root", good | {"second_root": OTHER})
        swapped = {"first_root": good["second_root"], "second_root": good["first_root"]}
        yield consistency(f"{name}, roots swapped", good | swapped, first == second)
        forked = tree_hash([b"forked", *ENTRIES[1:first]])
        yield consistency(f"{name}, a forked beginning", good | {"first_root": forked})
        sizes = ((0, second), (first - 1, second), (first + 1, second), (first, second - 1), (first, second + 1))
        for says in dict.fromkeys(sizes):
            same = proof_shape(*says) == proof_shape(first, second)
            told = {"first": says[0], "second": says[1]}
            yield consistency(f"{name}, says {says[0]} to {says[1]}", good | told, same)
        for what, hashes in corrupted(good["proof"], good["second_root"]):
            yield consistency(f"{name}, {what}", good | {"proof": hashes})


def corrupted(hashes, root):
    """A proof in every way that is wrong, whatever it proves."""
    yield "root added behind", [*hashes, root]
    yield "a hash added before", [OTHER, *hashes]
    if not hashes:
        return
    yield "no hashes", []
    yield "first dropped", hashes[1:]
    yield "last dropped", hashes[:-1]
    yield "last doubled", [*hashes, hashes[-1]]
    yield "a bit flipped in the first", [flipped(hashes[0], 0), *hashes[1:]]
    yield "a bit flipped in the last", [*hashes[:-1], flipped(hashes[-1], 255)]
    yield "last cut short", [*hashes[:-1], hashes[-1][:-1]]
    yield "last with a byte behind it", [*hashes[:-1], hashes[-1] + b"\x00"]
    if len(hashes) > 1:
        yield "first two swapped", [hashes[1], hashes[0], *hashes[2:]]
        yield "turned round", hashes[::-1]


def flipped(content, bit):
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def inclusion(name, parts, holds=False):
    return {"kind": "inclusion", "name": name, "holds": holds, **in_hexadecimal(parts)}


def consistency(name, parts, holds=False):
    return {"kind": "consistency", "name": name, "holds": holds, **in_hexadecimal(parts)}


def in_hexadecimal(parts):
    shown = {name: part.hex() if isinstance(part, bytes) else part for name, part in parts.items()}
    return shown | {"proof": [step.hex() for step in parts["proof"]]}


def file_vectors():
    """Proof files as the bundle has them: C2SP tlog-proof, and the body of C2SP add-checkpoint."""
    size, first = 13, 6
    whole = checkpoint(size, tree_hash(ENTRIES[:size]))
    lines = lines_of(path(11, ENTRIES[:size]))
    good = f"c2sp.org/tlog-proof@v1\nindex 11\n{lines}\n{whole}"
    for what, text, holds in changed(good, size, "index 11", "index 011"):
        yield {"kind": "inclusion_file", "name": f"inclusion file, {what}", "holds": holds, "vkey": verifier_key(),
               "text": text, "entry": ENTRIES[11].decode()}  # fmt: skip
    yield {"kind": "inclusion_file", "name": "inclusion file, another entry", "holds": False, "vkey": verifier_key(),
           "text": good, "entry": ENTRIES[12].decode()}  # fmt: skip
    earlier = checkpoint(first, tree_hash(ENTRIES[:first]))
    good = f"old {first}\n{lines_of(proof(first, ENTRIES[:size]))}\n{whole}"
    cases = [(what, text, earlier, holds) for what, text, holds in changed(good, size, "old 6", "old 06")]
    cases += [
        ("a later earlier checkpoint", good, checkpoint(7, tree_hash(ENTRIES[:7])), False),
        ("a forked earlier checkpoint", good, checkpoint(first, tree_hash([b"forked", *ENTRIES[1:first]])), False),
        ("an earlier checkpoint by a rogue", good, checkpoint(first, tree_hash(ENTRIES[:first]), ROGUE), False),
    ]
    for what, text, before, holds in cases:
        yield {"kind": "consistency_file", "name": f"consistency file, {what}", "holds": holds,
               "vkey": verifier_key(), "text": text, "earlier": before}  # fmt: skip


def changed(good, size, number, padded):
    """A proof file in its one form, and in forms that mean nothing, or nothing signed."""
    yield "as it is", good, True
    whole = good[good.index("\n\n") + 2 :]
    first = next(line for line in good.split("\n") if line.endswith("="))
    foreign = checkpoint(size, tree_hash(ENTRIES[:size]), name="example.org/other")
    yield "number with a zero before it", good.replace(number, padded, 1), False
    yield "another number", good.replace(number, number[:-1] + "2", 1), False
    yield "a space behind a line", good.replace("\n", " \n", 1), False
    yield "a line end too many", good + "\n", False
    yield "bytes behind it", good + "behind", False
    yield "the last line end missing", good[:-1], False
    yield "the empty line missing", good.replace("\n\n", "\n", 1), False
    yield (
        "the first hash dropped",
        good.replace(f"{first}\n", "", 1),
        False,
    )
    yield "signed by a rogue", good.replace(whole, checkpoint(size, tree_hash(ENTRIES[:size]), ROGUE)), False
    yield (
        "of another ledger",
        good.replace(whole, foreign),
        False,
    )
    yield "another root, well signed", good.replace(whole, checkpoint(size, tree_hash(ENTRIES[1 : size + 1]))), False
    yield "the size changed after signing", good.replace(f"{NAME}\n{size}\n", f"{NAME}\n{size + 1}\n"), False
    yield "signed twice", good + whole.split("\n")[-2] + "\n", False


def lines_of(hashes):
    return "".join(f"{b64encode(step).decode()}\n" for step in hashes)
