"""The organisations of one OCDS release: who is meant by a reference, and the unit and enterprise rows they make."""

from datasets.ocds_found import Found, Part, Row, section
from datasets.ocds_values import phone, text

BUYER_ROLES = {"buyer", "procuringEntity"}
SELLER_ROLES = {"tenderer", "supplier"}
Members = dict[str, tuple[int, Part]]
"""Organisation id -> its position in the list and the reference itself."""


def organisation_id(organisation: Part) -> str | None:
    """The id of an organisation, or `scheme-id` of its registration where it has none."""
    if stated := text(organisation.get("id")):
        return stated
    identifier = section(organisation, "identifier")
    scheme, number = text(identifier.get("scheme")), text(identifier.get("id"))
    return f"{scheme}-{number}" if scheme and number else number


class Parties:
    """The `parties` of a release and the organisations that its sections name."""

    def __init__(self, found: Found, release: Part) -> None:
        self.found = found
        self.by_id: dict[str, Part] = {}
        self.units: dict[str, Part] = {}
        self.sellers: dict[str, Part] = {}
        self._by_number: dict[tuple[str, str], set[str]] = {}
        for _, party in found.parts("enterprise", "enterprise_id", release, "parties"):
            if party_id := organisation_id(party):
                self._know(party_id, party)
            else:
                found.refuse("enterprise", party, "enterprise_id", "missing")

    def _know(self, party_id: str, party: Part) -> None:
        self.by_id.setdefault(party_id, party)
        roles = _roles(party)
        if roles & BUYER_ROLES:
            self.units.setdefault(party_id, party)
        if roles & SELLER_ROLES:
            self.sellers.setdefault(party_id, party)
        if number := text(section(party, "identifier").get("id")):
            for role in roles:
                self._by_number.setdefault((role, number), set()).add(party_id)

    def meant(self, organisation: Part, role: str) -> str | None:
        """The id of the party that a reference means.

        A reference by the bare registration number (Dominican Republic: `140` for `DO-UC-140`) is followed
        when exactly one party of that role carries the number.
        """
        stated = organisation_id(organisation)
        if stated is None or stated in self.by_id:
            return stated
        carriers = self._by_number.get((role, stated), set())
        return next(iter(carriers)) if len(carriers) == 1 else stated

    def unit_meant(self, organisation: Part, role: str) -> str | None:
        """As `meant`, for a buyer or procuring entity, which becomes a unit."""
        unit_id = self.meant(organisation, role)
        if unit_id:
            self.units.setdefault(unit_id, organisation)
        return unit_id

    def members(self, table: str, holder: Part, name: str, role: str) -> Members:
        """The distinct organisations of a list, which become enterprises; Ukraine names one firm twice in a bid."""
        members: Members = {}
        for position, one in self.found.parts(table, "enterprise_id", holder, name):
            if member := self.meant(one, role):
                members.setdefault(member, (position, one))
                self.sellers.setdefault(member, one)
            else:
                self.found.refuse(table, one, "enterprise_id", "missing")
        return members

    def phone(self, party_id: str | None) -> str | None:
        return phone(section(self.by_id.get(party_id or "", {}), "contactPoint").get("telephone"))

    def put_rows(self) -> None:
        """The unit and enterprise rows; an id stands for the name where none was published."""
        for unit_id, named in self.units.items():
            party = self.by_id.get(unit_id, named)
            self.found.add("unit", {"unit_id": unit_id, "name": _name(party) or _name(named) or unit_id, "kind": "foreign"})
        for seller_id, named in self.sellers.items():
            self.found.add("enterprise", self._enterprise(seller_id, named))

    def _enterprise(self, seller_id: str, named: Part) -> Row:
        party = self.by_id.get(seller_id, named)
        return {
            "enterprise_id": seller_id,
            "name": _name(party) or _name(named) or seller_id,
            "kind": "foreign",
            "address": _address(section(party, "address")),
            "phone": phone(section(party, "contactPoint").get("telephone")),
        }


def _roles(party: Part) -> set[str]:
    roles = party.get("roles")
    return {role for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()


def _name(organisation: Part) -> str | None:
    return text(organisation.get("name")) or text(section(organisation, "identifier").get("legalName"))


def _address(address: Part) -> str | None:
    parts = [text(address.get(name)) for name in ("streetAddress", "locality", "region")]
    return ", ".join(part for part in parts if part) or None
