"""What a form of the administrator asks for, as the API's own shapes; what they refuse is told in words."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from service.errors import Refusal
from service.words import say

M = TypeVar("M", bound=BaseModel)
FIELDS = frozenset(
    {"login", "name", "password", "person_id", "role", "office_id", "stream", "area_id", "unit_id", "starts_on", "ends_on", "days",
     "scopes", "url", "types", "overlap_hours", "event", "since"}
)  # fmt: skip


def made(shape: type[M], **values: Any) -> M:
    """The shape with these values. Raises Refusal that names the fields it does not take."""
    try:
        return shape(**values)
    except ValidationError as error:
        wrong = dict.fromkeys(str(one["loc"][0]) if one["loc"] else "" for one in error.errors())
        names = [say(f"admin.field.{name}") for name in wrong if name in FIELDS]
        raise Refusal("admin.misfilled", fields=say("mark.list").join(names)) from error
