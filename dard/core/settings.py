"""The settings of one partnership's instance, read once from the environment into a frozen dataclass."""

import enum
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dard.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024


class Environment(enum.StrEnum):
    """What this instance is for; production refuses unsafe settings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"
    TEST = "test"


@dataclass(frozen=True)  # no slots: they would take the place of the defaults, which from_environment reads
class Settings:
    """Everything that can be set from outside. Times in minutes or hours as named, sizes in bytes."""

    environment: Environment
    instance: Path
    database_url: str
    key_file: Path
    secret_key: str
    key_passphrase_file: Path | None = None
    anchor_file: Path | None = None
    partnership_name: str = "Drug and alcohol related death reviews"
    base_url: str = "http://127.0.0.1:5000"
    brand_colour: str = "#12436D"
    session_idle_minutes: int = 30
    session_absolute_hours: int = 10
    upload_limit: int = 20 * MIB
    disclosure_threshold: int = 5

    @property
    def production(self) -> bool:
        """Whether unsafe settings are refused and cookies are for https only."""
        return self.environment is Environment.PRODUCTION

    @property
    def demo(self) -> bool:
        """Whether every page says that the people on it are invented."""
        return self.environment is Environment.DEMONSTRATION

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read ``DARD_*`` variables, over the instance's ``config.env``. Raises ConfigurationError with the reason."""
        given = dict(os.environ if environ is None else environ)
        instance = Path(given.get("DARD_INSTANCE") or ROOT / "instance").expanduser().resolve()
        values = {**_read_config(instance / "config.env"), **given}
        try:
            environment = Environment(values.get("DARD_ENVIRONMENT", "development"))
        except ValueError as error:
            wanted = ", ".join(Environment)
            raise ConfigurationError(f"DARD_ENVIRONMENT must be one of {wanted}") from error
        settings = cls(
            environment=environment,
            instance=instance,
            database_url=values.get("DARD_DATABASE_URL") or f"sqlite:///{instance / 'dard.sqlite3'}",
            key_file=Path(values.get("DARD_KEY_FILE") or default_key_file(instance)).expanduser().resolve(),
            secret_key=values.get("DARD_SECRET_KEY", ""),
            key_passphrase_file=_path(values, "DARD_KEY_PASSPHRASE_FILE"),
            anchor_file=_path(values, "DARD_ANCHOR_FILE"),
            partnership_name=values.get("DARD_PARTNERSHIP_NAME", cls.partnership_name),
            base_url=values.get("DARD_BASE_URL", cls.base_url).rstrip("/"),
            brand_colour=values.get("DARD_BRAND_COLOUR", cls.brand_colour),
            session_idle_minutes=_whole_number(values, "DARD_SESSION_IDLE_MINUTES", cls.session_idle_minutes),
            session_absolute_hours=_whole_number(values, "DARD_SESSION_ABSOLUTE_HOURS", cls.session_absolute_hours),
            upload_limit=_whole_number(values, "DARD_UPLOAD_LIMIT", cls.upload_limit),
            disclosure_threshold=_whole_number(values, "DARD_DISCLOSURE_THRESHOLD", cls.disclosure_threshold),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise ConfigurationError for settings with which the app must not start."""
        for problem in self.problems():
            raise ConfigurationError(problem)

    def problems(self) -> list[str]:
        """Every reason for which the app must not start with these settings, in words."""
        found = []
        if len(self.secret_key) < 32:
            found.append("DARD_SECRET_KEY must be set to at least 32 random characters: run “dard init” to make one")
        if urlsplit(self.base_url).scheme not in {"http", "https"} or not urlsplit(self.base_url).hostname:
            found.append("DARD_BASE_URL must be the address that people type, like https://dard.example.org")
        if self.disclosure_threshold < 3:
            found.append("DARD_DISCLOSURE_THRESHOLD must be at least 3: smaller counts point at people")
        if self.production:
            found.extend(self._production_problems())
        return found

    def _production_problems(self) -> list[str]:
        found = []
        if urlsplit(self.base_url).scheme != "https":
            found.append("DARD_BASE_URL must begin with https:// in production")
        if len(set(self.secret_key)) < 12:
            found.append("DARD_SECRET_KEY is too regular to be random: run “dard init” to make one")
        for folder in self.data_folders():
            if self.key_file.is_relative_to(folder):
                found.append(
                    f"DARD_KEY_FILE ({self.key_file}) lies beside the data in {folder}: "
                    "whoever takes the one would have the other. Put it in another place"
                )
                break
        return found

    def data_folders(self) -> tuple[Path, ...]:
        """Where the data lies: the instance folder, and the folder of a SQLite database."""
        folders = [self.instance]
        if self.database_url.startswith("sqlite:///"):
            folders.append(Path(self.database_url.removeprefix("sqlite:///")).resolve().parent)
        return tuple(folders)


def default_key_file(instance: Path) -> Path:
    """Outside the instance folder, in the configuration folder of the account that runs the app."""
    mark = hashlib.sha256(str(instance).encode()).hexdigest()[:8]
    return Path.home() / ".config" / "dard" / f"{instance.name}-{mark}.keys"


def _read_config(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator or not name.strip().startswith("DARD_"):
            raise ConfigurationError(f"Line {number} of {path} is not of the form DARD_NAME=value")
        values[name.strip()] = value.strip()
    return values


def _path(values: Mapping[str, str], name: str) -> Path | None:
    return Path(values[name]).expanduser().resolve() if values.get(name) else None


def _whole_number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, str(default))
    if not text.isdecimal() or int(text) == 0:
        raise ConfigurationError(f"{name} must be a whole number above 0, not “{text}”")
    return int(text)
