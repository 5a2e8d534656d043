"""What runs before anything is installed, or on a Python that is too old: grammar, imports, the list of modules."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from dard import bootstrap

CHECKOUT = Path(bootstrap.__file__).parent.parent
FIRST_READ = ["__init__.py", "__main__.py", "bootstrap.py"]


def normalised(distribution: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize("name", FIRST_READ)
def test_python_3_6_can_parse_what_runs_before_the_version_is_checked(name: str) -> None:
    tree = ast.parse((CHECKOUT / "dard" / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures == [], "3.6 refuses “annotations”, which no grammar check would notice"


@pytest.mark.parametrize("name", FIRST_READ)
def test_only_the_standard_library_is_imported_before_the_dependencies_are_there(name: str) -> None:
    tree = ast.parse((CHECKOUT / "dard" / name).read_text(encoding="utf-8"))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    foreign = {module for module in imported if module.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign <= {"dard.bootstrap"}


def test_every_dependency_of_the_project_is_looked_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {normalised(re.split(r"[^\w.-]", line)[0]) for line in project["dependencies"]}
    distributions = metadata.packages_distributions()
    found = {normalised(name) for module in bootstrap.NEEDED_MODULES for name in distributions.get(module, [])}
    assert found == wanted, "dard.bootstrap.NEEDED_MODULES holds one module for every dependency of pyproject.toml"
