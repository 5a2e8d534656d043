"""Settings are read once, and unsafe ones do not start."""

from pathlib import Path

import pytest

from dard.core.errors import ConfigurationError
from dard.core.settings import Environment, Settings, default_key_file

SECRET = "Jk3v9Qz1Lm7Rt5Xw2Yp8Ab4Cd6Ef0GhN"
SAFE = {
    "DARD_ENVIRONMENT": "production",
    "DARD_SECRET_KEY": SECRET,
    "DARD_BASE_URL": "https://dard.example.org",
    "DARD_KEY_FILE": "/etc/dard/keys",
}


@pytest.fixture
def given(tmp_path):
    return {**SAFE, "DARD_INSTANCE": str(tmp_path)}


def test_safe_settings_start(given):
    settings = Settings.from_environment(given)
    assert settings.production
    assert not settings.demo
    assert settings.key_file == Path("/etc/dard/keys")
    assert settings.database_url.endswith("dard.sqlite3")
    assert settings.partnership_name == "Drug and alcohol related death reviews"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"DARD_SECRET_KEY": ""}, "DARD_SECRET_KEY"),
        ({"DARD_SECRET_KEY": "short"}, "DARD_SECRET_KEY"),
        ({"DARD_SECRET_KEY": "ab" * 20}, "too regular"),
        ({"DARD_BASE_URL": "http://dard.example.org"}, "https"),
        ({"DARD_BASE_URL": "dard.example.org"}, "DARD_BASE_URL"),
        ({"DARD_ENVIRONMENT": "live"}, "DARD_ENVIRONMENT"),
        ({"DARD_UPLOAD_LIMIT": "-1"}, "DARD_UPLOAD_LIMIT"),
        ({"DARD_SESSION_IDLE_MINUTES": "soon"}, "DARD_SESSION_IDLE_MINUTES"),
        ({"DARD_SESSION_ABSOLUTE_HOURS": "0"}, "DARD_SESSION_ABSOLUTE_HOURS"),
        ({"DARD_DISCLOSURE_THRESHOLD": "2"}, "DARD_DISCLOSURE_THRESHOLD"),
    ],
)
def test_unsafe_settings_do_not_start_and_say_why(given, change, message):
    with pytest.raises(ConfigurationError, match=message):
        Settings.from_environment({**given, **change})


def test_keys_beside_the_data_do_not_start_in_production(given, tmp_path):
    for place in (tmp_path / "keys", tmp_path / "deep" / "keys"):
        with pytest.raises(ConfigurationError, match="beside the data"):
            Settings.from_environment({**given, "DARD_KEY_FILE": str(place)})
    other = tmp_path.parent / "elsewhere"
    database = {"DARD_DATABASE_URL": f"sqlite:///{other}/dard.sqlite3", "DARD_KEY_FILE": str(other / "keys")}
    with pytest.raises(ConfigurationError, match="beside the data"):
        Settings.from_environment({**given, **database})


def test_what_the_environment_says_goes_before_the_file(given, tmp_path):
    (tmp_path / "config.env").write_text(
        "# local settings\n\nDARD_PARTNERSHIP_NAME=Fernshire\nDARD_BASE_URL=https://file.example.org/\n"
    )
    settings = Settings.from_environment(given)
    assert settings.partnership_name == "Fernshire"
    assert settings.base_url == "https://dard.example.org"


def test_a_file_that_is_no_settings_file_is_refused(given, tmp_path):
    (tmp_path / "config.env").write_text("PATH=/tmp\n")
    with pytest.raises(ConfigurationError, match="Line 1"):
        Settings.from_environment(given)


def test_keys_lie_outside_the_instance_by_default(tmp_path):
    assert not default_key_file(tmp_path).is_relative_to(tmp_path)
    assert default_key_file(tmp_path) != default_key_file(tmp_path / "other")


def test_the_demonstration_is_known_as_such(given):
    settings = Settings.from_environment({**given, "DARD_ENVIRONMENT": "demonstration"})
    assert settings.demo
    assert settings.environment is Environment.DEMONSTRATION
