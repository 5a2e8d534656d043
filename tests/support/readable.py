"""What a person can read in an answer, whichever kind of file it is."""

import io

import openpyxl
import pypdf
from werkzeug.test import TestResponse

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def readable(answer: TestResponse) -> str:
    """The words of ``answer``, with single blanks."""
    if answer.mimetype == PDF:
        reader = pypdf.PdfReader(io.BytesIO(answer.data))
        parts = [*(page.extract_text() for page in reader.pages), *map(str, (reader.metadata or {}).values())]
    elif answer.mimetype == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        parts = [*book.sheetnames, *(str(cell) for cell in cells if cell is not None)]
    else:
        parts = [answer.text]
    return " ".join(" ".join(parts).split())
