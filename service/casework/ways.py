"""The seven whats (七何) and the four ways of disposal (四种处置方式), as the office's file says them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from service.access.role import roles

FILE = "ways.yml"
SHIPPED = Path(__file__).parent
What = Literal["when", "where", "who", "what", "how", "why", "things"]
WHATS: tuple[str, ...] = ("when", "where", "who", "what", "how", "why", "things")
"""何时 何地 何人 何事 何情 何故 何物."""
WAYS = ("talk", "check", "hold", "conclude")


class Way(Declared):
    """One way of disposal."""

    title: Words
    approved_by: tuple[str, ...] = Field(min_length=1)
    """Roles."""
    limit: str | None
    """The period that begins to run when it is approved."""
    when: Words

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := sorted(set(self.approved_by) - set(roles())):
            raise ValueError(f"no such role: {', '.join(unknown)}")
        return self


class Ways(Declared):
    """ways.yml."""

    key: tuple[What, ...] = Field(min_length=1)
    source: Words
    ways: dict[Literal["talk", "check", "hold", "conclude"], Way]

    @model_validator(mode="after")
    def _four(self) -> Self:
        if missing := sorted(set(WAYS) - set(self.ways)):
            raise ValueError(f"ways are missing: {', '.join(missing)}")
        return self


@dataclass(frozen=True)
class Completeness:
    """How complete a lead sheet is, and the way of disposal that follows."""

    missing: list[str]
    missing_key: list[str]
    proposed: Literal["check", "talk"]


def completeness(ways: Ways, whats: Mapping[str, str]) -> Completeness:
    """All key elements there: a preliminary check is possible; else a talk or letter is proposed."""
    missing = [one for one in WHATS if not whats.get(one, "").strip()]
    key: set[str] = set(ways.key)
    missing_key = [one for one in missing if one in key]
    return Completeness(missing, missing_key, "talk" if missing_key else "check")


def read_ways(folders: Sequence[Path]) -> Ways:
    """The shipped file, or that of the last folder that holds one. Raises strict_yaml.Mistakes."""
    files = [path for folder in (SHIPPED, *folders) if (path := folder / FILE).is_file()]
    said, _ = strict_yaml.read(files[-1], Ways)
    return said
