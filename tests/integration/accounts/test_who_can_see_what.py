"""The page about rights is made from the rights: it cannot say anything else than what holds."""

import re

import html5lib

from dard.accounts import grants, words
from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS, KEYS, SEALS
from dard.core.permissions import Permission
from dard.core.settings import ROOT
from dard.crypto.enums import Purpose

PAGE = "/help/who-can-see-what"


def tables(world) -> dict[str, list[list[str]]]:
    """The rows of each table of the page, by its caption."""
    root = html5lib.parse(world.browser().get(PAGE).text, namespaceHTMLElements=False)
    return {
        text(table.find("caption")): [
            [text(cell) for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")
        ]
        for table in root.iter("table")
    }


def text(element) -> str:
    return " ".join("".join(element.itertext()).split())


def done(world) -> dict[str, str]:
    return dict(tables(world)["What each role can do"][1:])


def test_every_role_stands_there_with_all_that_it_can_do_and_no_more(world):
    shown = done(world)
    assert list(shown) == [role.label for role in Role]
    for role in Role:
        for permission in Permission:
            assert (permission.sentence in shown[role.label]) == (permission in GRANTS[role]), (role, permission)


def test_every_role_stands_there_with_what_it_opens(world):
    head, *rows = tables(world)["What each role can open"]
    assert head == ["Role", *(purpose.words for purpose in words.CLASSES)]
    for role, (label, *reaches) in zip(Role, rows, strict=True):
        assert label == role.label
        for purpose, reach in zip(words.CLASSES, reaches, strict=True):
            expected = "Opens" if purpose in KEYS[role] else "Writes only" if purpose in SEALS.get(role, ()) else "No"
            assert reach == expected, (role, purpose)


def test_everything_that_can_be_done_stands_there_with_its_roles(world):
    shown = dict(tables(world)["Who can do each thing"][1:])
    for permission in Permission:
        holders = [role.label for role in Role if permission in GRANTS[role]]
        assert shown.get(permission.sentence, "") == ", ".join(holders)


def test_a_changed_grant_changes_the_page(world, monkeypatch):
    assert "Exports the action tracker" not in done(world)["Panel member"]
    monkeypatch.setitem(grants.GRANTS, Role.MEMBER, GRANTS[Role.MEMBER] | {Permission.ACTION_EXPORT})
    assert "Exports the action tracker" in done(world)["Panel member"]
    monkeypatch.setitem(grants.GRANTS, Role.MEMBER, frozenset())
    assert done(world)["Panel member"].startswith("Nothing yet")


def test_a_changed_key_changes_the_page(world, monkeypatch):
    monkeypatch.setitem(grants.KEYS, Role.ADMINISTRATOR, frozenset({Purpose.IDENTITY}))
    monkeypatch.setitem(grants.SEALS, Role.PIN_MEMBER, frozenset({Purpose.NARRATIVE}))
    rows = {label: reaches for label, *reaches in tables(world)["What each role can open"][1:]}
    assert rows["Administrator"] == ["Opens", "No", "No", "No"]
    assert rows["Professional information network member"] == ["No", "Writes only", "No", "No"]


def test_what_a_lead_may_stands_there_too(world, monkeypatch):
    browser = world.browser()
    browser.get(PAGE)
    assert "also does this for it: confirms people who were proposed for an account" in browser.text
    monkeypatch.setattr(words, "LEADING", frozenset({Permission.PACK_ISSUE}))
    browser.get(PAGE)
    assert "also does this for it: issues the packs of a meeting" in browser.text


def test_the_help_leads_there(world):
    browser = world.browser()
    assert f'href="{PAGE}"' in browser.get("/help").text
    assert f'href="{PAGE}"' in browser.get("/help/roles").text


def test_the_help_about_roles_and_the_readme_say_the_same_of_every_role(world):
    browser = world.browser()
    browser.get("/help/roles")
    assert all(role.hint in browser.text for role in Role)
    table = (ROOT / "README.md").read_text("utf-8").partition("## Who does what")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", table, re.M)[1:]
    assert rows == [(role.label[0].lower() + role.label[1:], role.hint) for role in Role]
