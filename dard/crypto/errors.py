"""What can go wrong with keys and sealed values. No message ever carries a value."""


class CryptoError(Exception):
    """A key or a sealed value cannot be used."""


class KeyFileError(CryptoError):
    """The key file is missing, unreadable, too open or malformed; the message says which and what to do."""


class KeyScopeError(CryptoError):
    """The work in hand was not given the key that this value is sealed under (need to know)."""


class UnsealError(CryptoError):
    """A stored value is not what was sealed for this cell: altered, moved from another cell, or of another key."""
