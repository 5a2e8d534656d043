import dataclasses
import random
from itertools import product

import pytest

from dard.disclosure.suppression import MARK, TOTAL, Cell, Rule, ShownCell, SuppressedTable, suppress

FIVE = Rule(threshold=5)


def one(counts, rule=FIVE):
    return suppress(["area"], [Cell((name,), count) for name, count in zip("ABCDEFGH", counts, strict=False)], rule)


def two(counts, rule=FIVE):
    cells = [Cell((f"r{y}", f"k{x}"), count) for y, row in enumerate(counts) for x, count in enumerate(row)]
    return suppress(["row", "column"], cells, rule)


def shown(table):
    """The table as printed: one list for one dimension, a list of rows for two."""
    if len(table.dimensions) == 1:
        return [row.shown for row in table.rows]
    width = len(table.categories(1)) + 1
    tokens = [row.shown for row in table.rows]
    return [tokens[start : start + width] for start in range(0, len(tokens), width)]


# --- the rule -----------------------------------------------------------------------------------------------------


def test_counts_from_one_to_four_are_hidden_and_five_and_zero_are_shown():
    assert shown(one([4, 0, 5, 90, 3])) == [MARK, "0", "5", "90", MARK, "102"]


def test_the_threshold_is_configurable():
    assert shown(one([7, 7, 8], Rule(threshold=8))) == [MARK, MARK, "8", "22"]


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_of_nought_or_one_hides_nothing(threshold):
    table = one([1, 2, 3], Rule(threshold=threshold))
    assert shown(table) == ["1", "2", "3", "6"]
    assert table.sentence == "Counts are exact and none is hidden."


def test_the_sentence_says_what_the_mark_means_and_why_other_counts_carry_it():
    assert one([9]).sentence == (
        "Counts from 1 to 4 are shown as c. Other counts may also be shown as c, so that these can’t be worked out."
    )
    assert Rule(threshold=2, round_to=5).sentence == (
        "A count of 1 is shown as c. Other counts may also be shown as c, so that it can’t be worked out. "
        "Counts are rounded to the nearest 5, so they may not add up to the totals."
    )


@pytest.mark.parametrize("numbers", [{"threshold": -1}, {"round_to": -5}])
def test_a_rule_below_zero_is_refused(numbers):
    with pytest.raises(ValueError, match="0 or more"):
        Rule(**numbers)


def test_rounding_takes_half_and_more_up():
    assert [Rule(round_to=5).rounded(count) for count in (0, 5, 7, 8, 12, 13)] == [0, 5, 5, 10, 10, 15]
    assert [Rule(round_to=10).rounded(count) for count in (14, 15, 24, 25)] == [10, 20, 20, 30]


# --- the table ----------------------------------------------------------------------------------------------------


def test_an_empty_table_has_a_total_of_nought():
    assert shown(one([])) == ["0"]
    assert shown(suppress(["row", "column"], [], Rule())) == [["0"]]


def test_a_table_of_zeros_is_shown_as_it_is():
    assert shown(one([0, 0])) == ["0", "0", "0"]
    assert shown(two([[0, 0], [0, 0]])) == [["0"] * 3] * 3


def test_a_combination_without_a_cell_counts_nought():
    table = suppress(["sex", "area"], [Cell(("f", "north"), 9), Cell(("m", "south"), 8)], Rule())
    assert table.at("f", "south") == ShownCell(("f", "south"), "0", None)
    assert table.at("m", TOTAL).shown == "8"
    assert table.at(TOTAL, TOTAL).shown == "17"


def test_categories_keep_the_order_in_which_they_were_given():
    table = suppress(["sex", "area"], [Cell(("m", "south"), 9), Cell(("f", "north"), 8)], Rule())
    assert table.categories() == ("m", "f")
    assert table.categories(1) == ("south", "north")
    assert [row.key for row in table.rows][:3] == [("m", "south"), ("m", "north"), ("m", TOTAL)]


def test_a_cell_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        one([9]).at("Z")


def test_a_chart_gets_the_published_number_or_nothing():
    table = one([4, 9, 9], Rule(round_to=5))
    assert [row.value for row in table.rows] == [None, 10, 10, 20]


def test_the_reason_does_not_tell_a_small_count_from_one_that_protects_it():
    table = one([4, 60, 90])
    hidden = {row.reason for row in table.rows if row.shown == MARK}
    assert [row.shown for row in table.rows] == [MARK, MARK, "90", "154"]
    assert hidden == {"Under 5, or hidden to protect a count that is"}


def test_the_reason_of_a_rounded_count_does_not_tell_whether_rounding_changed_it():
    table = one([10, 11, 0], Rule(round_to=5))
    assert {row.reason for row in table.rows} == {"Rounded to the nearest 5"}


@pytest.mark.parametrize(
    ("dimensions", "cells", "message"),
    [
        ([], [], "one or two dimensions"),
        (["a", "b", "c"], [], "one or two dimensions"),
        (["a"], [Cell(("x", "y"), 1)], "must have 1 parts"),
        (["a"], [Cell((TOTAL,), 1)], "kept for the totals"),
        (["a"], [Cell(("x",), 1), Cell(("x",), 2)], "there twice"),
        (["a"], [Cell(("x",), -1)], "whole number, 0 or more"),
        (["a"], [Cell(("x",), 1.0)], "whole number, 0 or more"),
        (["a"], [Cell(("x",), True)], "whole number, 0 or more"),
    ],
)
def test_a_malformed_table_is_refused(dimensions, cells, message):
    with pytest.raises(ValueError, match=message):
        suppress(dimensions, cells, Rule())


def test_only_suppress_makes_a_suppressed_table():
    rows = (ShownCell(("A",), "3", None),)
    with pytest.raises(TypeError, match="suppress\\(\\) alone"):
        SuppressedTable(("area",), rows, Rule(), "Trust me.")
    with pytest.raises(TypeError, match="suppress\\(\\) alone"):
        dataclasses.replace(one([9, 9]), rows=rows)


def test_the_same_table_gives_the_same_answer():
    counts = [[3, 9, 9], [9, 9, 2], [9, 4, 9]]
    assert two(counts) == two(counts)


# --- published vectors and known traps ------------------------------------------------------------------------------


def test_sdctable_microdata1_is_protected_at_the_published_optimum():
    # sdcTable microdata1, region by gender: the optimum hides A,m, C,m and C,f at a cost of 40.
    counts = [(18, 2), (14, 19), (12, 10), (11, 14)]
    assert shown(two(counts)) == [
        [MARK, MARK, "20"],
        ["14", "19", "33"],
        [MARK, MARK, "22"],
        ["11", "14", "25"],
        ["55", "45", "100"],
    ]


def test_one_small_count_takes_another_count_with_it():
    assert shown(one([3, 20, 60])) == [MARK, MARK, "60", "83"]


def test_a_small_count_alone_among_zeros_takes_the_total_with_it():
    assert shown(one([3, 0, 0])) == [MARK, "0", "0", MARK]
    assert shown(two([[3, 0], [20, 30]]))[0] == [MARK, "0", MARK]


def test_four_ones_that_add_up_to_four_are_not_hidden_by_each_other_alone():
    # Every c is at least 1, so four of them adding up to 4 would each be exactly 1.
    assert shown(one([1, 1, 1, 1, 20, 30])) == [MARK, MARK, MARK, MARK, MARK, "30", "54"]


def test_a_sum_that_leaves_too_narrow_an_interval_hides_more():
    # 3 + 2 leaves 1 to 4 for both, narrower than 4 wide.
    assert shown(one([3, 2, 20])) == [MARK, MARK, MARK, "25"]
    assert shown(one([3, 3, 20])) == [MARK, MARK, "20", "26"]


def test_the_one_person_in_a_hidden_cell_cannot_subtract_themselves():
    # 1 + 7 = 8 leaves 1 to 7 for a stranger, but with the threshold of 8 the one person would know the 7.
    assert shown(one([1, 7, 20, 40], Rule(threshold=8))) == [MARK, MARK, MARK, "40", "68"]


def test_the_one_person_in_a_hidden_cell_cannot_subtract_themselves_in_two_dimensions():
    counts, rule = [[1, 3, 30], [9, 9, 40], [8, 8, 50]], Rule(threshold=4)
    assert_safe(counts, two(counts, rule), rule)


def test_rounded_totals_already_leave_room_so_nothing_more_is_hidden():
    assert shown(one([3, 20, 60], Rule(threshold=5, round_to=5))) == [MARK, "20", "60", "85"]


def test_published_counts_are_unchanged_and_small_ones_never_published():
    source = random.Random(20260303)
    for _ in range(100):
        counts = random_counts(source, rows=4, columns=4)
        for true, row in zip(with_totals(counts), shown(two(counts)), strict=True):
            for count, token in zip(true, row, strict=True):
                assert token in ({MARK} if 0 < count < 5 else {MARK, str(count)})
                assert count or token == "0"


# --- an attacker who tries every table ------------------------------------------------------------------------------


def with_totals(counts):
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def random_counts(source, rows, columns):
    """Small tables full of small numbers and zeros, which is what this service publishes."""
    largest = source.choice([3, 6, 9])
    counts = [0, *range(1, largest + 1)]
    return [[source.choice(counts) for _ in range(columns)] for _ in range(rows)]


class Search:
    """Tries every table that fits what is printed: numbers as they are, None for a hidden count, at least 1.

    It fills the hidden cells one after another with no knowledge of how they were chosen. What every total still has
    to give is in ``left`` (None: the total is hidden), how many hidden cells wait for it in ``waiting``.
    """

    def __init__(self, printed):
        *body, bottom = printed
        self.left = {("row", y): row[-1] for y, row in enumerate(body)} | {"all": bottom[-1]}
        self.left |= {("column", x): total for x, total in enumerate(bottom[:-1])}
        self.waiting = dict.fromkeys(self.left, 0)
        cells = {(y, x): value for y, row in enumerate(body) for x, value in enumerate(row[:-1])}
        self.hidden = [place for place, value in cells.items() if value is None]
        for place, value in cells.items():
            self.put(place, value or 0, -1 if value is None else 0)

    def put(self, place, value, cells):
        for line in self.totals_of(place):
            self.waiting[line] -= cells
            if self.left[line] is not None:
                self.left[line] -= value

    def totals_of(self, place):
        return ("row", place[0]), ("column", place[1]), "all"

    def may_still_fit(self, line):
        left, waiting = self.left[line], self.waiting[line]
        return left is None or (left >= waiting if waiting else left == 0)

    def finds_one(self):
        return all(map(self.may_still_fit, self.left)) and self.fills_from(0)

    def fills_from(self, index):
        if index == len(self.hidden):
            return True
        place = self.hidden[index]
        room = min((self.left[line] for line in self.totals_of(place) if self.left[line] is not None), default=40)
        for value in range(1, room + 1):
            self.put(place, value, 1)
            found = all(map(self.may_still_fit, self.totals_of(place))) and self.fills_from(index + 1)
            self.put(place, -value, -1)
            if found:
                return True
        return False


def possible_values(printed, place, enough):
    """Values that the hidden count at ``place`` can have, in order, no more than ``enough`` of them."""
    values = []
    y, x = place
    for value in range(1, 41):
        guess = [list(row) for row in printed]
        guess[y][x] = value
        if Search(guess).finds_one():
            values.append(value)
            if len(values) == enough:
                break
    return values


def assert_safe(counts, table, rule):
    """No small count can be bounded to fewer than ``threshold`` values, nor pinned by the one person in a cell."""
    true = with_totals(counts)
    printed = [[None if token == MARK else int(token) for token in row] for row in shown(table)]
    everything = [[None if count else 0 for count in row] for row in true]
    places = list(product(range(len(true)), range(len(true[0]))))
    small = [(y, x) for y, x in places if rule.is_small(true[y][x])]
    for place in small:
        assert len(possible_values(printed, place, rule.threshold)) == rule.threshold, (counts, place)
    for place, (y, x) in product(small, small):
        if place == (y, x) or true[y][x] != 1:
            continue
        insider, at_best = ([list(row) for row in view] for view in (printed, everything))
        insider[y][x] = at_best[y][x] = 1
        assert len(possible_values(insider, place, 2)) == len(possible_values(at_best, place, 2)), (counts, place, y, x)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("rows", "columns"), [(1, 4), (4, 1), (2, 2), (2, 3), (3, 2), (3, 3)])
def test_no_small_count_can_be_recovered_by_trying_every_table(rows, columns, seed):
    source = random.Random(f"{seed} {rows} {columns}")
    for _ in range(10):
        counts = random_counts(source, rows, columns)
        assert_safe(counts, two(counts), Rule())


def test_no_small_count_can_be_recovered_in_one_dimension():
    source = random.Random(5)
    for _ in range(100):
        counts = [row[0] for row in random_counts(source, source.randint(1, 6), 1)]
        # To the attacker it is a table of one column, whose row totals say nothing more.
        *rows, total = one(counts).rows
        printed = [*([row.value, None] for row in rows), [total.value, total.value]]
        for y, count in enumerate(counts):
            if 0 < count < 5:
                assert len(possible_values(printed, (y, 0), 5)) == 5, counts


@pytest.mark.parametrize("rule", [Rule(5, 5), Rule(8, 5), Rule(3, 10)])
def test_no_small_count_can_be_recovered_from_rounded_counts(rule):
    source = random.Random(11)
    for _ in range(25):
        counts = [source.choice([0, 1, 2, 4, 6, 9, 12]) for _ in range(3)]
        tokens = shown(one(counts, rule))
        *parts, totals = [counts_behind(token, rule) for token in tokens]
        fitting = [table for table in product(*parts) if sum(table) in totals]
        assert tuple(counts) in fitting
        for place, count in enumerate(counts):
            if rule.is_small(count):
                values = {table[place] for table in fitting}
                assert len(values) >= rule.threshold, (counts, tokens)


def counts_behind(token, rule):
    """The true counts that are printed so."""
    if token == MARK:
        return range(1, 30)
    return [count for count in range(40) if not rule.is_small(count) and rule.rounded(count) == int(token)]


def test_the_attacker_of_these_tests_finds_the_weakness_that_two_in_every_row_and_column_leaves():
    # A hidden 2 whose neighbours are all hidden is still exact if the totals say so.
    printed = [[None, None, 2], [None, None, 9], [2, 9, 11]]
    assert possible_values(printed, (0, 0), 5) == [1]
