"""Nothing that belongs to a case is selected past the denials: in services, queries, views, exports and commands.

Whoever selects from such a table calls one of the gates, or was handed what has passed one: the case itself, something
of it, or a query. Everything else stands below with the reason why it need not; a new line there is a decision.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dard.models
from dard.core.database import Base
from dard.core.settings import ROOT

PACKAGE = ROOT / "dard"
ROOTS = {"dard_case", "pack"}  # a pack belongs to no one case, and holds nothing but cases
GATES = {
    "visible_to", "visible_cases", "visible_items", "withheld_items", "agenda_for", "counted_for", "shared_with",
    "is_open_to", "is_withheld_from", "hidden_by_restriction",
}  # fmt: skip
SELECTING = {"select", "select_from", "join", "outerjoin", "join_from", "outerjoin_from", "get", "get_one", "query"}
HANDED = {"Select", "Subquery"}
CASE_LOG = {"audit/checkpoints.py", "audit/export.py", "audit/service.py"}
EXCEPTIONS = {
    "audit/queries.py visible_to": "is a gate: who checks the log sees all of it, but for cases they are recused from",
    "cases/access/policy.py opened_in_emergency": "is one of the denials, of which the gates are made",
    "cases/access/policy.py recused_cases": "is one of the denials, of which the gates are made",
    "cases/access/policy.py restricted_cases": "is one of the denials, of which the gates are made",
    "cases/access/policy.py sight_of": "says how somebody sees a case whom a gate has let in",
    "cases/access/recusals.py load_recusal": "the route guard has loaded the case, which must be that of the recusal",
    "cases/access/restrictions.py named_people": "tells the makers of packs whom to leave a case out for",
    "cases/policy.py hidden_by_restriction": "finds what breaking the glass would open; no page shows it",
    "cases/honeytokens.py _case": "a command of whoever runs the server, who marks a case by its reference",
    "cases/honeytokens.py marked_references": "a command of whoever runs the server",
    "cases/queries.py references": "names cases in the audit log, whose events have passed its own gate",
    "cases/service.py _last_number": "gives numbers, which are unique among all cases",
    "cases/service.py notify": "gives back the case that it has just made",
    "accounts/access.py last_review": "reads one kind of event, which is about no case",
    "cases/queries.py notified": "narrows notified_by, the gate of what a reporter logged",
    "actions/service.py _next_number": "gives numbers, which are unique among all actions",
    "panels/queries.py agenda": "what is done to a whole agenda: its order, its end, its packs; pages use agenda_for",
    "pseudonymisation/guests.py _names_of": "draws a name that none of a guest’s other cases has",
    "pseudonymisation/guests.py load_guest": "the route guard has loaded the case, which must be that of the guest",
    "pseudonymisation/policy.py visible_to": "is a gate: whose pack it is; its cases pass is_open_to when it is read",
    "pseudonymisation/queries.py all_identifiers": "the release gate looks for everybody; what it finds is not told",
    "pseudonymisation/queries.py newest_number": "gives numbers, which are unique among all packs",
    "pseudonymisation/queries.py newest_packs": "who has which pack; what is in one is read past the gate only",
    "pseudonymisation/queries.py references_and_districts": "the release gate looks for all; what it finds is not told",
}  # fmt: skip


def bound_tables() -> set[str]:
    """The tables whose rows belong to a case: by foreign keys, over any number of steps, or by the id of one."""
    found: set[str] = set(ROOTS)
    while True:
        more = {
            name
            for name, table in dard.models.METADATA.tables.items()
            if "case_id" in table.columns or any(key.column.table.name in found for key in table.foreign_keys)
        }
        if more <= found:
            return found
        found |= more


MAPPERS = list(Base.registry.mappers)
BOUND = {mapper.class_.__name__ for mapper in MAPPERS if mapper.class_.__tablename__ in bound_tables()}


def functions(source: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def names_in(nodes: list[ast.AST]) -> set[str]:
    found = set()
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                found.add(each.id)
            elif isinstance(each, ast.Attribute):
                found.add(each.attr)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                found.add(each.value)
    return found


def selects(function: ast.FunctionDef) -> set[str]:
    """The models that belong to a case from which ``function`` selects."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and called(node) in SELECTING]
    return names_in([argument for call in calls for argument in call.args]) & BOUND


def passes(function: ast.FunctionDef) -> bool:
    """Whether ``function`` calls a gate, or is handed what has passed one."""
    if any(isinstance(node, ast.Call) and called(node) in GATES for node in ast.walk(function)):
        return True
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return bool(names_in([each.annotation for each in arguments if each.annotation]) & (BOUND | HANDED))


def past_the_gates(path: Path, source: str) -> dict[str, set[str]]:
    place = path.relative_to(PACKAGE)
    found = {f"{place} {function.name}": selects(function) for function in functions(source) if not passes(function)}
    return {name: models for name, models in found.items() if models}


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    every = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if str(path.relative_to(PACKAGE)) not in CASE_LOG:  # the log is written, chained and handed out as a whole
            every |= past_the_gates(path, path.read_text("utf-8"))
    return every


def test_whoever_selects_what_belongs_to_a_case_passes_a_gate_or_has_a_reason(found):
    assert {name: models for name, models in found.items() if name not in EXCEPTIONS} == {}


def test_no_exception_has_outlived_its_function(found):
    assert sorted(EXCEPTIONS.keys() - found.keys()) == []


def test_the_tables_of_cases_are_known():
    assert {"Case", "CasePerson", "AgendaItem", "Summary", "Pack", "PackedCase", "Action", "ActionUpdate"} <= BOUND
    assert {"ImportedRow", "AuditEvent", "CaseGuest", "CaseRecusal", "RestrictionPerson"} <= BOUND
    assert not {"User", "Organisation", "Meeting", "Invitation", "Agreement", "ImportBatch", "DataKey"} & BOUND


@pytest.mark.parametrize(
    "body",
    [
        "return db.session.scalars(sa.select(Case)).all()",
        "return db.session.scalar(sa.select(sa.func.count(Action.id)))",
        "return db.session.get(Summary, identity)",
        "return db.session.execute(sa.select(Meeting).join(AgendaItem)).all()",
        "return [db.session.query(Pack).all() for _ in ()]",
    ],
)
def test_the_search_finds_what_it_should(body):
    path = PACKAGE / "new" / "queries.py"
    bare = f"def listed(actor: Actor, identity: uuid.UUID):\n    {body}\n"
    assert past_the_gates(path, bare)
    gated = bare.replace("return ", "gate = visible_to(actor)\n    return ")
    assert past_the_gates(path, gated) == {}
    assert past_the_gates(path, bare.replace("identity: uuid.UUID", "case: Case")) == {}


def test_nothing_reaches_cases_from_what_is_none_by_a_relationship():
    """``meeting.agenda`` would load every item, past the gate."""
    ways = {
        relationship.key
        for mapper in MAPPERS
        for relationship in mapper.relationships
        if mapper.class_.__name__ not in BOUND and relationship.mapper.class_.__name__ in BOUND
    }
    assert ways == {"agenda"}
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "templates").rglob("*.html")]:
        used = re.findall(r"\b(\w+)\.agenda\b", path.read_text("utf-8"))
        assert set(used) <= {"queries"}, f"{path.name}: {used}"


def test_every_gate_of_a_feature_passes_the_denials():
    """The gates that features add are made of the denials, so that no feature has rules of its own."""
    for feature in ("cases", "panels", "actions"):
        source = (PACKAGE / feature / "policy.py").read_text("utf-8")
        for function in functions(source):
            if selects(function) and function.name != "hidden_by_restriction":
                called_there = {called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
                assert called_there & {"is_open_to", "is_withheld_from"}, f"{feature}: {function.name}"
