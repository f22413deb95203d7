"""The order in which rules run (层次): a cross rule runs after the rules whose signals it reads."""

from graphlib import TopologicalSorter

from rules.book import Book
from rules.indicator import Indicator
from rules.order import reads_from


def strata(book: Book) -> list[list[Indicator]]:
    """Rules that run on records, in layers: each layer reads only signals of the layers before it. Ids are sorted in a layer."""
    rules = {rule.id: rule for rule in book.running()}
    sorter = TopologicalSorter({name: reads_from(rule, rules) for name, rule in rules.items()})
    sorter.prepare()
    layers = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        layers.append([rules[name] for name in ready])
        sorter.done(*ready)
    return layers
