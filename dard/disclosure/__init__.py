"""Small numbers: which counts may be shown, and what has to be hidden so that the others cannot be worked out.

Everything here is a pure function of its arguments: no database, no Flask, no clock. A table of counts leaves the
system only as a :class:`~dard.disclosure.suppression.SuppressedTable`, which
:func:`~dard.disclosure.suppression.suppress` alone can make; pages, charts, CSV, XLSX and PDF take that type and so
cannot show a count that this package did not release.
"""
