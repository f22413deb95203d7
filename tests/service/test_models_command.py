"""The commands of the models: what is trained is used, what is not abstains, and what does not fit is told with what to do."""

import json
from pathlib import Path

import pandas as pd
import pytest

from service.cli import answer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("HOME", tmp_path / "home"), ("KEY_FILE", tmp_path / "key"), ("LANG", "en")):
        monkeypatch.setenv(f"GUANTONG_{name}", str(value))
    return tmp_path / "home"


@pytest.fixture
def payments(tmp_path: Path) -> Path:
    path = tmp_path / "pay.csv"
    amounts = [100.0 + at % 7 for at in range(300)] + [9000.0]
    rows = {"payment_id": [f"S{at}" for at in range(301)], "programme_id": "G1", "amount": amounts, "quantity": 1, "note": "原样"}
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = answer([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_list_has_models_that_count_and_models_that_learn(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "models", "list", "--json")
    states = {one["name"]: one["state"] for one in json.loads(out)}
    assert code == 0
    assert states["score_payment"] == "counts" and states["payment_anomaly"] == "untrained" and states["priority"] == "untrained"


def test_without_an_artifact_every_row_is_abstained_from(
    home: Path, payments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "models", "predict", "payment_anomaly", payments, "--out", tmp_path / "o.csv")
    told = pd.read_csv(tmp_path / "o.csv")
    assert code == 0 and "is not trained" in err and "abstained from 301" in out
    assert told["abstained"].all() and set(told["note"]) == {"原样"} and len(told) == 301


def test_a_model_is_trained_to_the_same_files_and_then_used(
    home: Path, payments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, "models", "train", "payment_anomaly", payments, "--json")
    assert code == 0 and json.loads(out)["rows"] == 301
    first = [(home / "models" / f"payment_anomaly.{kind}").read_bytes() for kind in ("skops", "json")]
    said(capsys, "models", "train", "payment_anomaly", payments)
    assert first == [(home / "models" / f"payment_anomaly.{kind}").read_bytes() for kind in ("skops", "json")]
    said(capsys, "models", "predict", "payment_anomaly", payments, "--out", tmp_path / "o.csv")
    told = pd.read_csv(tmp_path / "o.csv")
    assert told.loc[told["isolation"].idxmax(), "payment_id"] == "S300" and not told["abstained"].any()


def test_an_artifact_of_other_libraries_is_refused_with_what_to_do(
    home: Path, payments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "models", "train", "payment_anomaly", payments)
    beside = home / "models" / "payment_anomaly.json"
    beside.write_text(beside.read_text(encoding="utf-8").replace('"skops": "', '"skops": "9'), encoding="utf-8")
    code, _, err = said(capsys, "models", "predict", "payment_anomaly", payments, "--out", tmp_path / "o.csv")
    assert code == 2 and "it was made with skops 9" in err and "train payment_anomaly again" in err


def test_figures_are_written_where_they_are_asked_for(
    home: Path, payments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, "models", "evaluate", "payment_anomaly", payments, "--json", "--out", tmp_path / "f.json")
    assert code == 0 and json.loads(out) == json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))


def test_mistakes_of_the_caller_end_with_two(
    home: Path, payments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "models", "train", "no_such", payments)
    assert code == 2 and "payment_anomaly" in err
    broken = tmp_path / "broken.csv"
    broken.write_text("a,b\n1,2\n", encoding="utf-8")
    code, _, err = said(capsys, "models", "train", "payment_anomaly", broken)
    assert code == 2 and "there is no column payment_id" in err


def test_a_card_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "models", "card", "priority")
    assert code == 0 and "Known failures" in out
