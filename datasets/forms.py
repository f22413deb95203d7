"""The shapes of identifiers (证件号码的形式): what a resident id, phone, account or credit code looks like once it is made plain."""

import re
from collections.abc import Callable
from datetime import date

from datasets.contract import Seal

# GB 11643: weights of the first 17 digits and the check characters by remainder (ISO 7064 MOD 11-2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# GB 32100: alphabet and weights of the unified social credit code (MOD 31)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# GB/T 2260 first two digits, with the residence permits of Hong Kong, Macao and Taiwan people (81-83)
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)

RESIDENT_ID = re.compile(r"\d{17}[\dX]")
PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|[48]00\d{7}|\+\d{6,15}|1\d{4}")
ACCOUNT = re.compile(r"\d{8,32}")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_INNER_SPACE = re.compile(r"\s+")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def resident_check(first17: str) -> str:
    """The check character that belongs to the first 17 digits of a resident id number."""
    return _ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first17, strict=True)) % 11]


def credit_check(first17: str) -> str:
    """The check character that belongs to the first 17 characters of a unified social credit code."""
    total = sum(weight * _CREDIT_ALPHABET.index(char) for weight, char in zip(_CREDIT_WEIGHTS, first17, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def luhn(digits: str) -> bool:
    """Whether a bank card number's last digit fits (Luhn)."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        number = int(char) * (1 + index % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_credit_code(value: str) -> bool:
    """Whether this is a unified social credit code with a fitting check character."""
    return bool(CREDIT_CODE.fullmatch(value)) and credit_check(value[:17]) == value[17]


def id_problem(value: str) -> str | None:
    """What is wrong with an 18-character resident id number: `region`, `birth`, `check_digit`, or None."""
    if value[:2] not in _PROVINCES:
        return "region"
    if not _born(value[6:14]):
        return "birth"
    return None if resident_check(value[:17]) == value[17] else "check_digit"


def _born(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def plain_resident_id(value: str) -> str | None:
    """A resident id number without blanks, X capital, the old 15 digits made 18; None when it has another shape."""
    digits = _INNER_SPACE.sub("", value).upper()
    if len(digits) == 15 and digits.isdecimal() and _born("19" + digits[6:12]):
        longer = f"{digits[:6]}19{digits[6:]}"
        return longer + resident_check(longer)
    return digits if RESIDENT_ID.fullmatch(digits) else None


def plain_phone(value: str) -> str | None:
    """A telephone number without blanks, hyphens and +86; None when it has no such shape."""
    digits = re.sub(r"[\s()\-—]", "", value)
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    return digits if PHONE.fullmatch(digits) else None


def plain_account(value: str) -> str | None:
    """A bank account without blanks and hyphens; None when it is not 8 to 32 digits."""
    digits = re.sub(r"[\s\-]", "", value)
    return digits if ACCOUNT.fullmatch(digits) else None


def plain_name(value: str) -> str | None:
    """A person's name without blanks between its characters; None when nothing in it is a letter or it is over long."""
    name = _HAN_SPACE.sub("", _INNER_SPACE.sub(" ", value.strip()))
    return name if name and len(name) <= 80 and any(char.isalpha() for char in name) else None


def plain_device(value: str) -> str | None:
    """A device's number without blanks, in capitals."""
    return _INNER_SPACE.sub("", value).upper() or None


SHAPE: dict[Seal, str] = {
    "resident_id": RESIDENT_ID.pattern,
    "bank_account": ACCOUNT.pattern,
    "phone": r"1[3-9]\d{9}",
    "person_name": r"[\x{4e00}-\x{9fff}]{2,4}",
    "device": r"[0-9A-Z]{4,40}",
}
"""Values (regular expressions of RE2) that are plain for certain; others are looked at one by one with PLAIN."""

PLAIN: dict[Seal, Callable[[str], str | None]] = {
    "resident_id": plain_resident_id,
    "bank_account": plain_account,
    "phone": plain_phone,
    "person_name": plain_name,
    "device": plain_device,
}
"""Kind of secret -> the function that makes a value plain, or says None when it has the wrong shape (`bad_form`)."""
