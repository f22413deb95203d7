"""How well the order of alerts did."""

from datasets.city.ranking import Ranked, ranking
from datasets.city.scoring import score
from tests.datasets.test_city_scoring import case, finding


def alert(name: str, level: str, priority: float, *worth: str, problems: tuple[str, ...] = ()) -> Ranked:
    return Ranked(name, level, priority, list(worth), set(problems))


def figures(of: str, *alerts: Ranked, problems: int = 4) -> dict[str, object]:
    found = ranking(alerts, problems)
    levels = found["levels"]
    assert isinstance(levels, dict)
    told = found.get(of) or levels[of]
    assert isinstance(told, dict)
    return told


def test_an_alert_is_right_when_any_finding_is_a_problem_and_an_undecidable_one_is_left_out() -> None:
    given = (
        alert("a", "critical", 90, "unplanted", "problem", problems=("1",)),
        alert("b", "high", 80, "explained"),
        alert("c", "high", 70, "undecidable", "unplanted"),
        alert("d", "low", 10, "problem", problems=("2", "3")),
    )
    assert figures("high_and_above", *given) == {
        "alerts": 3, "share": 0.75, "precision": 0.5, "found": 1, "of_problems": 0.25, "look_alikes": 1,
    }  # fmt: skip
    assert figures("low", *given)["of_problems"] == 0.5


def test_a_problem_found_in_two_alerts_is_one_problem() -> None:
    given = [alert(name, "high", 50, "problem", problems=("1",)) for name in "ab"]
    assert (figures("high", *given)["found"], figures("high", *given)["of_problems"]) == (1, 0.25)


def test_the_first_hundred_are_those_of_the_highest_number_and_of_equals_the_first_by_fingerprint() -> None:
    right = [alert(f"a{number:03}", "low", 50, "problem") for number in range(99)]
    wrong = [alert("b", "critical", 49, "explained"), alert("c", "high", 49, "problem")]
    told = figures("first", *wrong, *right)
    assert (told["alerts"], told["precision"], told["look_alikes"]) == (100, 0.99, 1)


def test_the_score_of_a_run_tells_the_order_too() -> None:
    cases = [case("1"), case("2", subject="P2"), case("3", "explained", subject="P3")]
    findings = [finding("a"), finding("b", "P2", level="low", priority=5.0), finding("c", "P3", level="low", priority=3.0)]
    told = score(cases, findings).figures["priorities"]
    assert isinstance(told, dict)
    assert told["high_and_above"] == {
        "alerts": 1, "share": 0.3333, "precision": 1.0, "found": 1, "of_problems": 0.5, "look_alikes": 0,
    }  # fmt: skip


def test_nothing_has_no_order() -> None:
    assert figures("first", problems=0)["precision"] is None
