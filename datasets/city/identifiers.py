"""Identifiers with their check digits: resident ids (GB 11643), credit codes (GB 32100), bank cards (Luhn), phones."""

import numpy as np

from datasets.city.arrays import Ints, Texts, nth_of

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECK = np.array(list("10X98765432"))
_CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = np.array([pow(3, k, 31) for k in range(17)])
_PHONE_HEADS = np.array([135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 177, 180, 181, 186, 187, 188, 189, 199])


def digits_of(numbers: Ints, width: int) -> Ints:
    """The decimal digits of each number as a row, leading zeros kept."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers) % 10


def zero_filled(numbers: Ints, width: int) -> Texts:
    return np.strings.zfill(numbers.astype(np.str_), width)


def resident_ids(regions: Ints, born: Ints, male: Ints, rng: np.random.Generator) -> Texts:
    """Unique resident id numbers for people given region code (6 digits), birth day and sex (1 = male)."""
    dates = born.astype("datetime64[D]").astype(np.str_)
    ymd = np.strings.replace(dates, "-", "").astype(np.int64)
    group = np.unique(np.stack([regions, ymd, male]), axis=1, return_inverse=True)[1].ravel()
    serial = (nth_of(group) + rng.integers(0, 300, int(group.max()) + 1)[group]) % 499
    body = regions * 10**11 + ymd * 10**3 + serial * 2 + np.where(male == 1, 1, 0)
    check = _ID_CHECK[(digits_of(body, 17) @ _ID_WEIGHTS) % 11]
    return np.strings.add(zero_filled(body, 17), check)


def credit_codes(count: int, region: int, rng: np.random.Generator) -> Texts:
    """Unified social credit codes of firms registered in a region, with a valid check character."""
    middle = rng.permutation(31**5 - 1)[:count] + 1 if count > 31**4 else rng.choice(31**5 - 1, count, replace=False) + 1
    alphabet = np.array(list(_CREDIT_DIGITS))
    value = {letter: number for number, letter in enumerate(_CREDIT_DIGITS)}
    head = np.array([value[letter] for letter in f"91{region}MA"], dtype=np.int64)
    tail = (middle[:, None] // 31 ** np.arange(4, -1, -1)) % 31
    filler = rng.integers(0, 31, (count, 2))
    body = np.concatenate([np.broadcast_to(head, (count, len(head))), tail, filler], axis=1)
    check = (31 - (body @ _CREDIT_WEIGHTS) % 31) % 31
    letters = alphabet[np.concatenate([body, check[:, None]], axis=1)]
    return np.array(["".join(row) for row in letters.tolist()], dtype=np.str_)


def bank_cards(count: int, rng: np.random.Generator, start: int = 0) -> Texts:
    """Unique 19-digit bank card numbers with a Luhn digit; `start` keeps later calls apart from earlier ones."""
    banks = np.array([622202, 622848, 621700, 623090, 621483])
    serial = start + np.arange(count)
    # a multiplicative shuffle of the serial keeps numbers unique without looking consecutive
    body = banks[rng.integers(0, len(banks), count)] * 10**12 + (serial * 387_420_489 + 15_485_863) % 10**12
    digits = digits_of(body, 18)
    doubled = digits.copy()
    doubled[:, 1::2] *= 2
    luhn = (10 - (doubled - 9 * (doubled > 9)).sum(axis=1) % 10) % 10
    return (body * 10 + luhn).astype(np.str_) if count else np.zeros(0, dtype="U19")


def phones(count: int, rng: np.random.Generator, start: int = 0) -> Texts:
    """Unique 11-digit mobile numbers; `start` keeps later calls apart from earlier ones."""
    # multiplying by a number prime to the range visits every number once, in no visible order
    value = ((start + np.arange(count)) * 1_234_567_891 + 31_415_927) % (len(_PHONE_HEADS) * 10**8)
    return (_PHONE_HEADS[value // 10**8] * 10**8 + value % 10**8).astype(np.str_)
