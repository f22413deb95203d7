"""What holds for every test: it begins in Chinese, whatever language the one before it spoke."""

import pytest

from service.words import speak


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Before any fixture of the test is made."""
    speak("zh")
