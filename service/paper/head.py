"""The head of a paper (版头): who issues it, under which mark and number, to whom, with copies to whom. head.yml in the office's folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from datasets import strict_yaml

FOLDER, FILE = "paper", "head.yml"
SHIPPED = Path(__file__).with_name(FILE)
Text = Annotated[str, Field(max_length=200)]


class Custom(BaseModel):
    """What an office always writes; every field of it may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    organ: Text = ""
    """The organ that issues (发文机关); empty: the one its supervision offices belong to."""
    mark: Text = ""
    """What stands in red (发文机关标志); empty: the organ."""
    issuer: Text = ""
    """Who has it printed and sent (印发机关); empty: the organ."""
    number: Text = ""
    """As 通纪监函〔{year}〕×号; `{year}` is put in."""
    to: Text = ""
    copies: list[Text] = []
    red_head: bool = True


@dataclass(frozen=True)
class Head:
    """The head of one paper."""

    organ: str
    dated: date
    mark: str = ""
    number: str = ""
    to: str = ""
    copies: tuple[str, ...] = ()
    red_head: bool = True
    secrecy: str = ""
    """秘密★1年, or 内部资料 注意保存: stands at the top left."""
    issuer: str = ""
    """印发机关 at the foot; empty: the organ."""
    urgency: str = ""
    """特急 or 加急."""

    def with_(self, **changed: object) -> "Head":
        """The same with what somebody wrote; what they left empty stays."""
        return replace(self, **{name: one for name, one in changed.items() if one not in (None, "", ())})  # type: ignore[arg-type]


def read_custom(folders: Sequence[Path]) -> Custom:
    """The head that the office always writes: the last folder's that has one, else the shipped. Raises Mistakes."""
    own = [path for folder in folders if (path := folder / FOLDER / FILE).is_file()]
    path = own[-1] if own else SHIPPED
    found, _ = strict_yaml.read(path, Custom)
    return found


def head(custom: Custom, organ: str, dated: date) -> Head:
    """The head of a paper of that day; `organ` where the office's file names none."""
    own = custom.organ or organ
    return Head(
        own, dated, custom.mark or own, custom.number.replace("{year}", str(dated.year)), custom.to, tuple(custom.copies), custom.red_head,
        issuer=custom.issuer,
    )  # fmt: skip
