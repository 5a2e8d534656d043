"""What a reader can work out about one count of a table from all the others that are shown to them.

A table with its totals is a circulation in a small network: every count is an arc, every row and every column is a
node, and "the parts add up to the total" says that what flows into a node flows out of it. A hidden count can then
be raised by one exactly where a cycle of arcs with room to move runs through it, so the tightest interval that any
reader can prove comes from two maximum flows (Statistical Disclosure Control Handbook, network flow). The network is
totally unimodular: the ends of the interval are whole numbers and every whole number between them is possible, so
the answer is exact for counts, not an approximation by fractions.

Counting "two hidden in every row and column" is not enough and is not used: tables exist that pass it and still give
a hidden count away.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Key = tuple[str, ...]

UNLIMITED = 1 << 60
"""An upper bound that no count reaches: the reader knows none."""


@dataclass(frozen=True, slots=True)
class Arc:
    """One count of the table, totals included, running from node ``tail`` to node ``head``."""

    key: Key
    tail: int
    head: int
    count: int
    is_total: bool


@dataclass(frozen=True, slots=True)
class Network:
    """A table of one or two dimensions with its totals; ``touching[node]`` lists the arcs at that node."""

    arcs: tuple[Arc, ...]
    touching: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """The reader knows that a count is at least ``low`` and at most ``high``."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Push:
    """How far one count can be moved one way, and by how much every arc moves to let it."""

    amount: int
    changes: tuple[int, ...]

    @property
    def moved(self) -> frozenset[int]:
        """The arcs that had to move."""
        return frozenset(arc for arc, change in enumerate(self.changes) if change)


@dataclass(frozen=True, slots=True)
class Wish:
    """That the count ``target`` can move by ``room`` further up (direction 1) or down (-1)."""

    target: int
    direction: int
    room: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """The arcs that have to move with a count, and what that costs."""

    price: int
    arcs: frozenset[int]


def network(arcs: Sequence[Arc], nodes: int) -> Network:
    """The network of these arcs over nodes numbered from 0."""
    touching: list[list[int]] = [[] for _ in range(nodes)]
    for index, arc in enumerate(arcs):
        touching[arc.tail].append(index)
        touching[arc.head].append(index)
    return Network(tuple(arcs), tuple(tuple(indexes) for indexes in touching))


def push(net: Network, known: Sequence[Bound], target: int, direction: int, limit: int) -> Push:
    """Move the count ``target`` up (direction 1) or down (-1), at most by ``limit``, within what is ``known``.

    Augments along shortest paths (Edmonds and Karp), starting from the true table.
    """
    changes = [0] * len(net.arcs)
    wanted = min(limit, _room(net, known, changes, target, direction))
    amount = 0
    while amount < wanted:
        path = _shortest_path(net, known, changes, target, direction)
        if not path:
            break
        step = min(wanted - amount, *(_room(net, known, changes, arc, sign) for arc, sign in path))
        for arc, sign in path:
            changes[arc] += sign * step
        amount += step
    changes[target] = direction * amount
    return Push(amount, tuple(changes))


def interval(net: Network, known: Sequence[Bound], target: int, limit: int = UNLIMITED) -> tuple[int, int]:
    """The least and the greatest value of ``target`` that fit what is ``known``, looking ``limit`` to either side."""
    count = net.arcs[target].count
    return count - push(net, known, target, -1, limit).amount, count + push(net, known, target, 1, limit).amount


def cheapest_cycle(
    net: Network, known: Sequence[Bound], pushed: Push, wish: Wish, prices: Sequence[int]
) -> Cycle | None:
    """The cheapest arcs that let a count move further than ``pushed``, or None if none do (Dijkstra).

    ``prices`` has what it costs to move each arc.
    """
    start, goal = _ends(net, wish.target, wish.direction)
    if _room(net, known, pushed.changes, wish.target, wish.direction) < wish.room:
        return None
    queue: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]
    done: set[int] = set()
    while queue:
        paid, node, path = heappop(queue)
        if node == goal:
            return Cycle(paid, frozenset(path))
        if node in done:
            continue
        done.add(node)
        for arc, sign, beyond in _steps(net, node):
            if arc != wish.target and _room(net, known, pushed.changes, arc, sign) >= wish.room:
                heappush(queue, (paid + prices[arc], beyond, (*path, arc)))
    return None


def _ends(net: Network, target: int, direction: int) -> tuple[int, int]:
    arc = net.arcs[target]
    return (arc.head, arc.tail) if direction > 0 else (arc.tail, arc.head)


def _room(net: Network, known: Sequence[Bound], changes: Sequence[int], arc: int, sign: int) -> int:
    value = net.arcs[arc].count + changes[arc]
    return known[arc].high - value if sign > 0 else value - known[arc].low


def _steps(net: Network, node: int) -> list[tuple[int, int, int]]:
    """From a node: along an arc that leaves it (its count rises) or against one that enters it (its count falls)."""
    steps = []
    for index in net.touching[node]:
        arc = net.arcs[index]
        steps.append((index, 1, arc.head) if arc.tail == node else (index, -1, arc.tail))
    return steps


def _shortest_path(
    net: Network, known: Sequence[Bound], changes: Sequence[int], target: int, direction: int
) -> list[tuple[int, int]]:
    start, goal = _ends(net, target, direction)
    came: dict[int, tuple[int, int, int]] = {start: (-1, 0, start)}
    queue = deque([start])
    while queue and goal not in came:
        node = queue.popleft()
        for arc, sign, beyond in _steps(net, node):
            if arc != target and beyond not in came and _room(net, known, changes, arc, sign) > 0:
                came[beyond] = (arc, sign, node)
                queue.append(beyond)
    path: list[tuple[int, int]] = []
    node = goal if goal in came else start
    while node != start:
        arc, sign, node = came[node]
        path.append((arc, sign))
    return path
