"""A checkpoint is signed for one instance and one log, survives emails, and is checked without any library."""

import os
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.logs import INSTANCE, KEY_NUMBER, PRIVATE, SIGNED_AT, checkpoint, links, make_log

from dard.audit.verifier import (
    Checkpoint,
    Instance,
    checkpoint_fault,
    checkpoint_message,
    examine,
    find_checkpoints,
    signature_holds,
    verify,
)

# RFC 8032, section 7.1, tests 1 to 3 and 1024: public key, message, signature.
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
)
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_signatures_of_the_standard_hold(key, message, signature):
    key, message, signature = (bytes.fromhex(each) for each in (key, message, signature))
    assert signature_holds(key, message, signature)
    assert not signature_holds(key, message + b"x", signature)


def test_it_agrees_with_the_library_on_good_and_bad_signatures():
    chance = random.Random(8032)
    for _ in range(25):
        key = Ed25519PrivateKey.generate()
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signature = key.sign(message)
        assert signature_holds(public, message, signature)
        for place, given in enumerate((public, signature)):
            bits = bytearray(given)
            bits[chance.randrange(len(bits))] ^= 1 << chance.randrange(8)
            spoilt = [public, signature]
            spoilt[place] = bytes(bits)
            assert not signature_holds(spoilt[0], message, spoilt[1])


def test_what_is_no_key_or_no_signature_is_refused():
    public, signature = INSTANCE.keys[KEY_NUMBER], PRIVATE.sign(b"")
    beyond = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not signature_holds(public, b"", signature[:32] + beyond)  # the same point, written in a second way
    assert not signature_holds(public, b"", signature + b"\x00")
    assert not signature_holds(public + b"\x00", b"", signature)
    assert not signature_holds(b"", b"", signature)
    assert not signature_holds(b"\xff" * 32, b"", signature)
    no_point = next(y for y in range(2, 100) if not signature_holds(y.to_bytes(32, "little"), b"", signature))
    assert not signature_holds(no_point.to_bytes(32, "little"), b"", signature)
    zero_but_odd = (1 | 1 << 255).to_bytes(32, "little")
    assert not signature_holds(zero_but_odd, b"", signature)


def test_the_bytes_that_are_signed_stay_as_they_are():
    """Golden vectors. If one of these fails, no checkpoint that was ever signed holds any more."""
    message = checkpoint_message(bytes(range(16)), 512, b"\x01" * 32, b"\x02" * 32, SIGNED_AT)
    assert message.hex() == (
        "0000000000000018646172642d61756469742d636865636b706f696e742d7631"
        "0000000000000010000102030405060708090a0b0c0d0e0f"
        "00000000000000080000000000000200"
        "0000000000000020" + "01" * 32 + "0000000000000020" + "02" * 32 + "0000000000000014"
        "323032362d30332d30335431303a30303a30305a"
    )
    assert checkpoint(make_log(3)).line() == GOLDEN_LINE


def test_a_line_is_found_in_any_text_and_brings_back_the_checkpoint():
    made = checkpoint(make_log(3))
    text = f"Minutes\n\n> {made.line()}, noted.\nand {made.line().replace(' ', chr(10) + '  ')}\n dard-checkpoint 5 abc"
    assert find_checkpoints(text) == [made, made]
    assert find_checkpoints("") == []


def test_it_is_signed_for_one_instance_and_everything_in_it():
    made = checkpoint(make_log(3))
    assert made.is_signed_by(INSTANCE)
    others = {
        "size": 4, "root": bytes(32), "head": bytes(32), "signed_at": "2026-03-03T10:00:01Z", "key_number": 8,
        "signature": bytes(64),
    }  # fmt: skip
    for name, value in others.items():
        fields = {each: getattr(made, each) for each in Checkpoint.__dataclass_fields__}
        assert not Checkpoint(**{**fields, name: value}).is_signed_by(INSTANCE), name
    assert not made.is_signed_by(Instance(os.urandom(16), INSTANCE.keys))


def test_checkpoints_show_a_log_that_was_rewritten_or_cut_off():
    rows, forged = make_log(20), make_log(20, actor_label="Somebody else")
    anchor = checkpoint(rows[:10])
    assert examine(links(rows), INSTANCE, [checkpoint(rows)], [anchor])[1] == []
    assert examine(links(forged), INSTANCE, [], [anchor])[1] == [
        "The anchored checkpoint 10 was signed over another log: the 10 events before it were rewritten"
    ]
    assert examine(links(rows[:9]), INSTANCE, [checkpoint(rows[:5])], [anchor])[1] == [
        "The anchored checkpoint 10 was signed, but the log ends at event 9: the events after it were cut off"
    ]
    stranger = Ed25519PrivateKey.generate()
    assert examine(links(rows), INSTANCE, [checkpoint(rows, stranger)], [])[1] == [
        "Checkpoint 20 does not carry a signature of this instance"
    ]


def test_a_checkpoint_with_another_head_does_not_fit():
    rows = make_log(5)
    told = checkpoint(rows)
    message = checkpoint_message(INSTANCE.environment, 5, told.root, bytes(32), SIGNED_AT)
    bent = Checkpoint(5, told.root, bytes(32), SIGNED_AT, KEY_NUMBER, PRIVATE.sign(message))
    verdict = verify(links(rows), [5])
    assert "signed over another log" in checkpoint_fault(bent, INSTANCE, verdict, "It")


def test_behind_a_fault_of_the_chain_a_checkpoint_says_nothing():
    rows = make_log(20)
    rows[3]["details"] = "{}"
    _verdict, faults = examine(links(rows), INSTANCE, [checkpoint(rows)], [])
    assert faults == ["Event 4 was changed after it was written"]


GOLDEN_LINE = (
    "dard-checkpoint 3 b9291d9fd19779ab874dab0b51844db9b1f348157e4c5103dc308f6595f0c26f "
    "bcdd616a9d6be897a23a3893d3ed1190aca8ee5198fab0e464b0899d1bc7af0c "
    "2026-03-03T10:00:00Z 7 Y8isA5VGpvrniIvSEqFr0iqVotudNFd1f+/tizzGWCzu76SMkULENhGjOS7kGRO1ih6T9rgM+zrRdBAMhqWvAA=="
)
