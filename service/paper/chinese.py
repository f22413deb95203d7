"""Papers are written in Chinese, whatever language the page is shown in that asks for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from service.words import speak, spoken


@contextmanager
def chinese() -> Iterator[None]:
    """Speak Chinese within the block."""
    before = spoken()
    speak("zh")
    try:
        yield
    finally:
        speak(before)
