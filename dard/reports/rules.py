"""What the tables of one report may show together, and the small sums about their rows. Pure functions.

Suppression looks at one table. The tables of a report count the same cases, so they share totals, and what one table
hides must not follow from another:

* The total of all cases is shown once. A table that would have to hide it, because its parts are all small, is left
  out as a whole (:func:`is_safe_beside`): with the total known its parts could be worked out, however they are marked.
* A case counts once for each of its substances. Their counts do not add up to the cases with any substance, but they
  are bound to that number: none is larger, and together they are no fewer (:func:`also_hidden`).
"""

from collections.abc import Mapping

from dard.disclosure.suppression import MARK, TOTAL, Rule, SuppressedTable

NOT_KNOWN = "not_known"
"""The row for cases whose date does not tell the quarter."""

_QUARTERS = {
    "1": ("January", "March"),
    "2": ("April", "June"),
    "3": ("July", "September"),
    "4": ("October", "December"),
}


def quarters_between(first: str, last: str) -> list[str]:
    """The calendar quarters from ``first`` to ``last``, both included and like "2026-Q1"; none if first is later."""
    return [f"{number // 4}-Q{number % 4 + 1}" for number in range(_number(first), _number(last) + 1)]


def quarter_label(name: str, *, short: bool = False) -> str:
    """A quarter for people: “January to March 2026”, or “Jan to Mar 2026” where there is little room."""
    year, _, number = name.partition("-Q")
    first, last = (month[:3] if short else month for month in _QUARTERS[number])
    return f"{first} to {last} {year}"


def _number(name: str) -> int:
    """Quarters since the year 0."""
    year, _, number = name.partition("-Q")
    return int(year) * 4 + int(number) - 1


def is_safe_beside(table: SuppressedTable) -> bool:
    """Whether ``table`` may stand beside its own total, shown elsewhere: not if it had to hide that total."""
    return table.at(TOTAL).shown != MARK


def also_hidden(counts: Mapping[str, int], *, cases: int, with_any: int, rule: Rule) -> frozenset[str]:
    """The categories to hide, beyond their own table, where each of ``cases`` may be counted in several categories.

    ``counts`` are the true counts by category, ``with_any`` the cases counted in one or more. A reader is taken to know
    ``cases`` and, unless it or the rest is small, ``with_any``. Hidden is

    * a count whose complement is small: 18 of 20 cases says that 2 are without;
    * if nothing else is hidden, the smallest count where it would give away something small: with all counts known
      their sum less ``with_any`` is how often a case was counted again (two cases in both of two categories), and with
      ``with_any`` hidden the sum is the most that it can be.
    """
    without = cases - with_any
    base_is_known = not (rule.is_small(with_any) or rule.is_small(without))
    base = with_any if base_is_known else cases
    hidden = {name for name, count in counts.items() if rule.is_small(count) or rule.is_small(base - count)}
    counted_again = sum(counts.values()) - with_any
    if counts and not hidden and (not base_is_known or rule.is_small(counted_again)):
        hidden.add(min(counts, key=lambda name: (counts[name], name)))
    return frozenset(hidden)
