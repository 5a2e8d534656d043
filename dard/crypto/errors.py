"""What can go wrong with keys and sealed values. No message ever carries a value."""


class CryptoError(Exception):
    """A key or a sealed value cannot be used."""


class KeyFileError(CryptoError):
    """The key file is missing, unreadable, too open or malformed; the message says which and what to do."""


class KeyServiceError(CryptoError):
    """What holds the key-encryption key does not answer: the keys that it wraps stay locked until it does."""


class KeyLockedError(CryptoError):
    """A key is there but could not be unwrapped, because what holds the key-encryption key does not answer."""


class KeyScopeError(CryptoError):
    """The work in hand was not given the key that this value is sealed under (need to know).

    ``purpose`` is the purpose of that key.
    """

    def __init__(self, purpose: str) -> None:
        super().__init__(f"the {purpose} key is not open for this piece of work")
        self.purpose = purpose


class UnsealError(CryptoError):
    """A stored value is not what was sealed for this cell: altered, moved from another cell, or of another key."""
