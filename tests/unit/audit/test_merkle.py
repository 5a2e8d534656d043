"""The Merkle tree of RFC 6962: its published vectors, and proofs that hold for what they prove and for nothing else."""

import random

import pytest

from dard.audit.verifier import (
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    tree_root,
)

# The inputs and roots of certificate-transparency’s own tests (merkletree/*_test), used by every implementation.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def unhex(proof) -> list[bytes]:
    return [bytes.fromhex(each) for each in proof]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size):
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_proofs(index, size):
    proof = unhex(INCLUSION[index, size])
    assert inclusion_proof(LEAVES[:size], index) == proof
    assert inclusion_holds(index, size, LEAVES[index], proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_the_published_consistency_proofs(first, second):
    proof = unhex(CONSISTENCY[first, second])
    assert consistency_proof(LEAVES[:second], first) == proof
    assert consistency_holds(first, second, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), proof)


def random_trees(count: int):
    chance = random.Random(20_260_303)
    for _ in range(count):
        yield chance, [leaf_hash(chance.randbytes(8)) for _ in range(chance.randrange(1, 400))]


def spoilt(chance: random.Random, proof: list[bytes], root: bytes) -> list[list[bytes]]:
    """The proof with one hash more, one less, one bit changed, and two hashes exchanged."""
    found = [[*proof, root], proof[:-1]] if proof else [[root]]
    for place in range(len(proof)):
        bits = bytearray(proof[place])
        bits[chance.randrange(32)] ^= 1 << chance.randrange(8)
        found.append([*proof[:place], bytes(bits), *proof[place + 1 :]])
    if len(proof) > 1:
        found.append([proof[1], proof[0], *proof[2:]])
    return found


def test_an_inclusion_proof_holds_for_its_leaf_alone():
    for chance, leaves in random_trees(60):
        root, size = tree_root(leaves), len(leaves)
        for index in chance.sample(range(size), min(size, 6)):
            proof = inclusion_proof(leaves, index)
            assert inclusion_holds(index, size, leaves[index], proof, root)
            others = [(index + 1, size), (index - 1, size), (-1, size), (size, size), (index, index)]
            assert not any(inclusion_holds(*each, leaves[index], proof, root) for each in others)
            assert not inclusion_holds(index, size, leaf_hash(b"another"), proof, root)
            assert not any(
                inclusion_holds(index, size, leaves[index], bad, root) for bad in spoilt(chance, proof, root)
            )


def test_a_consistency_proof_holds_for_a_tree_that_only_grew():
    for chance, leaves in random_trees(60):
        root, size = tree_root(leaves), len(leaves)
        for first in chance.sample(range(1, size + 1), min(size, 6)):
            before, proof = tree_root(leaves[:first]), consistency_proof(leaves, first)
            assert consistency_holds(first, size, before, root, proof)
            assert not consistency_holds(first, size, leaf_hash(b"another"), root, proof)
            assert not consistency_holds(first, size, before, leaf_hash(b"another"), proof)
            assert not any(consistency_holds(first, size, before, root, bad) for bad in spoilt(chance, proof, root))
            for wrong in ((0, size), (size + 1, size), (first - 1, size)):
                assert not consistency_holds(*wrong, before, root, proof)


def test_a_tree_with_another_leaf_is_not_consistent():
    for chance, leaves in random_trees(60):
        first = chance.randrange(1, len(leaves) + 1)
        forged = list(leaves)
        forged[chance.randrange(first)] = leaf_hash(b"forged")
        proof = consistency_proof(forged, first)
        assert not consistency_holds(first, len(forged), tree_root(leaves[:first]), tree_root(forged), proof)


def test_a_tree_grows_from_what_was_kept_of_it():
    for chance, leaves in random_trees(60):
        cut = chance.randrange(len(leaves) + 1)
        tree = Frontier()
        for leaf in leaves[:cut]:
            tree.add(leaf)
        assert tree.root() == tree_root(leaves[:cut])
        again = Frontier.restored(cut, bytes(tree))
        for leaf in leaves[cut:]:
            again.add(leaf)
        assert (again.size, again.root()) == (len(leaves), tree_root(leaves))


def test_a_frontier_of_another_size_is_refused():
    for kept in (b"", bytes(32), bytes(65)):
        with pytest.raises(ValueError, match="one hash for each full subtree"):
            Frontier.restored(5, kept)


def test_a_leaf_is_never_taken_for_a_node():
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != tree_root([left, right])
