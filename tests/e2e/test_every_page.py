"""Every page that a role may open, in Chromium: axe finds nothing, it fits a telephone, the console is silent."""

import pytest
from support.populated import populate

from dard.accounts.enums import Role
from dard.accounts.grants import GRANTS
from dard.core.permissions import Permission

WORDS = {"slug": "roles", "token": "none"}
NOT_PAGES = (".pdf", ".csv", ".xlsx", ".css")


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_a_role_is_usable_by_everybody(app, world, reader, role):
    populated = populate(world)
    person = reader(populated.people[role])
    ids = {**populated.ids_for(role), **WORDS}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        permission = app.view_functions[rule.endpoint].permission
        allowed = permission is Permission.SIGNED_IN or permission in GRANTS[role]
        if "GET" not in rule.methods or not allowed or rule.rule.endswith(NOT_PAGES):
            continue
        with app.test_request_context():
            path = rule.build({name: ids[name] for name in rule.arguments})[1]
        person.go(path).check_narrow()


def test_the_pages_for_everybody_and_the_error_pages_are_usable_too(app, world, reader):
    visitor = reader()
    for path in ("/sign-in", "/help", "/no-such-page"):
        visitor.go(path).check_narrow()
    with app.app_context():
        topics = [topic.slug for topic in app.extensions["dard.navigation"].help_topics]
    for slug in topics:
        visitor.go(f"/help/{slug}").check_narrow()
    member = reader(world.person(Role.MEMBER))
    member.go("/cases").check_narrow()
    assert "You do not have access" in member.text
