"""What cases of contracts have in common: the contract of a tender, signing it on another day, performing it anew, its truth."""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import NONE, kept
from datasets.city.contract_papers import perform
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows


def contract_of(scene: Scene, tender: int) -> int:
    """The living contract of a tender; NONE when there is none."""
    book = scene.city.dossier.contracts
    found = book.by("tender").of(tender)
    found = kept(found, book["alive"][found] == 1)
    return int(found[0]) if len(found) else NONE


def report(
    scene: Scene, kind: str, contract: int, *more: tuple[str, tuple[int, ...]], near: bool = False, note: str = ""
) -> None:
    """Write the truth about a contract: it, its tender and the given rows prove it, the buyer is the accountable unit."""
    city, book = scene.city, scene.city.dossier.contracts
    tender = int(book["tender"][contract])
    unit = int(city.market.tenders["buyer"][tender])
    write = scene.problem if kind == PROBLEM else scene.explained if kind == EXPLAINED else scene.undecidable
    write(
        "contract", contract, unit, (rows("contract", [contract]), rows("tender", [tender]), *more),
        area=int(city.bodies.area[unit]), cents=int(book["amount"][contract]), near=near, note=note,
    )  # fmt: skip


def perform_again(scene: Scene, contract: int) -> None:
    """What happened under a contract, written anew from what it says now."""
    city = scene.city
    events = city.dossier.events
    events["alive"][events.by("contract").of(contract)] = 0
    perform(city.market, city.dossier, np.array([contract]), city.last, scene.rng)


def sign_on(scene: Scene, contract: int, signed: int) -> None:
    """Sign on a day; publish and record in time, begin and perform from there."""
    book, last = scene.city.dossier.contracts, scene.city.last
    book["signed"][contract], book["starts"][contract] = signed, signed + 5
    day = np.array([signed])
    book["published"][contract] = min(int(workdays.ahead(day, 1)[0]), last)
    book["recorded"][contract] = min(int(workdays.ahead(day, 4)[0]), last)
    perform_again(scene, contract)
