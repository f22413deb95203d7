"""Settings: what the environment says, and what it may not say."""

from pathlib import Path

import pytest

from service.errors import BadSetting
from service.settings import Settings


def test_without_any_variable_everything_stands_in_the_folder_lake_and_speaks_chinese() -> None:
    settings = Settings.from_environment({})
    assert settings.home == Path.cwd() / "lake"
    assert settings.database_url == f"sqlite:///{Path.cwd() / 'lake' / 'guantong.db'}"
    assert settings.lang == "zh"
    assert not settings.key_file.is_relative_to(settings.home)


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "en_US.UTF-8"}, "en"), ({"LANG": "C.UTF-8"}, "zh"), ({"LANG": "POSIX"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"), ({"LANG": "en_US", "GUANTONG_LANG": "zh"}, "zh"),
        ({"LANG": "en_US", "LC_ALL": ""}, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_locales_unless_asked_for(variables: dict[str, str], lang: str) -> None:
    assert Settings.from_environment(variables).lang == lang


@pytest.mark.parametrize(
    "variables",
    [
        {"GUANTONG_LANG": "fr"},
        {"GUANTONG_BOOK": "/nowhere/at/all"},
        {"GUANTONG_HOME": "/data", "GUANTONG_KEY_FILE": "/data/lake/key"},
    ],
)
def test_a_wrong_setting_is_refused_in_words(variables: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment(variables)
    assert any(value in str(caught.value) for value in variables.values())


def test_the_offices_own_folder_is_laid_over_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    settings = Settings.from_environment({"GUANTONG_BOOK": str(tmp_path)})
    assert settings.rule_folders[-1] == tmp_path and len(settings.rule_folders) == 2
    assert settings.source_folders[-1] == tmp_path / "sources"
