"""The sources whose files can be imported, by the name that ``dard import --profile`` takes."""

from collections.abc import Mapping
from types import MappingProxyType

from dard.core.errors import DomainError
from dard.imports.ct_ocme import PROFILE as CT_OCME
from dard.imports.parsing import Profile

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in (CT_OCME,)})


def profile_named(name: str) -> Profile:
    """The profile of that name. Raises DomainError, which lists those there are."""
    found = PROFILES.get(name)
    if found is None:
        raise DomainError(f"There is no profile called “{name[:40]}”. Choose one of: {', '.join(PROFILES)}", "profile")
    return found
