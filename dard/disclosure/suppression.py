"""Suppression of small counts in tables of one or two dimensions, so that none can be worked out again.

Primary suppression: a count from 1 to threshold - 1 is shown as ``c``. NDTMS hides counts under 5, NHS England
(HES, SRHAD) counts under 8 and rounds the rest to 5; the threshold and the rounding are settings, NDTMS's the default.

Secondary (complementary) suppression: further counts are hidden until a reader who knows every published count, every
total, this rule and that nothing hidden is zero

* cannot bound any small count to an interval narrower than threshold - 1, and
* cannot pin any small count to one value even if they are themselves the one person counted in another hidden cell
  (the Handbook's singletons: they know that cell exactly).

Zero is shown as 0. Nobody is in an empty cell, so nobody can be singled out by it, and the national releases (HES,
SRHAD) show zeros for that reason. What an empty cell says about everyone else in its row (group disclosure) is a
question of how the table is designed, to be answered before a release, not by hiding the zero. As zeros are never
hidden a reader knows that every ``c`` stands for at least 1, and the reader in this module knows it too.

Not covered, and to be judged by the people who release: the same people counted in several tables or releases
(differencing), percentages or averages printed beside a table, and a reader who runs this very program on every table
that fits and drops those for which it would have hidden other cells (a minimality attack: of the small counts in
tables of four cells one to two in a hundred give way to it).
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from itertools import product

from dard.disclosure.attacker import Arc, Bound, Key, Network, network
from dard.disclosure.complement import Protection, complement

TOTAL = "Total"
"""The key under which totals are shown. No category of a table may have this name."""

MARK = "c"
"""What is shown in place of a hidden count (Government Analysis Function: [c] for confidential)."""

_SEAL = object()


@dataclass(frozen=True, slots=True)
class Rule:
    """Counts from 1 to ``threshold`` - 1 are small; published counts are rounded to the nearest ``round_to``.

    A threshold of 0 or 1 hides nothing and ``round_to`` 0 or 1 leaves counts exact: for use inside a panel only.
    """

    threshold: int = 5
    round_to: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers below zero."""
        if self.threshold < 0 or self.round_to < 0:
            raise ValueError("The threshold and the rounding base must be 0 or more")

    @property
    def sentence(self) -> str:
        """The rule in plain English, to be printed with every table and chart it was used on."""
        parts = []
        if self.threshold > 1:
            small = "A count of 1 is" if self.threshold == 2 else f"Counts from 1 to {self.threshold - 1} are"
            these = "it" if self.threshold == 2 else "these"
            parts.append(f"{small} shown as {MARK}.")
            parts.append(f"Other counts may also be shown as {MARK}, so that {these} can’t be worked out.")
        if self.round_to > 1:
            parts.append(f"Counts are rounded to the nearest {self.round_to}, so they may not add up to the totals.")
        return " ".join(parts) or "Counts are exact and none is hidden."

    def is_small(self, count: int) -> bool:
        """Whether this count must be hidden."""
        return 0 < count < self.threshold

    def rounded(self, count: int) -> int:
        """The count as published: half the base and more goes up."""
        return (count + self.round_to // 2) // self.round_to * self.round_to if self.round_to > 1 else count


@dataclass(frozen=True, slots=True)
class Cell:
    """One true count; ``key`` has one category for each dimension."""

    key: Key
    count: int


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One count as it may be shown.

    ``reason`` says why ``shown`` is not the true count, or is None. It is the same for every hidden count on
    purpose: telling a small count from one hidden to protect it would give the reader a tighter bound on both.
    """

    key: Key
    shown: str
    reason: str | None

    @property
    def value(self) -> int | None:
        """The published count as a number, None if it is hidden: what a chart draws."""
        return None if self.shown == MARK else int(self.shown)


@dataclass(frozen=True, slots=True)
class SuppressedTable:
    """A table that may be shown: what templates, charts, CSV, XLSX and PDF take.

    Only :func:`suppress` makes one; the constructor refuses everybody else, so a table of true counts cannot be
    passed off as a suppressed one. ``rows`` are in the order of the cells given, each row of a two-dimensional table
    closed by its total and the table closed by the row of totals.
    """

    dimensions: tuple[str, ...]
    rows: tuple[ShownCell, ...]
    rule: Rule
    sentence: str
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        """Refuse everybody but suppress()."""
        if seal is not _SEAL:
            raise TypeError("A SuppressedTable is made by dard.disclosure.suppression.suppress() alone")

    def categories(self, dimension: int = 0) -> tuple[str, ...]:
        """The categories of a dimension in order, without the total."""
        return tuple(dict.fromkeys(row.key[dimension] for row in self.rows if row.key[dimension] != TOTAL))

    def at(self, *key: str) -> ShownCell:
        """The cell with this key (use TOTAL for totals). Raises KeyError if the table has none."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)


def suppress(dimensions: Sequence[str], cells: Sequence[Cell], rule: Rule) -> SuppressedTable:
    """Hide what must be hidden in a table of one or two dimensions and round the rest; totals are worked out here.

    A combination of categories without a cell counts 0. Raises ValueError for a wrong number of dimensions or of key
    parts, a negative or non-integer count, a repeated key, or a category called "Total".
    """
    _check(dimensions, cells)
    net = _table(len(dimensions), cells)
    hidden = complement(net, _protection(net, rule))
    rows = tuple(_shown(arc, index in hidden, rule) for index, arc in enumerate(net.arcs))
    return SuppressedTable(tuple(dimensions), rows, rule, rule.sentence, seal=_SEAL)


def _check(dimensions: Sequence[str], cells: Sequence[Cell]) -> None:
    if len(dimensions) not in (1, 2):
        raise ValueError("A table has one or two dimensions")
    seen: set[Key] = set()
    for cell in cells:
        if len(cell.key) != len(dimensions):
            raise ValueError(f"The key {cell.key} must have {len(dimensions)} parts")
        if TOTAL in cell.key:
            raise ValueError(f"“{TOTAL}” is kept for the totals and cannot be a category")
        if cell.key in seen:
            raise ValueError(f"The key {cell.key} is there twice")
        if type(cell.count) is not int or cell.count < 0:
            raise ValueError(f"The count of {cell.key} must be a whole number, 0 or more")
        seen.add(cell.key)


def _table(dimensions: int, cells: Sequence[Cell]) -> Network:
    return _one_dimension(cells) if dimensions == 1 else _two_dimensions(cells)


def _one_dimension(cells: Sequence[Cell]) -> Network:
    """All counts run one way between two nodes and their total runs back."""
    arcs = [Arc(cell.key, 0, 1, cell.count, is_total=False) for cell in cells]
    arcs.append(Arc((TOTAL,), 1, 0, sum(cell.count for cell in cells), is_total=True))
    return network(arcs, nodes=2)


def _two_dimensions(cells: Sequence[Cell]) -> Network:
    """Flow runs from the node of the row totals to the rows, to the columns, to the node of the column totals and back.

    So each inner count and the grand total run from their row to their column, each other total from its column to
    its row, and every count leaves one node and enters one.
    """
    counts = {cell.key: cell.count for cell in cells}
    rows = [*dict.fromkeys(cell.key[0] for cell in cells), TOTAL]
    columns = [*dict.fromkeys(cell.key[1] for cell in cells), TOTAL]
    arcs = []
    for (row_node, row), (column_node, column) in product(enumerate(rows), enumerate(columns, start=len(rows))):
        parts = product(rows[:-1] if row == TOTAL else [row], columns[:-1] if column == TOTAL else [column])
        count = sum(counts.get(key, 0) for key in parts)
        forwards = (row == TOTAL) == (column == TOTAL)
        tail, head = (row_node, column_node) if forwards else (column_node, row_node)
        arcs.append(Arc((row, column), tail, head, count, is_total=TOTAL in (row, column)))
    return network(arcs, nodes=len(rows) + len(columns))


def _protection(net: Network, rule: Rule) -> Protection:
    return Protection(
        small=frozenset(index for index, arc in enumerate(net.arcs) if rule.is_small(arc.count)),
        width=rule.threshold - 1,
        published=tuple(_published(arc.count, rule) for arc in net.arcs),
    )


def _published(count: int, rule: Rule) -> Bound:
    """What the printed form of a count tells: the count itself, or the counts that round to it and may be shown.

    A printed 0 is taken as known to be 0 and anything else as known not to be: the reader may know less, never more.
    """
    if rule.round_to < 2 or count == 0:
        return Bound(count, count)
    low = rule.rounded(count) - rule.round_to // 2
    return Bound(max(low, rule.threshold, 1), low + rule.round_to - 1)


def _shown(arc: Arc, hidden: bool, rule: Rule) -> ShownCell:
    if hidden:
        return ShownCell(arc.key, MARK, f"Under {rule.threshold}, or hidden to protect a count that is")
    reason = f"Rounded to the nearest {rule.round_to}" if rule.round_to > 1 else None
    return ShownCell(arc.key, str(rule.rounded(arc.count)), reason)
