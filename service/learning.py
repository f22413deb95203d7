"""What `guantong models` does: train, judge and use learned models, whose artifacts stand in the home's folder `models`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models import verdict_priority
from models.learned import SEED, Made, data_hash, libraries, load, save
from models.register import REGISTER, Model
from service.desk import Desk
from service.errors import Refusal
from service.priority_trial import try_verdicts
from service.scoring import MAKERS
from service.steps import Watch

__all__ = ["REGISTER", "all_models", "evaluate", "predict", "train"]


@dataclass(frozen=True)
class Line:
    """One model in the list; state: counts (learns nothing), trained or untrained."""

    name: str
    title: Mapping[str, str]
    state: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True)
class Predicted:
    """How a prediction went."""

    rows: int
    abstained: int
    artifact: bool


def all_models(desk: Desk) -> list[Line]:
    """Every model: those that count, by their first table, then those that learn."""
    titles = {name: {"zh": one.title.zh, "en": one.title.en} for name, one in desk.contracts.items()}
    lines = [Line(maker.tables[0], titles[maker.tables[0]], "counts", maker.reads, maker.tables) for maker in MAKERS]
    for name, model in REGISTER.items():
        state = "trained" if (folder_of(desk) / f"{name}.skops").is_file() else "untrained"
        lines.append(Line(name, {"zh": model.zh, "en": model.en}, state, model.reads, model.writes))
    return lines


def folder_of(desk: Desk) -> Path:
    """Where artifacts stand."""
    return desk.settings.home / "models"


def train(desk: Desk, model: Model, files: Sequence[Path], judge: bool, watch: Watch) -> tuple[Path, Made]:
    """Learn from files and write the artifact; with `judge` its figures stand in it. Raises Refusal for files it cannot read."""
    with _told():
        rows = model.learner.read(files)
    figures = model.learner.evaluate(rows, watch) if judge else {}
    watch(model.name, 0, 0)
    with _told():
        fitted = model.learner.fit(rows)
    made = Made(model.name, data_hash(files), len(rows), model.features, SEED, libraries(), figures)
    path = save(folder_of(desk), fitted, made)
    with _told():
        load(folder_of(desk), model.name, model.features, model.trusted)  # what cannot be read back is no artifact
    return path, made


def evaluate(desk: Desk, model: Model, files: Sequence[Path], watch: Watch) -> dict[str, object]:
    """The model's own figures on labelled files; of the priority, on this home's run and its city's truth. Raises Refusal for files it cannot read."""
    if model.learner is verdict_priority.LEARNER:
        with _told():
            return try_verdicts(desk, files[0], watch)
    with _told():
        rows = model.learner.read(files)
    return model.learner.evaluate(rows, watch)


def predict(desk: Desk, model: Model, file: Path, out: Path, watch: Watch) -> Predicted:
    """Write a CSV file of the rows with what the model says; without an artifact it abstains. Raises Refusal."""
    with _told():
        rows = model.learner.read([file], labelled=False)
        found = load(folder_of(desk), model.name, model.features, model.trusted)
    watch(model.name, 0, len(rows))
    told = model.learner.predict(found[0] if found else None, rows)
    told.to_csv(out, index=False, encoding="utf-8-sig")
    abstained = int(told["abstained"].sum()) if "abstained" in told else 0
    return Predicted(len(told), abstained, found is not None)


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with a file or an artifact is the caller's to mend."""
    try:
        yield
    except ValueError as error:
        raise Refusal("models.refused", why=str(error)) from error
