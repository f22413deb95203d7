"""The two word files say the same things, and say everything the program asks them to."""

import re
import string
from pathlib import Path

from service import words

SERVICE = Path(words.__file__).parent
SPEAKERS = "say|NothingFound|Refusal|BadSetting|DatabaseNewer|IllegalMove|Busy|Trouble"
ASKED = re.compile(rf"""(?:{SPEAKERS})\(\s*["']([a-z0-9_.]+)["']""")


def said_in() -> list[str]:
    """Everything that speaks: the service's code, and the pages of the console."""
    return [path.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for path in SERVICE.rglob(kind)]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    zh, en = words.texts("zh"), words.texts("en")
    assert set(zh) == set(en)
    assert {key for key in zh if blanks(zh[key]) != blanks(en[key])} == set()


def test_every_text_that_the_program_says_is_there() -> None:
    asked = {key for text in said_in() for key in ASKED.findall(text) if not key.endswith(".")}  # the beginning of a family
    assert asked - set(words.texts("zh")) == set()


def test_no_text_is_left_that_nobody_says() -> None:
    code = "\n".join(said_in())
    families = {"unit."} | set(re.findall(r"""f["']([a-z_.]+\.)\{""", code)) | set(re.findall(r"""say\('([a-z_.]+\.)' ~""", code))
    unused = {
        key
        for key in words.texts("zh")
        if f'"{key}"' not in code and f"'{key}'" not in code and not key.startswith(tuple(families))
    }
    assert unused == set()
