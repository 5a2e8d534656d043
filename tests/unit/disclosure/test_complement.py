import random
from itertools import combinations
from statistics import mean

from dard.disclosure.attacker import interval
from dard.disclosure.complement import HIDDEN, complement
from dard.disclosure.suppression import Cell, Rule, _protection, _table

RULE = Rule(threshold=5)


def random_table(source, rows, columns):
    largest = source.choice([6, 10, 20, 60])
    counts = [0, 1, 2, 3, 4, *range(5, largest)]
    return _table(2, [Cell((str(y), str(x)), source.choice(counts)) for y in range(rows) for x in range(columns)])


def is_safe(net, protection, hidden):
    """Every small count is wide enough, for a stranger and, at least two values, for the one person in a cell.

    A count that nothing could protect from that person, because it is theirs and nobody else's, is left out.
    """
    known = [HIDDEN if arc in hidden else bound for arc, bound in enumerate(protection.published)]
    best = [HIDDEN if arc.count else bound for arc, bound in zip(net.arcs, protection.published, strict=True)]
    if any(width(net, known, arc) < protection.width for arc in protection.small):
        return False
    insiders = [arc for arc in protection.small if net.arcs[arc].count == 1]
    pairs = [(target, insider) for target in protection.small for insider in insiders if target != insider]
    return all(
        width(net, exactly(net, known, insider), target) or not width(net, exactly(net, best, insider), target)
        for target, insider in pairs
    )


def width(net, known, arc):
    low, high = interval(net, known, arc, limit=RULE.threshold)
    return high - low


def exactly(net, known, insider):
    return [type(HIDDEN)(1, 1) if arc == insider else bound for arc, bound in enumerate(known)]


def price(net, hidden):
    return sum(net.arcs[arc].count for arc in hidden)


def least_price(net, protection):
    """The price of the cheapest safe choice, by trying all of them in order of price."""
    others = [arc for arc, count in enumerate(net.arcs) if count.count and arc not in protection.small]
    choices = [set(some) for size in range(len(others) + 1) for some in combinations(others, size)]
    choices.sort(key=lambda some: price(net, some))
    return price(net, next(some for some in choices if is_safe(net, protection, protection.small | some)))


def test_every_small_count_of_a_larger_table_is_safe():
    source = random.Random(36)
    for _ in range(40):
        net = random_table(source, rows=6, columns=6)
        protection = _protection(net, RULE)
        assert is_safe(net, protection, complement(net, protection))


def test_nothing_is_hidden_for_nothing():
    source = random.Random(37)
    for _ in range(40):
        net = random_table(source, rows=4, columns=4)
        protection = _protection(net, RULE)
        hidden = complement(net, protection)
        for arc in hidden - protection.small:
            assert not is_safe(net, protection, hidden - {arc})


def test_what_is_hidden_costs_little_more_than_the_least_possible():
    source = random.Random(38)
    ratios = []
    while len(ratios) < 40:
        net = random_table(source, rows=2, columns=3)
        protection = _protection(net, RULE)
        least = least_price(net, protection)
        if least:
            paid = price(net, complement(net, protection) - protection.small)
            ratios.append(paid / least)
    assert min(ratios) >= 1
    assert mean(ratios) <= 1.1


def test_a_table_without_small_counts_hides_nothing():
    net = _table(2, [Cell(("a", "x"), 5), Cell(("b", "y"), 0)])
    assert complement(net, _protection(net, RULE)) == frozenset()
