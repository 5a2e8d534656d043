"""The filters, as other programs use them: JSON lines in, JSON lines out."""

import json

import pytest
from click.testing import CliRunner

from dard.cli import filters
from dard.cli.filters import redact, suppress


def run(command, *lines):
    """The answers to these lines, each an object or raw text or bytes, and the exit status."""
    sent = b"".join((each if isinstance(each, bytes) else text(each).encode()) + b"\n" for each in lines)
    result = CliRunner().invoke(command, input=sent)
    assert "Traceback" not in result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


def text(line):
    return line if isinstance(line, str) else json.dumps(line)


def table(**given):
    cells = [{"key": ["Female"], "count": 3}, {"key": ["Male"], "count": 20}, {"key": ["Other"], "count": 0}]
    return {"id": "t1", "dimensions": ["sex"], "cells": cells, **given}


def test_a_table_comes_back_with_small_counts_hidden_and_its_total():
    (answer,), status = run(suppress, table())
    hidden = "Under 5, or hidden to protect a count that is"
    assert answer == {
        "id": "t1",
        "cells": [
            {"key": ["Female"], "shown": "c", "reason": hidden},
            {"key": ["Male"], "shown": "c", "reason": hidden},
            {"key": ["Other"], "shown": "0", "reason": None},
            {"key": ["Total"], "shown": "23", "reason": None},
        ],
    }
    assert status == 0


def test_the_rule_of_a_table_is_its_own():
    (answer,), _ = run(suppress, table(rule={"threshold": 3, "round_to": 5}))
    assert [cell["shown"] for cell in answer["cells"]] == ["5", "20", "0", "25"]


def test_two_dimensions_have_totals_of_rows_and_columns():
    cells = [{"key": [row, column], "count": 9} for row in "ab" for column in "xy"]
    (answer,), _ = run(suppress, table(dimensions=["row", "column"], cells=cells))
    assert [cell["shown"] for cell in answer["cells"] if "Total" in cell["key"]] == ["18", "18", "18", "18", "36"]


def test_a_bad_line_gives_an_error_in_its_place_and_the_others_go_on():
    answers, status = run(suppress, table(), "not JSON", table(id="t3"))
    assert [answer["id"] for answer in answers] == ["t1", None, "t3"]
    assert set(answers[1]) == {"id", "error"}
    assert status == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1, 2]", "must be an object"),
        (b'{"id": "\xff"}', "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ({"id": 1}, "“dimensions” must be a list"),
        (table(dimensions=[1]), "“dimensions” must be a list of texts"),
        (table(dimensions=["a", "b", "c"]), "one or two dimensions"),
        (table(cells={}), "“cells” must be a list"),
        (table(cells=[3]), "Each of “cells” must be an object"),
        (table(cells=[{"key": "Male", "count": 3}]), "“key” must be a list"),
        (table(cells=[{"key": ["Male"], "count": "3"}]), "“count” must be a whole number"),
        (table(cells=[{"key": ["Male"], "count": True}]), "“count” must be a whole number"),
        (table(cells=[{"key": ["Male"], "count": 10**30}]), "“count” must be a whole number"),
        (table(cells=[{"key": ["Total"], "count": 3}]), "kept for the totals"),
        (table(rule={"threshold": -1}), "“threshold” must be a whole number"),
        (table(rule=5), "“rule” must be an object"),
    ],
)
def test_every_kind_of_bad_table_is_an_error_and_no_traceback(line, message):
    (answer,), status = run(suppress, line)
    assert message in answer["error"]
    assert status == 1


def test_a_fault_of_the_program_is_an_error_of_its_line():
    answered = filters._answered(b'{"id": 1}', lambda _asked: 1 // 0)
    assert answered == (1, {"error": "The line could not be worked on (ZeroDivisionError)"})


def test_empty_lines_and_no_lines_are_nothing():
    assert run(suppress, "", "   ") == ([], 0)
    assert run(redact) == ([], 0)


def test_a_text_comes_back_without_what_is_known_and_what_looks_identifying():
    told = "Tamsin Quillfeather was seen on 3 March 2026 at ZZ1 4QF."
    known = {"names": ["Tamsin Quillfeather"], "dates": ["2026-03-03"]}
    (answer,), status = run(redact, {"id": 7, "text": told, "known": known})
    assert answer["redacted"] == "[person] was seen on [date] at [postcode]."
    assert [(span["kind"], span["basis"]) for span in answer["spans"]] == [
        ("person", "known"),
        ("date", "known"),
        ("postcode", "pattern"),
    ]
    assert all(told[span["start"] : span["end"]] == span["text"] for span in answer["spans"])
    assert (answer["id"], status) == (7, 0)


def test_a_text_needs_nothing_known():
    (answer,), _ = run(redact, {"id": 1, "text": "Nothing to see"})
    assert answer == {"id": 1, "redacted": "Nothing to see", "spans": []}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"known": {}}, "“text” must be a text"),
        ({"text": "x", "known": {"names": "Tamsin"}}, "“names” must be a list"),
        ({"text": "x", "known": {"dates": ["27 March"]}}, "must be a date, like 2026-03-27"),
    ],
)
def test_every_kind_of_bad_text_is_an_error(line, message):
    (answer,), status = run(redact, {"id": 1, **line})
    assert answer["id"] == 1
    assert message in answer["error"]
    assert status == 1


def test_half_a_character_passes_through():
    answers, status = run(redact, '{"id": "\\ud800", "text": "\\ud800"}')
    assert answers == [{"id": "\ud800", "redacted": "\ud800", "spans": []}]
    assert status == 0
