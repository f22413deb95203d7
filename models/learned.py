"""Learned models (学习模型): what each of them can do, and the artifact one leaves behind.

An artifact is two files in a folder: `<name>.skops` (the fitted scikit-learn object; skops, never pickle) and `<name>.json`
(what it was made of: hash of the data, names of the features, versions of the libraries, seed, figures). Both are the same,
byte for byte, whenever the data are the same. It is loaded only where all of that still holds.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import pandas as pd
from sklearn.base import BaseEstimator
from skops import io as skops

from models.same_bytes import same_bytes

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many parts are done, and how many there are."""
LIBRARIES = ("numpy", "scikit-learn", "scipy", "skops")
"""Whose versions an artifact depends on: other versions may compute otherwise."""
SEED = 42


class Learner(Protocol):
    """What every learned model can do; a frozen dataclass or an object of its own module, without state."""

    @property
    def name(self) -> str:
        """Lower case with underscores; also the name of its files."""

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """The rows of these files; with `labelled` also what is to be learned. Raises ValueError: file, column, what would be right."""

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """A fitted scikit-learn object that skops can save: the same rows, the same object."""

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Figures that JSON can hold, by the model's own protocol; rows are labelled."""

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with the model's own columns, `because` among them; without a fitted object it abstains and says so there."""


class Refused(ValueError):
    """An artifact that must not be used here; says everything that is wrong with it and what to do."""


@dataclass(frozen=True)
class Made:
    """What an artifact was made of: the JSON file beside it."""

    name: str
    data: str
    """SHA-256 of what it learned from."""
    rows: int
    features: tuple[str, ...]
    """Columns it takes."""
    seed: int
    libraries: Mapping[str, str]
    figures: Mapping[str, object] = field(default_factory=dict)
    artifact: str = ""
    """SHA-256 of the .skops file."""


def data_hash(paths: Sequence[Path]) -> str:
    """SHA-256 of the contents of files, whatever their names and order. Raises OSError."""
    each = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256("\n".join(each).encode()).hexdigest()


def libraries() -> dict[str, str]:
    """Versions of the libraries here."""
    return {name: version(name) for name in LIBRARIES}


def save(folder: Path, fitted: BaseEstimator, made: Made) -> Path:
    """Write the two files of an artifact; returns the path of the .skops file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = same_bytes(skops.dumps(fitted))
    path, beside = _files(folder, made.name)
    told = {**made.__dict__, "features": list(made.features), "artifact": hashlib.sha256(packed).hexdigest()}
    path.write_bytes(packed)
    beside.write_text(json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def load(folder: Path, name: str, features: Sequence[str], trusted: Sequence[str] = ()) -> tuple[BaseEstimator, Made] | None:
    """The artifact of a model with what it was made of; None when there is none.

    `features`: columns the model takes now; `trusted`: types beside scikit-learn's own that skops may restore. Raises Refused.
    """
    path, beside = _files(folder, name)
    if not path.is_file():
        return None
    made = _read(beside)
    packed = path.read_bytes()
    wrong = _wrong(made, name, features, hashlib.sha256(packed).hexdigest())
    if not wrong:
        foreign = sorted(set(skops.get_untrusted_types(data=packed)) - set(trusted))
        wrong = [f"it holds types that are not trusted: {', '.join(foreign)}"] if foreign else []
    if wrong:
        raise Refused(f"{path}: {'; '.join(wrong)}; train {name} again")
    return skops.loads(packed, trusted=list(trusted)), made


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.skops", folder / f"{name}.json"


def _read(beside: Path) -> Made:
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        return Made(**{**told, "features": tuple(told["features"])})
    except FileNotFoundError:
        raise Refused(f"{beside} is missing: nobody can say what the artifact was made of; train it again") from None
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise Refused(f"{beside} is not the description of an artifact ({error}); train it again") from error


def _wrong(made: Made, name: str, features: Sequence[str], found: str) -> list[str]:
    wrong = []
    if made.name != name:
        wrong.append(f"it is of the model {made.name}, not {name}")
    if made.features != tuple(features):
        wrong.append(f"it takes {', '.join(made.features)}, the model here takes {', '.join(features)}")
    for library, here in libraries().items():
        if (there := made.libraries.get(library)) != here:
            wrong.append(f"it was made with {library} {there}, here is {here}")
    if made.artifact != found:
        wrong.append("the file is not the one that was written (another SHA-256)")
    return wrong
