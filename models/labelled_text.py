"""Files of texts, labelled or not (文本文件): every column kept as it is written; `text` is needed, `label` to learn from."""

from pathlib import Path

import pandas as pd

ENCODINGS = ("utf-8-sig", "gb18030")


def read_texts(path: Path, labelled: bool) -> pd.DataFrame:
    """The rows of a CSV file, all columns as text, empty cells as "". Raises ValueError: file, column, what would be right."""
    rows = _read(path)
    needed = ("label", "text") if labelled else ("text",)
    if missing := [name for name in needed if name not in rows]:
        there = ", ".join(map(str, rows.columns))
        raise ValueError(f"{path}: there is no column {', '.join(missing)}; it has {there}; rename yours to {', '.join(needed)}")
    if labelled:
        _check_labels(path, rows)
    return rows


def _read(path: Path) -> pd.DataFrame:
    for encoding in ENCODINGS:
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise ValueError(f"{path}: it is not a CSV file with a header row ({str(error).strip()})") from error
    raise ValueError(f"{path}: it is neither UTF-8 nor GB18030; save it as CSV UTF-8")


def _check_labels(path: Path, rows: pd.DataFrame) -> None:
    wrong = [f"{path}:{at + 2}: label is empty" for at in rows.index[rows["label"].str.strip() == ""][:5]]
    if rows["label"].nunique() < 2:
        wrong.append(f"{path}: label has {rows['label'].nunique()} value; two or more are needed to tell apart")
    if wrong:
        raise ValueError("; ".join(wrong))
