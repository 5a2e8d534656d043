"""Rules about the source itself: sizes, names, docstrings, words that must not be there."""

import ast
import re
from pathlib import Path

import pytest

from dard.core.settings import ROOT

PACKAGE = ROOT / "dard"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
OURS = [
    path
    for folder in ("dard", "templates", "tests", "migrations", "docs", "instance", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix in {".py", ".html", ".md", ".css", ".js", ".txt", ".sh", ""}
    and "govuk" not in path.parts and "__pycache__" not in path.parts
] + [ROOT / name for name in ("README.md", "pyproject.toml", "wsgi.py")]  # fmt: skip
FILE_CAP = 500
FUNCTION_CAP = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
WORD_LISTS = {"lexicon_english.py", "lexicon_clinical.py", "lexicon_names.py", "nicknames.py"}


def module_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_no_file_is_longer_than_a_reader_can_hold(path):
    if path.name not in WORD_LISTS:
        assert len(path.read_text("utf-8").splitlines()) <= FILE_CAP


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_functions_are_short_modules_and_public_functions_explain_themselves(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "a module without a docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_CAP, node.name
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node) or _is_event(node) or _is_page(node), f"{node.name} has no docstring"


def _is_page(node: ast.AST) -> bool:
    """A page explains itself by its address, its permission and its help topic."""
    calls = [each.func for each in getattr(node, "decorator_list", []) if isinstance(each, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in {"get", "post", "form"} for call in calls)


def _is_event(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id == "Event" for base in node.bases
    )


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_names_say_what_a_module_is_about(path):
    assert not FORBIDDEN_NAMES & {path.stem, *path.parent.parts}


@pytest.mark.parametrize("path", OURS, ids=module_id)
def test_nothing_is_left_to_do_and_nothing_is_safe_by_decree(path):
    text = path.read_text("utf-8", errors="replace")
    if path != Path(__file__):
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)
        if path.suffix == ".html":
            assert not re.search(r"\|\s*safe\b", text)
            assert " style=" not in text
            assert "autoescape" not in text


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_an_ignored_type_error_has_its_code_and_its_reason(path):
    for line in path.read_text("utf-8").splitlines():
        if "type: ignore" in line:
            assert re.search(r"# type: ignore\[[\w-]+(, [\w-]+)*\] # \w", line), line


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_no_code_loads_what_could_run(path):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec"}
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not imported & {"pickle", "marshal", "shelve", "yaml"}


def test_only_transitions_write_a_status():
    """The one writer of a status is the feature's transition (or the line that makes the row)."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for child in ast.walk(node):
                if isinstance(child, ast.Assign) and any(
                    isinstance(target, ast.Attribute) and target.attr in {"status", "state"} for target in child.targets
                ):
                    assert "transition" in node.name, f"{path.name}: {node.name} writes a status"


def test_the_lock_file_names_only_public_package_indexes():
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
