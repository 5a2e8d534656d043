"""Long lists, a page at a time, with the filters kept in the address."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is shown. ``number`` counts from 1; ``total`` is the number of rows in the whole list."""

    number: int
    size: int = PAGE_SIZE
    total: int = 0

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def count(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1; 0 if there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.offset + self.size, self.total)

    def of(self, total: int) -> "Page":
        """This page of a list of ``total`` rows."""
        return replace(self, total=total)

    def href(self, number: int) -> str:
        """The address of another page of the same list with the same filters."""
        filters = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return f"{request.script_root}{request.path}?{urlencode([*filters, ('page', number)])}"


def page_asked_for() -> Page:
    """The page that the address asks for; the first for anything that is no page number."""
    text = request.args.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    return Page(max(1, number))
