"""Kinds of alert (疑点类别) in English: kinds.yml, an office's own laid over the shipped ones."""

from collections.abc import Sequence
from pathlib import Path

from datasets import strict_yaml
from datasets.strict_yaml import Mistake, Mistakes

SHIPPED, FILE = Path(__file__).parent, "kinds.yml"


def read_kinds(folders: Sequence[Path]) -> dict[str, str]:
    """Kind as the chains say it -> its English name, of every folder that has a kinds.yml. Raises strict_yaml.Mistakes."""
    kinds: dict[str, str] = {}
    mistakes = []
    for path in (folder / FILE for folder in (SHIPPED, *folders) if (folder / FILE).is_file()):
        said, places = strict_yaml.load(path)
        for kind, name in said.items():
            if isinstance(name, str):
                kinds[str(kind)] = name
            else:
                line, column = strict_yaml.place_of(places, (kind,))
                mistakes.append(Mistake(str(path), line, column, f"{kind}: its English name is a text, not {name!r}"))
    if mistakes:
        raise Mistakes(mistakes)
    return kinds
