"""The population of a rule: the rows its subject comes from, with what is unknown in each, as a SELECT of its own."""

from collections.abc import Mapping

from datasets.contract import Contracts
from rules.indicator import Indicator
from rules.needs import Need
from rules.select import Value


def population_select(rule: Indicator, needs: list[Need], params: Mapping[str, Value], contracts: Contracts) -> tuple[str, list[Need]] | None:
    """SELECT of subject_id and unknown_0, unknown_1, … (one for each need that can be derived), and those needs."""
    return None
