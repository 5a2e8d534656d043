import random

import pytest

from dard.disclosure.suppression import Cell, Rule, suppress
from dard.reports.rules import also_hidden, is_safe_beside, quarter_label, quarters_between

FIVE = Rule(threshold=5)


def hidden(counts, cases, with_any, rule=FIVE):
    return set(also_hidden(counts, cases=cases, with_any=with_any, rule=rule))


# --- quarters -----------------------------------------------------------------------------------------------------


def test_quarters_run_over_the_end_of_a_year():
    assert quarters_between("2025-Q3", "2026-Q2") == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]


def test_one_quarter_is_a_run_of_one_and_a_reversed_run_is_empty():
    assert quarters_between("2026-Q1", "2026-Q1") == ["2026-Q1"]
    assert quarters_between("2026-Q2", "2026-Q1") == []


def test_a_quarter_is_named_by_its_months():
    assert [quarter_label(f"2026-Q{number}") for number in range(1, 5)] == [
        "January to March 2026",
        "April to June 2026",
        "July to September 2026",
        "October to December 2026",
    ]
    assert quarter_label("2026-Q4", short=True) == "Oct to Dec 2026"


# --- a table beside its own total -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "safe"),
    [([10, 20], True), ([3, 20], True), ([0, 0], True), ([1, 4], False), ([1] * 7, False), ([3], False)],
)
def test_a_table_that_hides_its_total_may_not_stand_beside_it(counts, safe):
    table = suppress(["row"], [Cell((str(number),), count) for number, count in enumerate(counts)], FIVE)
    assert is_safe_beside(table) is safe


# --- cases that count in several categories -------------------------------------------------------------------------


def test_nothing_more_is_hidden_where_nothing_small_follows():
    assert hidden({"heroin": 40, "alcohol": 30, "diazepam": 20}, cases=80, with_any=60) == set()


def test_a_count_whose_complement_is_small_is_hidden():
    assert hidden({"heroin": 57, "alcohol": 30, "diazepam": 20}, cases=80, with_any=60) == {"heroin"}


def test_a_category_of_all_cases_is_shown_because_nobody_is_without():
    assert hidden({"heroin": 60, "alcohol": 30, "diazepam": 20}, cases=80, with_any=60) == set()


def test_two_cases_with_both_substances_do_not_follow_from_the_sum():
    assert hidden({"heroin": 30, "alcohol": 25}, cases=60, with_any=53) == {"alcohol"}


def test_of_two_equal_counts_the_first_by_name_is_hidden():
    assert hidden({"heroin": 30, "alcohol": 30}, cases=70, with_any=58) == {"alcohol"}


def test_the_few_without_any_do_not_follow_from_the_counts():
    # With 2 of 40 without any the number with any is hidden; 38 with heroin would give it back.
    assert hidden({"heroin": 38, "alcohol": 20}, cases=40, with_any=38) == {"heroin"}
    assert hidden({"heroin": 20, "alcohol": 18}, cases=40, with_any=38) == {"alcohol"}


def test_no_category_needs_nothing_hidden():
    assert hidden({}, cases=40, with_any=0) == set()


def test_the_threshold_is_that_of_the_rule():
    assert hidden({"heroin": 57, "alcohol": 30, "diazepam": 20}, cases=80, with_any=60, rule=Rule(threshold=3)) == set()


# --- an attacker who knows all totals -------------------------------------------------------------------------------


def random_partnership(source):
    """Cases, each with a set of up to four substances, as counts: (all, with any, by substance)."""
    names = ["alcohol", "cocaine", "diazepam", "heroin"][: source.randint(1, 4)]
    weights = [source.choice([0.02, 0.1, 0.4, 0.8, 0.97, 1]) for _ in names]
    size, most = source.randint(5, 60), source.choice([1, 4])
    cases = []
    for _ in range(size):
        found = [name for name, weight in zip(names, weights, strict=True) if source.random() < weight]
        cases.append(set(source.sample(found, min(most, len(found)))))
    counts = {name: sum(name in case for case in cases) for name in names}
    return len(cases), sum(map(bool, cases)), {name: count for name, count in counts.items() if count}


def possible(cases, with_any, shown):
    """Everything a reader can still believe, as (with any, lowest, highest) for each number with any.

    ``with_any`` and the values of ``shown`` are None where hidden. Hidden counts are known not to be 0.
    """
    known = [count for count in shown.values() if count is not None]
    unknown = len(shown) - len(known)
    for total in [with_any] if with_any is not None else range(1, cases):
        if max(known, default=0) > total or sum(known) + unknown * total < total:
            continue
        lowest = max(1, total - sum(known) - (unknown - 1) * total)
        yield total, lowest, total, sum(known) + unknown - total, sum(known) + unknown * total - total


@pytest.mark.parametrize("threshold", [3, 5, 8])
def test_no_small_number_of_substances_can_be_worked_out(threshold):
    source = random.Random(threshold)
    rule = Rule(threshold=threshold)
    attacked = 0
    for _ in range(1500):
        cases, with_any, counts = random_partnership(source)
        if rule.is_small(cases):
            continue
        table = suppress(["substance"], [Cell((name,), count) for name, count in counts.items()], rule)
        coverage = suppress(["any"], [Cell(("any",), with_any), Cell(("none",), cases - with_any)], rule)
        also = also_hidden(counts, cases=cases, with_any=with_any, rule=rule)
        shown = {name: None if name in also else table.at(name).value for name in counts}
        base = coverage.at("any").value
        beliefs = list(possible(cases, base, shown))
        assert any(total == with_any for total, *_ in beliefs), "the attacker must not exclude the truth"
        for name, count in counts.items():
            small = rule.is_small(count) or (base is not None and rule.is_small(base - count))
            if small:
                attacked += 1
                assert shown[name] is None
                low, high = min(low for _, low, *_ in beliefs), max(high for _, _, high, *_ in beliefs)
                # No narrower than 1 to threshold - 1, which is what the mark itself says.
                assert high - low >= threshold - 2, (cases, with_any, counts, shown)
        without = {cases - total for total, *_ in beliefs}
        if rule.is_small(cases - with_any):
            attacked += 1
            if max(counts.values(), default=0) >= threshold:  # then it must be the rest that is small
                without = {number for number in without if number < threshold}
            assert max(without) - min(without) >= threshold - 2, (cases, with_any, counts, shown)
        again = sum(counts.values()) - with_any
        if rule.is_small(again):
            attacked += 1
            low = min(max(0, low) for *_, low, _ in beliefs)
            assert max(high for *_, high in beliefs) > low, (cases, with_any, counts, shown)
    assert attacked > 500
