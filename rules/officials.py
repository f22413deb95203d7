"""Officials (公职人员) whom signals implicate: their post on the day, for management authority and coverage."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ibis.backends.duckdb import Backend


@dataclass(frozen=True)
class Post:
    """One post of an official; `party_member` is yes, no or unknown."""

    unit_id: str | None
    party_member: str
    village_cadre: bool = False
    rank: str | None = None
    managed_at: str | None = None


NO_POST = Post(None, "unknown")
"""Of somebody who is on no list of public employees."""


def posts_of(officials: Iterable[str], tables: Backend, as_of: date) -> dict[str, list[Post]]:
    """Person -> posts held on the day, newest first; of somebody who holds none any more, the last one held."""
    found: dict[str, list[Post]] = defaultdict(list)
    for person, *post in tables.con.execute(_POSTS, {"officials": sorted(set(officials)), "as_of": as_of}).fetchall():
        found[person].append(Post(*post))
    return dict(found)


def post_at(posts: Iterable[Post], unit_id: str | None) -> Post:
    """The post that counts for an alert: the one at the accountable unit, else the newest."""
    held = list(posts)
    return next((post for post in held if post.unit_id == unit_id), held[0] if held else NO_POST)


# Party membership belongs to the person: known from any post, it is known
_POSTS = """
WITH post AS (
    SELECT *, starts_on <= $as_of AND (ends_on IS NULL OR ends_on >= $as_of) AS present,
           bool_or(party_member) OVER (PARTITION BY person_id) AS party
    FROM public_employee WHERE person_id IN (SELECT unnest($officials))
)
SELECT person_id, unit_id, CASE party WHEN true THEN 'yes' WHEN false THEN 'no' ELSE 'unknown' END,
       village_cadre, rank, managed_at
FROM post
QUALIFY present OR (NOT bool_or(present) OVER (PARTITION BY person_id)
                    AND row_number() OVER (PARTITION BY person_id ORDER BY starts_on DESC, unit_id, post) = 1)
ORDER BY person_id, starts_on DESC, unit_id, post
"""
