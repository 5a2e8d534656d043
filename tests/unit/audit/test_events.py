"""Every kind of event has a code of its own, and says what happened."""

import uuid

from dard.audit.events import EVENTS, Event, UserCreated


def test_every_event_has_a_code_of_its_own_and_a_sentence_that_its_fields_fill():
    kinds = Event.__subclasses__()
    assert len(EVENTS) == len({kind.code for kind in kinds})
    for kind in EVENTS.values():
        own = [name for name in kind.__dataclass_fields__ if name not in Event.__dataclass_fields__]
        assert kind.sentence.format_map(dict.fromkeys(own, "x"))
        assert kind.object_type


def test_details_hold_slugs_numbers_and_lists():
    event = UserCreated(object_id=uuid.UUID(int=1), roles=("member", "chair"), reason="never in the details")
    assert event.details() == {"roles": ["member", "chair"]}
