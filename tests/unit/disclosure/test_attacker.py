import random
from itertools import product

import pytest

from dard.disclosure.attacker import Bound, interval
from dard.disclosure.complement import HIDDEN
from dard.disclosure.suppression import Cell, _table

# sdcTable's table that looks safe: two or more hidden counts in every row and every column.
LOOKS_SAFE = {
    "w": (30, 47, 64, 89),
    "x": (90, 124, 5, 31),
    "y": (92, 100, 59, 85),
    "z": (800, 991, 651, 685),
}
HIDDEN_KEYS = {("w", k) for k in "abc"} | {("x", k) for k in "ac"} | {(row, k) for row in "yz" for k in "bd"}


def four_by_four():
    cells = [Cell((row, k), n) for row, counts in LOOKS_SAFE.items() for k, n in zip("abcd", counts, strict=True)]
    return _table(2, cells)


def known(net, hidden, behind=HIDDEN):
    return [behind if arc.key in hidden else Bound(arc.count, arc.count) for arc in net.arcs]


def place(net, *key):
    return next(index for index, arc in enumerate(net.arcs) if arc.key == key)


def test_two_hidden_in_every_row_and_column_can_still_give_a_count_away():
    net = four_by_four()
    assert interval(net, known(net, HIDDEN_KEYS), place(net, "w", "b")) == (47, 47)


@pytest.mark.parametrize(("extra", "ends"), [(("x", "d"), (0, 78)), (("w", "d"), (0, 136)), (("y", "c"), (0, 116))])
def test_the_published_repairs_open_it_to_the_published_intervals(extra, ends):
    net = four_by_four()
    assert interval(net, known(net, HIDDEN_KEYS | {extra}, Bound(0, 10**6)), place(net, "w", "b")) == ends


def test_a_reader_who_knows_that_nothing_hidden_is_nought_has_the_tighter_interval():
    net = four_by_four()
    assert interval(net, known(net, HIDDEN_KEYS | {("x", "d")}), place(net, "w", "b")) == (1, 77)


def test_the_published_optimum_of_microdata1_leaves_the_published_interval():
    counts = {"A": (18, 2), "B": (14, 19), "C": (12, 10), "D": (11, 14)}
    net = _table(
        2, [Cell((row, column), n) for row, pair in counts.items() for column, n in zip("mf", pair, strict=True)]
    )
    hidden = {("A", "m"), ("A", "f"), ("C", "m"), ("C", "f")}
    assert interval(net, known(net, hidden, Bound(0, 10**6)), place(net, "A", "f")) == (0, 12)
    assert interval(net, known(net, hidden), place(net, "A", "f")) == (1, 11)


def test_a_hidden_count_with_its_total_hidden_has_no_upper_end():
    net = _table(1, [Cell(("A",), 3), Cell(("B",), 9)])
    bounds = known(net, {("A",), ("Total",)})
    assert interval(net, bounds, place(net, "A"), limit=1000) == (1, 1003)


def test_a_published_count_has_an_interval_of_itself():
    net = four_by_four()
    assert interval(net, known(net, HIDDEN_KEYS), place(net, "z", "Total")) == (3127, 3127)


def test_the_interval_is_that_found_by_trying_every_table():
    source = random.Random(43)
    for _ in range(30):
        counts = [[source.randint(0, 4) for _ in range(2)] for _ in range(2)]
        net = _table(2, [Cell((str(y), str(x)), counts[y][x]) for y in range(2) for x in range(2)])
        hidden = {arc.key for arc in net.arcs if arc.count and source.random() < 0.7 and not arc.is_total}
        bounds = known(net, hidden)
        tables = all_tables(net, bounds)
        for index, arc in enumerate(net.arcs):
            values = {table[arc.key] for table in tables}
            assert interval(net, bounds, index) == (min(values), max(values))


def all_tables(net, bounds):
    """Every 2 by 2 table of counts that fits the bounds, with its totals; no count can exceed the known grand total."""
    known_total = bounds[-1].low
    ends = {arc.key: (bound.low, min(bound.high, known_total)) for arc, bound in zip(net.arcs, bounds, strict=True)}
    inner = [arc.key for arc in net.arcs if not arc.is_total]
    tables = []
    for values in product(*(range(low, high + 1) for low, high in map(ends.get, inner))):
        a, b, c, d = values
        table = dict(zip(ends, (a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d), strict=True))
        if all(low <= table[key] <= high for key, (low, high) in ends.items()):
            tables.append(table)
    return tables
