"""Sealing running text (文本脱敏): phones, id numbers, accounts and persons' names in it become marked pseudonyms.

`我叫王秀兰，电话13800000001` becomes `我叫【姓名:nam_…】，电话【电话:tel_…】`.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import ahocorasick

from datasets import strict_yaml
from datasets.contract import Declared, Seal
from datasets.forms import id_problem, is_credit_code, luhn, plain_resident_id
from datasets.sealing import Sealer

MARK: dict[Seal, str] = {"phone": "电话", "resident_id": "证件", "bank_account": "账号", "person_name": "姓名", "device": "设备"}
_MARKED = re.compile(
    r"【(?:电话|证件|账号|姓名|设备):(?:rid|acc|tel|nam|dev)_[0-9a-f]{20}】|(?:rid|acc|tel|nam|dev)_[0-9a-f]{20}"
)
_LONG = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{6}[ -]\d{8}[ -]\d{3}[\dXx]|\d{4}(?: \d{4}){2,4}(?: \d{1,3})?|\d{14,18}[\dXx]|\d{15,30})(?![0-9A-Za-z])"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:(?:\+86[ -]?)?1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})|0\d{2,3}-\d{7,8})(?![0-9A-Za-z])")
_DIGITS = re.compile(r"\d[\d -]{9,}")


class _Words(Declared):
    surnames: str
    words: str
    cues: tuple[str, ...]
    keep: dict[str, str]


@cache
def words() -> _Words:
    """The data of free_text.yml."""
    return strict_yaml.read(Path(__file__).with_name("free_text.yml"), _Words)[0]


@cache
def _cued() -> re.Pattern[str]:
    cues = "|".join(map(re.escape, words().cues))
    surnames = re.escape("".join(words().surnames.split()))
    return re.compile(rf"((?:{cues})\s*)([{surnames}][\u4e00-\u9fa5]{{1,2}})(?=[，,。；;、（()：:\s电联手身家住]|$)")


class TextSealer:
    """Seals texts with the names one lake knows. `names` are persons' names in clear, `kept` names of places and bodies."""

    def __init__(self, sealer: Sealer, names: Iterable[str] = (), kept: Iterable[str] = ()) -> None:
        self._sealer = sealer
        self._known = _automaton(names, kept)

    def text(self, text: str) -> str:
        """Running text with everything that names or reaches a person replaced."""
        return self._apart(text, lambda piece: self._names(self._numbers(piece, strict=False)))

    def other(self, text: str, *, key: bool) -> str:
        """A text column that should hold no secret: certain id numbers are replaced, and outside of keys phones and cards too."""
        if not _DIGITS.search(text):
            return text
        return self._apart(
            text, (lambda piece: self._ids_only(piece)) if key else (lambda piece: self._numbers(piece, strict=True))
        )

    def _apart(self, text: str, seal: Callable[[str], str]) -> str:
        """What is marked already stays; only the pieces between are sealed."""
        if "_" not in text:  # every pseudonym has one
            return seal(text)
        pieces, at = [], 0
        for found in _MARKED.finditer(text):
            pieces += [seal(text[at : found.start()]), found[0]]
            at = found.end()
        return "".join([*pieces, seal(text[at:])])

    def _marked(self, kind: Seal, value: str) -> str:
        return f"【{MARK[kind]}:{self._sealer.one(kind, value)}】"

    def _numbers(self, text: str, *, strict: bool) -> str:
        if not _DIGITS.search(text):
            return text
        text = _LONG.sub(lambda found: self._long(found[0], strict), text)
        return self._apart(text, lambda piece: _PHONE.sub(lambda found: self._marked("phone", found[0]), piece))

    def _long(self, digits: str, strict: bool) -> str:
        bare = re.sub(r"[ -]", "", digits)
        plain = plain_resident_id(bare)
        if plain and id_problem(plain) in (None, "check_digit"):
            return self._marked("resident_id", plain)
        if is_credit_code(bare.upper()) or not bare.isdecimal() or (strict and not luhn(bare)):
            return digits
        return self._marked("bank_account", bare) if 15 <= len(bare) <= 30 else digits

    def _ids_only(self, text: str) -> str:
        """In keys and references an id number becomes the bare pseudonym, so that it still joins."""

        def seal(found: re.Match[str]) -> str:
            plain = plain_resident_id(found[0])
            certain = plain is not None and id_problem(plain) is None and not is_credit_code(plain)
            return self._sealer.one("resident_id", plain) if plain and certain else found[0]

        return _LONG.sub(seal, text)

    def _names(self, text: str) -> str:
        if self._known is not None:
            text = self._apart(text, self._known_names)
        return self._apart(text, lambda piece: _cued().sub(lambda found: found[1] + self._marked("person_name", found[2]), piece))

    def _known_names(self, text: str) -> str:
        pieces, at = [], 0
        assert self._known is not None
        for last, name in self._known.iter_long(text):
            if name is not None:
                first = last + 1 - len(name)
                pieces += [text[at:first], self._marked("person_name", name)]
                at = last + 1
        return "".join([*pieces, text[at:]])


def _automaton(names: Iterable[str], kept: Iterable[str]) -> "ahocorasick.Automaton | None":
    """Longest names win, so that 建国 in 建国村 is left alone when the village is known."""
    known = ahocorasick.Automaton()
    surnames, stopped = set(words().surnames), set(words().words.split())
    for name in names:
        if len(name) > 2 or (len(name) == 2 and name[0] in surnames and name not in stopped):
            known.add_word(name, name)
    for name in kept:
        if len(name) > 1:
            known.add_word(name, None)
    if not len(known):
        return None
    known.make_automaton()
    return known
