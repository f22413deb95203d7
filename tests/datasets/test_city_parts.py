"""Parts of the city on their own: identifiers with true check digits, honest prices, and who leads."""

import numpy as np
import pytest

from datasets.city import identifiers, price
from datasets.city.arrays import NONE, as_date, day, nth_of, spread
from datasets.city.city import City, live
from datasets.city.ledger import Ledger


@pytest.fixture(scope="module")
def city() -> City:
    return live(5, 2000, 1)


def luhn_holds(number: str) -> bool:
    digits = [int(letter) for letter in reversed(number)]
    return sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)) % 10 == 0


def resident_check(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True)) % 11]


def credit_check(code: str) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return letters[(31 - total % 31) % 31]


def test_identifiers_are_unique_and_carry_their_check_digits(city: City) -> None:
    people, firms = city.folk.ident.tolist(), city.firms.code.tolist()
    assert len(set(people)) == len(people)
    assert all(len(number) == 18 and resident_check(number) == number[17] for number in people)
    assert len(set(firms)) == len(firms)
    assert all(len(code) == 18 and credit_check(code) == code[17] for code in firms)
    cards = city.folk.account.tolist()
    assert len(set(cards)) == len(cards)
    assert all(len(card) == 19 and luhn_holds(card) for card in cards)
    numbers = identifiers.phones(5000, np.random.default_rng(1)).tolist()
    assert len(set(numbers)) == 5000
    assert all(len(number) == 11 and number[0] == "1" for number in numbers)


def test_an_id_number_tells_birth_and_sex(city: City) -> None:
    folk = city.folk
    for person in range(0, 300, 7):
        number = str(folk.ident[person])
        assert number[6:14] == as_date(int(folk.born[person])).strftime("%Y%m%d")
        assert int(number[16]) % 2 == folk.male[person]


def test_honest_prices_show_none_of_the_known_patterns() -> None:
    rng = np.random.default_rng(2)
    budget, counts = rng.integers(10, 400, 800) * 1_000_000, rng.integers(3, 9, 800)
    prices = price.honest(budget, counts, rng)
    assert not price.regular(prices, budget, counts).any()
    assert (prices <= np.repeat(budget, counts)).all()


@pytest.mark.parametrize(
    "prices",
    [[900_100, 920_100, 940_100, 960_100], [871_213, 888_637, 906_410], [951_003, 953_721, 956_009], [812_377, 866_377, 951_377]],
)
def test_steps_ratios_narrow_spreads_and_equal_tails_are_seen(prices: list[int]) -> None:
    assert price.regular(np.array(prices) * 100, np.array([100_000_700]), np.array([len(prices)])).all()


def test_a_ledger_keeps_row_numbers_and_fills_what_is_not_said() -> None:
    book = Ledger(("one", "two"))
    first = book.add(2, one=np.array([1, 2]))
    second = book.copy_rows(first[1:], two=9)
    assert book["one"].tolist() == [1, 2, 2]
    assert book["two"].tolist() == [NONE, NONE, 9]
    book["alive"][first[0]] = 0
    assert book.living().tolist() == [1, int(second[0])]
    with pytest.raises(KeyError, match="three"):
        book.add(1, three=1)


def test_intervals_unroll_and_groups_are_counted() -> None:
    owner, value = spread(np.array([5, 7]), np.array([2, 3]))
    assert (owner.tolist(), value.tolist()) == ([0, 0, 1, 1, 1], [5, 6, 7, 8, 9])
    assert nth_of(np.array([4, 2, 4, 4, 2])).tolist() == [0, 0, 1, 2, 1]
    assert day(1970) == 0


def test_who_leads_follows_the_order_of_the_domain(city: City) -> None:
    registry, bodies, book = city.registry, city.bodies, city.cadres
    visited = {visit.unit for visit in city.offices.rounds if visit.starts <= city.last <= visit.ends}
    agency = next(unit for unit in bodies.of_kind("agency").tolist() if unit not in visited and bodies.group[unit] != NONE)
    township = next(unit for unit in bodies.of_kind("township").tolist() if unit not in visited)
    assert registry.lead(agency)[0] == "stationed"
    assert registry.lead(township)[0] == "discipline"
    assert registry.lead(next(iter(visited)))[0] == "inspection"
    heads = {office.head for office in city.offices.all}
    serving = [
        row
        for row in range(len(book))
        if book["paid"][row] == 1 and int(book["person"][row]) not in heads and book["unit"][row] != 0
    ]
    member = next(int(book["person"][row]) for row in serving if book["party"][row] == 1)
    other = next(int(book["person"][row]) for row in serving if book["party"][row] == 0)
    assert registry.lead(township, member, {member})[0] == "discipline"
    assert registry.lead(township, other, {other})[0] == "supervisory"
    assert registry.lead(agency, None, {member})[0] == "supervisory"


def test_an_office_whose_head_is_kin_is_passed_over(city: City) -> None:
    registry, folk = city.registry, city.folk
    visited = {visit.unit for visit in city.offices.rounds if visit.starts <= city.last <= visit.ends}
    agency = next(
        unit for unit in city.bodies.of_kind("agency").tolist() if unit not in visited and city.bodies.group[unit] != NONE
    )
    head = next(office.head for office in city.offices.all if office.code == registry.lead(agency)[1])
    near = next(iter(sorted(folk.kin_of(head))), None)
    if near is None:
        folk.kin = np.concatenate([folk.kin, np.array([[0, head], [head, 0], [3, 3]])], axis=1)
        near = 0
    assert registry.lead(agency, near)[0] == "coordination"
