"""What each role holds, and what must never come together in one."""

import pytest

from dard.accounts.enums import Role
from dard.accounts.grants import (
    GIVING_REASONS,
    GRANTS,
    KEYS,
    LEADING,
    NEVER_WITH_ADMINISTRATOR,
    SEALS,
    SEATS,
    keys_of,
    seals_of,
)
from dard.core.permissions import SENTENCES, Permission
from dard.crypto.enums import Purpose

CASE_CONTENT = {Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.PACK, Purpose.INDEX}
STILL_TO_COME = {Role.CONTRIBUTOR, Role.CASE_GUEST, Role.ALERTS_COORDINATOR, Role.PIN_MEMBER}


def test_there_are_thirteen_roles_and_each_has_its_grants_and_its_keys_written_out():
    assert len(Role) == 13
    assert set(GRANTS) == set(KEYS) == set(Role)
    assert set(SEALS) <= set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_says_what_it_is_for(role):
    assert role.hint.endswith(".")
    assert ("Will " in role.hint) == (role in STILL_TO_COME)
    assert (GRANTS[role] == frozenset()) == (role in STILL_TO_COME)


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_has_a_sentence_for_people(permission):
    assert permission.sentence == SENTENCES[permission]
    assert permission.sentence[0].isupper()
    assert not permission.sentence.endswith(".")


def test_no_two_permissions_are_told_alike():
    assert len(set(SENTENCES.values())) == len(Permission)


def test_every_key_has_words_for_people():
    assert len({purpose.words for purpose in Purpose}) == len(Purpose)


def test_nobody_holds_what_only_the_system_or_everybody_holds():
    granted = set().union(*GRANTS.values(), LEADING)
    assert not granted & {Permission.PUBLIC, Permission.SIGNED_IN, Permission.KEY_MANAGE, Permission.HONEYTOKEN_MANAGE}
    assert granted == set(Permission) - {
        Permission.PUBLIC, Permission.SIGNED_IN, Permission.KEY_MANAGE, Permission.HONEYTOKEN_MANAGE,
    }  # fmt: skip


def test_a_reporter_seals_an_identity_and_opens_nothing():
    assert keys_of([Role.REPORTER]) == frozenset()
    assert seals_of([Role.REPORTER]) == {Purpose.IDENTITY, Purpose.NARRATIVE, Purpose.INDEX, Purpose.AUDIT}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REPORTER])
def test_everybody_else_seals_what_they_open_and_reasons(role):
    assert seals_of([role]) == KEYS[role] | GIVING_REASONS


def test_several_roles_give_all_that_each_gives():
    assert seals_of([Role.REPORTER, Role.MEMBER]) == seals_of([Role.REPORTER]) | seals_of([Role.MEMBER])
    assert keys_of([Role.REPORTER, Role.MEMBER]) == {Purpose.PACK}


def test_the_administrator_has_no_role_that_opens_case_content_or_checks_access():
    opens = {role for role in Role if KEYS[role] & CASE_CONTENT or Permission.CASE_VIEW in GRANTS[role]}
    checks = {role for role in Role if Permission.ACCESS_REVIEW in GRANTS[role]}
    assert opens | checks | {Role.CONTRIBUTOR, Role.CASE_GUEST} == NEVER_WITH_ADMINISTRATOR
    assert Role.ADMINISTRATOR not in NEVER_WITH_ADMINISTRATOR
    assert KEYS[Role.ADMINISTRATOR] == SEALS.get(Role.ADMINISTRATOR, frozenset()) == frozenset()


def test_who_sits_at_a_meeting_is_who_reads_packs():
    assert set(SEATS) == {role for role in Role if Permission.PACK_READ in GRANTS[role]}


@pytest.mark.parametrize("role", [Role.ACTION_OWNER, Role.SENIOR_OWNER, Role.REPORTER])
def test_those_from_outside_the_panel_reach_no_case_no_meeting_and_no_pack(role):
    reached = {permission.partition(":")[0] for permission in GRANTS[role]}
    assert not reached & {"meeting", "pack", "summary", "identity", "history"}
    assert Permission.CASE_VIEW not in GRANTS[role]
