"""Cardinal's definitions once more, release by release in plain Python: slow, and written without a look at the SELECTs.

Numbers as IEEE doubles, fences rounded once. For files of text ids, as many lines as one likes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import inf, isnan, nan
from typing import Any

Found = dict[str, dict[str, dict[str, float]]]
PRICED = ("R024", "R025", "R028", "R036", "R058")


class Oracle:
    """What the chosen codes say, under settings as `Oracle.defaults` names them."""

    defaults: Mapping[str, Any] = {
        "currency": None, "no": (), "yes": (), "excluded": (), "R024": None, "R025": None, "R025.percentile": 75, "R035": 1,
        "R038": None, "R038.bids": 2, "R038.processes": 2, "R048": None, "R048.digits": 2, "R048.processes": 20, "R058": None,
    }  # fmt: skip

    def __init__(self, codes: Iterable[str], **settings: Any) -> None:
        self.codes, self.set = set(codes), {**self.defaults, **settings}
        self.currency = self.set["currency"]
        self.found: Found = defaultdict(lambda: defaultdict(dict))
        self.differences: dict[str, tuple[float, str, str]] = {}
        self.wins: dict[str, list[int]] = defaultdict(list)
        self.out: dict[str, dict[str, list[int]]] = {
            "Buyer": defaultdict(list),
            "ProcuringEntity": defaultdict(list),
            "Tenderer": defaultdict(list),
        }
        self.classes: dict[str, tuple[set[int], set[str]]] = defaultdict(lambda: (set(), set()))

    def judge(self, lines: Iterable[dict[str, Any]]) -> Found:
        for number, one in enumerate(lines):
            tender = one.get("tender", {})
            details = tender.get("procurementMethodDetails")
            if tender.get("status") != "cancelled" and details not in self.set["excluded"]:
                compared = details in self.set["yes"] if self.set["yes"] else details not in self.set["no"]
                self._one(number, one, compared)
        self._ends()
        return {group: {name: dict(values) for name, values in names.items()} for group, names in self.found.items() if names}

    def _say(self, group: str, name: str, code: str, value: float) -> None:
        if code in self.codes:
            self.found[group][name][code] = value

    def _same(self, currency: str) -> bool:
        if self.currency is None:
            self.currency = currency
        return bool(currency == self.currency)

    def _one(self, number: int, one: dict[str, Any], compared: bool) -> None:
        bids, awards, ocid = one["bids"]["details"], one.get("awards"), one["ocid"]
        submitted = [bid for bid in bids if bid["status"] and bid["status"] not in ("invited", "withdrawn")]
        active = [award for award in awards or [] if award["status"] == "active"]
        final = awards is not None and all(award["status"] in (None, "active", "cancelled", "unsuccessful") for award in awards)
        sole = active[0]["suppliers"][0]["id"] if final and len(active) == 1 and len(active[0]["suppliers"]) == 1 else None
        valid = [(names(bid)[0], bid) for bid in bids if bid["status"] == "valid" and len(names(bid)) == 1]
        if sole is not None and compared:
            self._difference(ocid, sole, valid)
            for name in {name for name, _ in valid}:
                self.wins[name].append(name == sole)
        if compared:
            self._same_prices(ocid, submitted)
            if active and "R036" in self.codes:
                self._lowest(ocid, submitted)
        self._late(one, bids, active)
        if final:
            self._all_out(ocid, bids, active)
        for bid in submitted:
            for group, name in (("Buyer", one.get("buyer")), ("ProcuringEntity", one.get("tender", {}).get("procuringEntity"))):
                if name is not None:
                    self.out[group][name["id"]].append(bid["status"] == "disqualified")
            for name in names(bid):
                self.out["Tenderer"][name].append(bid["status"] == "disqualified")
        for award in active:
            for item in award["items"] if len(award["suppliers"]) == 1 else []:
                lines, classes = self.classes[award["suppliers"][0]["id"]]
                lines.add(number)
                classes.add(item["classification"]["id"][: self.set["R048.digits"]])

    def _difference(self, ocid: str, winner: str, valid: list[tuple[str, dict[str, Any]]]) -> None:
        if not self.codes & {"R024", "R058"}:
            return
        best: dict[bool, tuple[float, str]] = {}
        for name, bid in valid:
            if "value" in bid and self._same(bid["value"]["currency"]):
                amount, won = float(bid["value"]["amount"]), name == winner
                if won not in best or amount < best[won][0]:
                    best[won] = (amount, name)
        if len(best) == 2 and best[False][0] >= best[True][0]:
            (second, loser), (first, _) = best[False], best[True]
            gap = (second - first) / first if first else inf if second > first else nan
            self.differences[ocid] = (gap, winner, loser)

    def _same_prices(self, ocid: str, submitted: list[dict[str, Any]]) -> None:
        before: dict[tuple[float, str], set[str]] = {}
        for bid in submitted:
            tenderers = set(names(bid))
            if "value" in bid and tenderers:
                price = (float(bid["value"]["amount"]), bid["value"]["currency"])
                if before.get(price, tenderers) != tenderers:
                    self._say("OCID", ocid, "R028", 1.0)
                    for name in tenderers | before[price]:
                        self._say("Tenderer", name, "R028", 1.0)
                before[price] = tenderers

    def _late(self, one: dict[str, Any], bids: list[dict[str, Any]], active: list[dict[str, Any]]) -> None:
        end = one.get("tender", {}).get("tenderPeriod", {}).get("endDate")
        suppliers = {supplier["id"] for award in active for supplier in award["suppliers"]}
        for bid in bids:
            if end is not None and bid["status"] == "valid" and bid.get("date", "") > end:
                for name in suppliers & set(names(bid)):
                    self._say("OCID", one["ocid"], "R030", 1.0)
                    self._say("Tenderer", name, "R030", 1.0)

    def _all_out(self, ocid: str, bids: list[dict[str, Any]], active: list[dict[str, Any]]) -> None:
        suppliers = {supplier["id"] for award in active for supplier in award["suppliers"]}
        valid, out = (
            {name for bid in bids if bid["status"] == status for name in names(bid)} for status in ("valid", "disqualified")
        )
        if len(valid) == 1 and valid == suppliers and len(out - valid) >= max(1, self.set["R035"]):
            self._say("OCID", ocid, "R035", float(len(out - valid)))
            self._say("Tenderer", min(valid), "R035", 0.0)

    def _lowest(self, ocid: str, submitted: list[dict[str, Any]]) -> None:
        priced = [bid for bid in submitted if "value" in bid and self._same(bid["value"]["currency"])]
        if (
            any(bid["status"] == "valid" for bid in priced)
            and min(priced, key=lambda bid: bid["value"]["amount"])["status"] == "disqualified"
        ):
            self._say("OCID", ocid, "R036", 1.0)

    def _ends(self) -> None:
        gaps = [gap for gap, _, _ in self.differences.values()]
        for ocid in self._beyond("R024", {ocid: gap for ocid, (gap, _, _) in self.differences.items()}, gaps, low=True):
            self._say("OCID", ocid, "R024", self.differences[ocid][0])
            for name in self.differences[ocid][1:]:
                self._say("Tenderer", name, "R024", 0.0)
        for ocid in self._beyond("R058", {ocid: gap for ocid, (gap, _, _) in self.differences.items()}, gaps, low=False):
            self._say("OCID", ocid, "R058", self.differences[ocid][0])
            self._say("Tenderer", self.differences[ocid][1], "R058", 0.0)
        shares = {name: sum(wins) / len(wins) for name, wins in self.wins.items()}
        many = quantile([len(wins) for wins in self.wins.values()], self.set["R025.percentile"] / 100)
        for name in self._beyond("R025", shares, list(shares.values()), low=True):
            if len(self.wins[name]) >= many:
                self._say("Tenderer", name, "R025", shares[name])
        for group, kept in self.out.items():
            least = self.set["R038.bids" if group == "Tenderer" else "R038.processes"]
            shares = {name: sum(out) / len(out) for name, out in kept.items() if len(out) >= least}
            for name in self._beyond("R038", shares, list(shares.values()), low=False):
                self._say(group, name, "R038", shares[name])
        variety = {
            name: float(len(classes))
            for name, (lines, classes) in self.classes.items()
            if len(lines) >= self.set["R048.processes"]
        }
        for name in self._beyond("R048", variety, list(variety.values()), low=False):
            self._say("Tenderer", name, "R048", variety[name])

    def _beyond(self, code: str, values: Mapping[str, float], population: list[float], *, low: bool) -> Iterator[str]:
        threshold, q1, q3 = self.set[code], quantile(population, 0.25), quantile(population, 0.75)
        fence = once(q3 - q1, -1.5 if low else 1.5, q1 if low else q3) if threshold is None else threshold
        if code != "R048" and (not fence > 0 or (low and threshold is None and not q1 > 0)):
            return
        yield from (name for name, value in values.items() if (value <= fence if low else value >= fence))


def names(bid: dict[str, Any]) -> list[str]:
    return [one["id"] for one in bid["tenderers"]]


def quantile(values: list[Any], share: float) -> float:
    if not values or any(isnan(value) for value in values):
        return nan
    ordered = sorted(float(value) for value in values)
    position = (len(ordered) + 1 / 3) * share + 1 / 3
    whole = int(position)
    if whole <= 0 or share == 0:
        return ordered[0]
    if whole >= len(ordered) or share == 1:
        return ordered[-1]
    return ordered[whole - 1] + (position - whole) * (ordered[whole] - ordered[whole - 1])


def once(x: float, y: float, z: float) -> float:
    if inf in map(abs, (x, z)) or isnan(x + z):
        return x * y + z
    return float(Fraction(x) * Fraction(y) + Fraction(z))
