"""What kind of information a page or a document carries, said in words at its head."""

import enum


class Band(enum.StrEnum):
    """The handling band of a page or document. There is no default: whoever makes a page says which it is."""

    IDENTIFIABLE = "identifiable"
    PSEUDONYMISED = "pseudonymised"
    AGGREGATE = "aggregate"
    NONE = "none"

    @property
    def label(self) -> str:
        """The kind of information, as the band names it."""
        return _WORDS[self][0]

    @property
    def handling(self) -> str:
        """What a reader must do because of it; empty where there is nothing to do."""
        return _WORDS[self][1]


_WORDS = {
    Band.IDENTIFIABLE: ("Identifiable information", "Keep it in this service. Do not copy it into email or notes."),
    Band.PSEUDONYMISED: ("Pseudonymised information", "Names are replaced. It is still confidential."),
    Band.AGGREGATE: ("Aggregate information", "Numbers about groups, not about one person."),
    Band.NONE: ("No case information on this page", ""),
}
