"""Which findings of a screening a caller sees: they are no alerts yet, and the same holds for them as for alerts (service.access.sight).

An area sees what is accounted for there. A unit's own people, and its programs, see nothing about the unit itself or that names it, and
nothing that rests on a complaint. Nobody sees what is about them. To whom findings would go is not known yet: who is bound to an office
or a stream may not screen.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from service.access.caller import Bounds, Caller
from service.access.sight import BELOW, COMPLAINTS
from service.screening_told import Finding, Told, Whole
from service.store.questions import stem

ASKS = "screenings.ask"


def unbounded(caller: Caller) -> bool:
    """Whether some role of the caller lets it screen: one that is bound to no office and to no stream."""
    return any(one.bounds.office_id is None and one.bounds.stream is None for one in caller.within(ASKS))


def shown(told: Whole, caller: Caller, topics: Mapping[str, str]) -> Told:
    """The answer without what the caller may not see; that something is left out is not told. `topics`: rule -> topic.

    Of what stands as cleared they learn how much they would have seen, and nothing else: not what, nor about whom.
    """
    bounds = [one.bounds for one in caller.within(ASKS) if one.bounds.office_id is None and one.bounds.stream is None]

    def visible(findings: Iterable[Finding]) -> list[Finding]:
        mine = (one for one in findings if any(_seen(one, held, topics) for held in bounds))
        return [one for one in mine if not _about(one, caller.person_id)]

    kept = visible(told.findings)
    ids = {one.signal for one in kept}
    results = [
        one.model_copy(
            update={"rests": [name for name in one.rests if name in ids], "beside": [name for name in one.beside if name in ids]}
        )
        for one in told.results
    ]
    everywhere = any(held.everywhere for held in bounds)
    narrowed: dict[str, Any] = {
        "findings": kept,
        "cleared": len(visible(told.covered)),
        "results": [one for one in results if one.rests or one.beside or one.blind or one.errors],
        "beside": [name for name in told.beside if name in ids],
        "blind": told.blind if everywhere else [],
        "rules": {name: one for name, one in told.rules.items() if name in {finding.rule for finding in kept}},
    }
    return Told.model_construct(**{name: narrowed.get(name, getattr(told, name)) for name in Told.model_fields})


def _seen(finding: Finding, bounds: Bounds, topics: Mapping[str, str]) -> bool:
    if bounds.area_id is not None and not (finding.area_id or "").startswith(stem(bounds.area_id)):
        return False
    if bounds.unit_id is None:
        return True
    named = {(finding.subject_kind, finding.subject_id), ("unit", finding.unit_id), *map(tuple, finding.parties)}
    complained = topics.get(finding.rule) == "hotline" or bool(set(finding.evidence) & {*COMPLAINTS, BELOW})
    return ("unit", bounds.unit_id) not in named and not complained


def _about(finding: Finding, person: str | None) -> bool:
    parties = {key for kind, key in finding.parties if kind == "person"}
    return person is not None and (
        person in finding.officials or person in parties or (finding.subject_kind, finding.subject_id) == ("person", person)
    )
