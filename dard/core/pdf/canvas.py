"""The canvas: it remembers where headings stand, and marks what is drawn for screen readers.

Structure tags tell a screen reader what is a heading, a table cell or a figure, and in what order to read. ReportLab
has none, so this canvas marks what is drawn (ISO 32000-1, 14.6 to 14.8): each piece of content points to an element
of a tree that was made while the document was put together, and the tree is written when the canvas is saved.
Footers, lines and the heads that a table repeats are artifacts, which are not read out. No claim to PDF/UA is made:
nothing at hand could validate one.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas


@dataclass(eq=False, slots=True)
class Element:
    """One element of the structure; ``role`` is a standard structure type such as H1, P, Table, TH, Figure."""

    role: str
    alt: str = ""
    scope: str = ""
    children: list["Element"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)

    def add(self, role: str, *, alt: str = "", scope: str = "") -> "Element":
        """A new last child."""
        child = Element(role, alt, scope)
        self.children.append(child)
        return child

    @property
    def drawn(self) -> bool:
        """Whether it has to be in the file: an empty cell does, or the columns would shift."""
        return bool(self.marks) or self.role in {"TH", "TD"} or any(child.drawn for child in self.children)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a heading stands."""

    title: str
    level: int
    key: str
    page: int


class TaggedCanvas(Canvas):
    """A canvas whose content is marked; the builder gives it its ``root`` before anything is drawn."""

    root: Element
    _doc: Any
    _code: list[str]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.places: list[Place] = []
        self._marked: list[list[Element]] = [[]]
        self._depth = -1

    def set_time(self, moment: dt.datetime) -> None:
        """The time at which the file says it was made; ReportLab knows only now and its own fixed date."""
        utc = moment.astimezone(dt.UTC)
        stamp = self._doc._timeStamp  # noqa: SLF001 - there is no other way to a chosen time
        stamp.t, stamp.YMDhms = utc.timestamp(), tuple(utc.timetuple())[:6]

    def note_heading(self, level: int, title: str, key: str, height: float) -> None:
        """A heading is drawn here, ``height`` high: make it a target for links and an entry of the outline."""
        self.bookmarkHorizontal(key, 0, height)
        # The outline cannot skip a level on its way down.
        self._depth = min(level - 1, self._depth + 1)
        self.addOutlineEntry(title, key, self._depth)
        self.places.append(Place(title, level, key, self.getPageNumber()))

    @contextmanager
    def tagged(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to ``element``."""
        page = self._marked[-1]
        element.marks.append((len(self._marked), len(page)))
        self._code.append(f"/{element.role} <</MCID {len(page)}>> BDC")
        page.append(element)
        yield
        self._code.append("EMC")

    @contextmanager
    def tagged_once(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to ``element`` the first time; repeated on later pages it is an artifact."""
        with self.artifact() if element.marks else self.tagged(element):
            yield

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration and is not read out."""
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Close the page; it gets the number under which the tree finds it."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents = len(self._marked) - 1
        page.Tabs = PDFName("S")
        self._marked.append([])

    def save(self) -> None:
        """Write the tree, then the file."""
        names: dict[Element, str] = {}
        self._write_element(self.root, "StructTreeRoot", names)
        nums: list[Any] = []
        for number, elements in enumerate(self._marked[:-1]):
            nums += [number, PDFArray([PDFObjectReference(names[element]) for element in elements])]
        tree = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFArray([PDFObjectReference(names[self.root])]),
            "ParentTree": PDFDictionary({"Nums": PDFArray(nums)}),
        }
        self._doc.Reference(PDFDictionary(tree), "StructTreeRoot")
        self._doc.Catalog.StructTreeRoot = PDFObjectReference("StructTreeRoot")
        self._doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def _write_element(self, element: Element, parent: str, names: dict[Element, str]) -> None:
        name = names[element] = f"StructElem{len(names)}"
        kids: list[Any] = []
        for child in element.children:
            if child.drawn:
                self._write_element(child, name, names)
                kids.append(PDFObjectReference(names[child]))
        kids += [
            PDFDictionary({"Type": PDFName("MCR"), "Pg": PDFObjectReference(f"Page{page}"), "MCID": number})
            for page, number in element.marks
        ]
        entry = {
            "Type": PDFName("StructElem"),
            "S": PDFName(element.role),
            "P": PDFObjectReference(parent),
            "K": PDFArray(kids),
        }
        if element.alt:
            entry["Alt"] = PDFString(element.alt)
        if element.scope:
            entry["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(element.scope)})
        self._doc.Reference(PDFDictionary(entry), name)
