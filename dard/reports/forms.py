"""The filters of a report."""

from dard.cases.enums import Stream
from dard.core.forms import CheckboxesField, DateField, FilterForm, choices_of
from dard.reports.measures import ReportFilter


class ReportFilterForm(FilterForm):
    """Which cases are counted. It stands in the address, so that a report can be asked for again."""

    period_from = DateField("Events on or after", subject="First day", description="For example, 1 4 2025")
    period_to = DateField("Events on or before", subject="Last day", description="For example, 31 3 2026")
    stream = CheckboxesField("Streams", description="None ticked counts all", choices=choices_of(Stream))

    def chosen(self) -> ReportFilter:
        """The answers, for the counts."""
        return ReportFilter(
            first_day=self.period_from.data, last_day=self.period_to.data, streams=frozenset(self.stream.data)
        )

    def address(self) -> dict[str, object]:
        """The answers, for the address of the same report in another form."""
        parts = {
            f"{field.name}-{part}": text
            for field in (self.period_from, self.period_to)
            for part, text in field.value.items()
            if text
        }
        return {**parts, "stream": [stream.value for stream in self.stream.data]}
