"""The answer to `guantong ocds indicators`: what a profile says of one OCDS file, and what could not be read or judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from rules.profile_run import Answers
from rules.profile_settings import BadSettings, Fault
from service.errors import Refusal
from service.words import say


class BadAsked(Refusal):
    """Every fault of `--set` and `--only` in one message, one to a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("ocds.bad")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(_said(fault) for fault in self.faults)


def _said(fault: Fault) -> str:
    wanted = say(f"ocds.kind_{fault.wanted}") if fault.wanted else ""
    wanted += say("ocds.at_most", most=fault.most) if fault.most is not None else ""
    text = say(f"ocds.{fault.what}", said=fault.said, wanted=wanted)
    return f"{text}; {fault.hint}" if fault.hint else text


def refuse(faults: list[Fault]) -> None:
    """Raises BadAsked when there are any."""
    if faults:
        raise BadAsked(BadSettings(faults).faults)


@dataclass(frozen=True)
class Broken:
    """A line of the file that was skipped: its number, the code of the reason, and the column where one is at fault."""

    line: int
    code: str
    column: str | None = None


@dataclass(frozen=True)
class Reach:
    """How far a code could be judged: how many there were, of how many nobody can tell, and the rules that answered."""

    kind: str
    population: int
    unknown: int
    rules: tuple[str, ...]
    without_records: tuple[str, ...] = ()
    """Tables that hold no record at all, which the rules need."""


@dataclass(frozen=True)
class Told:
    """The answer; `reach` is None where the profile's definition does not tell the clean from the unknown."""

    profile: str
    file: Path
    releases: int
    codes: tuple[str, ...]
    answers: Answers
    broken: tuple[Broken, ...]
    reach: dict[str, Reach] | None = None
    failed: dict[str, str] = field(default_factory=dict)
    """Rule -> why it could not be run."""

    def plain(self) -> dict[str, object]:
        """The form that peers print; a value that is no finite number is null there too. `unknown` is ours."""
        found: dict[str, object] = {
            group: {
                subject: {code: value if isfinite(value) else None for code, value in values.items()}
                for subject, values in subjects.items()
            }
            for group, subjects in self.answers.items()
        }
        if self.reach is not None:
            found["unknown"] = {code: reach.unknown for code, reach in self.reach.items()}
            found["reach"] = self.reach
        return found
