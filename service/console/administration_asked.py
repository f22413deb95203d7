"""What a form of the administrator asks for, as the API's own shapes; what they refuse is told in words."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from service.console.forms import Misfilled
from service.words import say

M = TypeVar("M", bound=BaseModel)
FIELDS = frozenset(
    {"login", "name", "password", "person_id", "role", "office_id", "stream", "area_id", "unit_id", "starts_on", "ends_on", "days",
     "scopes", "url", "types", "overlap_hours", "event", "since"}
)  # fmt: skip


def made(shape: type[M], **values: Any) -> M:
    """The shape with these values. Raises Misfilled that names every field it does not take."""
    try:
        return shape(**values)
    except ValidationError as error:
        wrong = dict.fromkeys(str(one["loc"][0]) if one["loc"] else "" for one in error.errors())
        raise Misfilled([say("admin.misfilled", field=say(f"admin.field.{name}")) for name in wrong if name in FIELDS]) from error
