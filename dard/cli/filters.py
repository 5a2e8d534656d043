"""Filters: JSON lines on standard input and output, without an instance and without a database.

One object a line. A line that cannot be used gives ``{"id": …, "error": "…"}`` in its place, the rest goes on, and the
exit status is 1. Answers are in ASCII, so that they pass through any terminal and any half of a surrogate pair.
"""

import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from dard.disclosure.suppression import Cell, Rule
from dard.disclosure.suppression import suppress as suppress_table
from dard.pseudonymisation.redaction import KnownIdentifiers
from dard.pseudonymisation.redaction import redact as redact_text

GREATEST_COUNT = 10**12
_KINDS: dict[type, str] = {str: "a text", list: "a list", dict: "an object"}
Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


@click.command()
def suppress() -> None:
    """Hide small counts in tables, one table a line.

    \b
    {"id", "dimensions": [names], "cells": [{"key": [..], "count": n}], "rule": {"threshold": n, "round_to": n}}
    gives {"id", "cells": [{"key", "shown", "reason"}]}, totals included under the key "Total".
    """
    _run(_suppressed)


@click.command()
def redact() -> None:
    """Take what identifies people out of texts, one text a line.

    \b
    {"id", "text", "known": {"names", "addresses", "postcodes", "nhs_numbers", "dates", "others"}} gives
    {"id", "redacted", "spans": [{"start", "end", "text", "kind", "basis"}]}. Dates are written like 2026-03-27.
    """
    _run(_redacted)


def _run(answer: Answer) -> None:
    failed = False
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        given, result = _answered(line, answer)
        failed = failed or "error" in result
        click.echo(json.dumps({"id": given, **result}))
    if failed:
        sys.exit(1)


def _answered(line: bytes, answer: Answer) -> tuple[Any, dict[str, Any]]:
    """The id of a line and what it asks for, or the error."""
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except RecursionError:
        return None, {"error": "The line is nested too deeply"}
    except ValueError as error:
        return None, {"error": f"The line is not JSON: {error}"}
    if not isinstance(asked, dict):
        return None, {"error": "The line must be an object, like {…}"}
    try:
        return asked.get("id"), answer(asked)
    except ValueError as error:
        return asked.get("id"), {"error": str(error)}
    except Exception as error:  # a fault of ours in one line must not lose the lines behind it
        return asked.get("id"), {"error": f"The line could not be worked on ({type(error).__name__})"}


def _suppressed(asked: Mapping[str, Any]) -> dict[str, Any]:
    rule = _field(asked, "rule", dict, {})
    table = suppress_table(
        _texts(asked, "dimensions"),
        [_cell(given) for given in _field(asked, "cells", list)],
        Rule(**{name: _number(rule, name) for name in ("threshold", "round_to") if name in rule}),
    )
    return {"cells": [{"key": list(row.key), "shown": row.shown, "reason": row.reason} for row in table.rows]}


def _redacted(asked: Mapping[str, Any]) -> dict[str, Any]:
    known = _field(asked, "known", dict, {})
    lists = {name: tuple(_texts(known, name, [])) for name in KnownIdentifiers.__dataclass_fields__ if name != "dates"}
    dates = tuple(_date(text) for text in _texts(known, "dates", []))
    redaction = redact_text(_field(asked, "text", str), KnownIdentifiers(**lists, dates=dates))
    spans = [
        {
            "start": span.start,
            "end": span.end,
            "text": span.text,
            "kind": span.kind.value,
            "basis": span.basis.value,
        }
        for span in redaction.spans
    ]
    return {"redacted": redaction.text, "spans": spans}


def _cell(given: Any) -> Cell:
    if not isinstance(given, dict):
        raise ValueError('Each of “cells” must be an object, like {"key": ["Male"], "count": 3}')
    return Cell(tuple(_texts(given, "key")), _number(given, "count"))


def _field(asked: Mapping[str, Any], name: str, kind: type, default: Any = None) -> Any:
    """What ``asked`` has under ``name``. Raises ValueError unless it is of this kind; null is as good as nothing."""
    value = asked.get(name)
    value = default if value is None else value
    if not isinstance(value, kind):
        raise ValueError(f"“{name}” must be {_KINDS[kind]}")
    return value


def _texts(asked: Mapping[str, Any], name: str, default: Any = None) -> list[str]:
    values: list[str] = _field(asked, name, list, default)
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"“{name}” must be a list of texts")
    return values


def _number(asked: Mapping[str, Any], name: str) -> int:
    value = asked.get(name)
    if type(value) is not int or not 0 <= value <= GREATEST_COUNT:
        raise ValueError(f"“{name}” must be a whole number from 0 to {GREATEST_COUNT:,}")
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text}” in “dates” must be a date, like 2026-03-27") from error
