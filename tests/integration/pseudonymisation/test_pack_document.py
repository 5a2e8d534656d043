"""The PDF of a pack, read back: what stands in it, and what must not."""

import io
import re
import shutil
import subprocess

import pypdf
import pytest
import sqlalchemy as sa

from dard.cases.models import Case
from dard.core.database import db
from dard.pseudonymisation import packs, queries
from dard.pseudonymisation.models import Pack
from dard.pseudonymisation.release_gate import gate_of, search

SECRETS = (
    "Tamsin", "Quillfeather", "Tam Quill", "Larkspur", "ZZ1", "Fennimore", "NC-14022026", "1988", "14 February",
    "2 February", "Kestrel", "Jory",
)  # fmt: skip


@pytest.fixture
def downloaded(panel, still):
    """The PDF of a member, the ids of its cases, and the pack’s id."""
    done, waiting = panel.world.case(), panel.world.case()
    panel.summary(done)
    meeting = panel.world.meeting(cases=[done, waiting], invited=[panel.signed], title="March panel")
    (pack_id,) = panel.issue(meeting)
    still.move(minutes=5)
    answer = panel.world.browser(panel.signed).get(f"/packs/{pack_id}/pack.pdf")
    return answer.data, (done, waiting), pack_id


def _words(text):
    return " ".join(text.split())


def _as_read(pdf):
    """The text of a PDF as each reader gives it: pypdf, and poppler too where it is installed."""
    texts = [_words(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))]
    if shutil.which("pdftotext"):
        given = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
        texts.append(_words(given.stdout.decode()))
    return texts


def test_a_pack_can_be_read_by_any_reader_and_holds_what_the_screen_holds(panel, downloaded):
    pdf, _cases, pack_id = downloaded
    with panel.world.at_work():
        content = packs.decode(panel.world.get(Pack, pack_id).content)
    for text in _as_read(pdf):
        for case in content.cases:
            assert case.pseudonym in text
        for words in (
            "March panel", "17 March 2026 at 2pm", "For Mel Member, Wrenfield Treatment Trust", "Contents",
            "Issued 3 March 2026 at 10am", "Downloaded 3 March 2026 at 10:05am", "35 to 44", "Withheld",
            "A nurse offered naloxone on [day -12].", "12 days before", "The partnership was notified",
            "2 cases, 1 summary to follow", "Summary to follow.",
            "The district is withheld where fewer than 5 cases share",
        ):  # fmt: skip
            assert words in text


def test_every_page_says_whose_copy_it_is_and_how_to_handle_it(downloaded):
    pages = pypdf.PdfReader(io.BytesIO(downloaded[0])).pages
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        text = _words(page.extract_text())
        assert "Pseudonymised information" in text
        assert "Do not pass it on." in text
        assert "Pack P-2026-0001 · for Mel Member, Wrenfield Treatment Trust · 3 March 2026 at 10:05am" in text
        assert re.search(rf"Page {number} of 4", text)


def test_nothing_that_names_anybody_is_in_the_pages_or_the_metadata(panel, downloaded):
    pdf, case_ids, _pack_id = downloaded
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    with panel.world.at_work():
        references = list(db.session.scalars(sa.select(Case.reference)))
        gate = gate_of(queries.all_identifiers(), *queries.references_and_districts())
    metadata = " ".join(str(value) for value in (reader.metadata or {}).values())
    xmp = reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else ""
    outline = " ".join(str(entry.title) for entry in reader.outline if not isinstance(entry, list))
    pages = " ".join(page.extract_text() for page in reader.pages)
    for text in (metadata, xmp, outline, pages, *_as_read(pdf), pdf.decode("latin-1")):
        text = text.replace("P-2026-0001", "")  # the number of the pack only looks like the reference of a case
        for secret in (*SECRETS, *references, *map(str, case_ids)):
            assert secret not in text
    assert search(gate, [("the pages", pages), ("the metadata", metadata), ("the outline", outline)]) == []
    assert reader.metadata.title == "Pack P-2026-0001"
    assert "/EmbeddedFiles" not in str(reader.trailer["/Root"])


def test_the_gate_would_have_seen_a_name_in_the_pages(panel, downloaded):
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(downloaded[0])).pages)
    with panel.world.at_work():
        gate = gate_of(queries.all_identifiers(), *queries.references_and_districts())
    assert search(gate, [("the pages", pages + " Tamsin Quillfeather")]) != []


def test_each_summary_begins_on_a_page_of_its_own(panel):
    cases = [panel.world.case() for _ in range(3)]
    for case_id in cases:
        panel.summary(case_id)
    (pack_id,) = panel.issue(panel.world.meeting(cases=cases, invited=[panel.signed]))
    pdf = panel.world.browser(panel.signed).get(f"/packs/{pack_id}/pack.pdf").data
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert ["What happened" in page for page in pages] == [False, False, True, True, True, False]


def test_a_long_summary_with_odd_characters_makes_a_document(panel):
    case_id = panel.world.case()
    panel.summary(case_id, text="They said “help” & <b>went</b> on [day -1]. Żółw 😀 → ½.\n" * 120)
    (pack_id,) = panel.issue(panel.world.meeting(cases=[case_id], invited=[panel.signed]))
    pdf = panel.world.browser(panel.signed).get(f"/packs/{pack_id}/pack.pdf").data
    assert all(text.count("<b>went</b>") >= 120 for text in _as_read(pdf))
