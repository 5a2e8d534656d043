"""Forms of imports."""

from dard.core.errors import DomainError
from dard.core.forms import Choice, FileField, Form, HiddenVersion, Required, SelectField
from dard.core.forms.hidden import LOST_VERSION
from dard.imports.parsing import read_bytes
from dard.imports.profiles import PROFILES


class UploadForm(Form):
    """A file, and where it comes from."""

    profile = SelectField(
        "Where does the file come from?",
        [Required("Select where the file comes from")],
        subject="Where the file comes from",
        blank="Select a source",
        choices=[Choice(profile.name, profile.title) for profile in PROFILES.values()],
    )
    file = FileField(
        "File",
        [Required("Select the file to import")],
        accept=".csv,text/csv",
        description="A CSV file saved as UTF-8, with the headings in its first row. At most 20 MB and 100,000 rows.",
    )

    def content(self) -> bytes:
        """What is in the file. Raises UnreadableFileError if it is too large, without holding all of it."""
        file = self.file.data
        return b"" if file is None else read_bytes(file.stream, declared_length=file.content_length)


class DecisionForm(Form):
    """The buttons that confirm or discard an import: what they carry is the version that the person saw."""

    version = HiddenVersion()

    def seen(self) -> int | None:
        """The version that the person saw. Raises DomainError if the page did not send one."""
        if not self.validate():
            raise DomainError(LOST_VERSION)
        return self.version.data
