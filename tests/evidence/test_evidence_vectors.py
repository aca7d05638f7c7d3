"""The same vectors through three programs: the ledger's own code, the verifier in Perl, the script in shell."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from make_vectors import FOLDER, MADE, text_of
from rfc6962 import PUBLISHED, tree_hash

from kpiledger.errors import WrongUse
from kpiledger.evidence.proof_files import ProofError, check_consistency_file, check_inclusion_file
from kpiledger.evidence.proving import proved_entry
from kpiledger.ledger.checkpoint import VerifierKey
from kpiledger.ledger.entry import EntryError, parse_entry
from kpiledger.ledger.merkle import verify_consistency, verify_inclusion
from kpiledger.ledger.store import Ledger, examine_ledger
from tests.programs import needs_perl, needs_script

TOOLS = Path(__file__).parents[2] / "tools"
VECTORS = [vector for name in MADE for vector in json.loads((FOLDER / name).read_text(encoding="utf-8"))]
ROOT_OF_SEVEN = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
ROOT_OF_EIGHT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def of_kind(*kinds):
    found = [vector for vector in VECTORS if vector["kind"] in kinds]
    return pytest.mark.parametrize("vector", found, ids=[vector["name"] for vector in found])


def in_bytes(vector):
    plain = ("name", "kind", "index", "size", "first", "second", "holds", "proof", "vkey")
    shown = {name: part if name in plain else bytes.fromhex(part) for name, part in vector.items()}
    return shown | {"proof": [bytes.fromhex(step) for step in vector["proof"]]}


def laid_out(vector, folder):
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "ledger.vkey").write_text(f"{vector['vkey']}\n")
    for name, content in vector["files"].items():
        (folder / name).write_bytes(content.encode())
    return folder


@pytest.mark.parametrize("name", MADE)
def test_the_vectors_are_what_the_standard_gives(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(MADE[name]())


def test_the_vectors_stand_on_published_roots():
    assert (tree_hash(PUBLISHED[:7]).hex(), tree_hash(PUBLISHED).hex()) == (ROOT_OF_SEVEN, ROOT_OF_EIGHT)
    assert {vector["root"] for vector in VECTORS if vector["name"] in ("0 of 8", "5 of 8")} == {ROOT_OF_EIGHT}


def test_there_are_vectors_of_both_outcomes_for_each_kind():
    kinds = {vector["kind"] for vector in VECTORS}
    assert {(vector["kind"], vector["holds"]) for vector in VECTORS} == {
        (kind, is_so) for kind in kinds for is_so in (0, 1)
    }


def test_the_ledger_judges_proofs_as_the_vectors_say():
    for vector in (in_bytes(vector) for vector in VECTORS if vector["kind"] in ("inclusion", "consistency")):
        if vector["kind"] == "inclusion":
            words = ("index", "size", "leaf", "proof", "root")
            found = verify_inclusion(*(vector[word] for word in words))
        else:
            words = ("first", "second", "first_root", "second_root", "proof")
            found = verify_consistency(*(vector[word] for word in words))
        assert found == vector["holds"], vector["name"]


@of_kind("signature")
def test_signatures_are_judged_as_the_vectors_say(vector):
    public, message, signature = (bytes.fromhex(vector[part]) for part in ("public", "message", "signature"))
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        found = True
    except InvalidSignature:
        found = False
    assert found == vector["holds"]


@of_kind("inclusion_file", "consistency_file")
def test_proof_files_are_judged_as_the_vectors_say(vector):
    key = VerifierKey.parse(vector["vkey"])
    try:
        if vector["kind"] == "inclusion_file":
            check_inclusion_file(vector["text"].encode(), vector["entry"].encode(), key)
        else:
            check_consistency_file(vector["text"].encode(), vector["earlier"].encode(), key)
        found = True
    except ProofError:
        found = False
    assert found == vector["holds"]


@of_kind("entry")
def test_entries_are_judged_as_the_vectors_say(vector):
    line = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()
    try:
        found = parse_entry(line).seq == vector["seq"]
    except EntryError:
        found = False
    assert found == vector["holds"]


@of_kind("ledger")
def test_ledgers_are_judged_as_the_vectors_say(vector, tmp_path):
    ledger = Ledger(laid_out(vector, tmp_path / "ledger"))
    assert (not examine_ledger(ledger).problems) == vector["holds"]


@needs_perl
def test_the_verifier_in_perl_judges_as_the_vectors_say():
    words = ["perl", TOOLS / "verify_ledger.pl", "vectors", *(FOLDER / name for name in MADE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert sum(int(text.split()[0]) for text in done.stdout.removeprefix("holds: ").split(", ")) == len(VECTORS)


@needs_perl
@pytest.mark.parametrize(("name", "code"), [("8 entries", 0), ("the size changed", 1)])
def test_the_verifier_in_perl_needs_no_openssl(name, code, tmp_path):
    vector = next(vector for vector in VECTORS if vector["name"] == name)
    without = {key: content for key, content in vector["files"].items() if key != "checkpoints"}
    folder = laid_out(vector | {"files": without}, tmp_path / "ledger")
    words = ["perl", TOOLS / "verify_ledger.pl", "ledger", folder]
    environment = {"PATH": os.environ["PATH"], "OPENSSL": "/nowhere/openssl"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, ""), done.stdout
    assert done.stdout.startswith(("holds: 8 entries", "DAMAGED: checkpoint: its signature is not by the key")[code])


@needs_perl
def test_the_verifier_in_perl_says_where_it_judges_otherwise(tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(text_of([vector | {"holds": not vector["holds"]} for vector in VECTORS[:3]]))
    words = ["perl", TOOLS / "verify_ledger.pl", "vectors", path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"DAMAGED: {VECTORS[0]['name']}: judged 1"


@needs_script
@of_kind("ledger")
def test_the_script_judges_as_the_vectors_say(vector, tmp_path):
    if vector.get("needs") == "reading":
        pytest.skip("the script hashes entries and does not read them")
    folder = laid_out(vector, tmp_path / "ledger")
    done = subprocess.run(["sh", TOOLS / "verify-ledger.sh", folder], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == vector["holds"], done.stdout + done.stderr
    assert done.stdout.startswith("holds: " if vector["holds"] else "DAMAGED: ")


def test_an_empty_ledger_has_no_entry_to_prove(tmp_path):
    vector = next(vector for vector in VECTORS if vector["name"] == "0 entries")
    with pytest.raises(WrongUse, match="there is no entry 1") as told:
        proved_entry(Ledger(laid_out(vector, tmp_path / "ledger")), 1)
    assert told.value.hint == "the ledger has none yet"
