"""Importing (导入): files -> checked, sealed batches in the lake, and a report in which no row is lost."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from datasets.batch import Step
from datasets.files import FileRefused
from datasets.import_report import FileReport, ImportReport, Message, PartReport
from datasets.intake import Importer
from datasets.key import Key
from datasets.lake import Lake
from datasets.ocds import OcdsImport, import_ocds
from datasets.parts import Finder, Found
from datasets.seen import Seen
from datasets.source import Sources

Progress = Callable[[str, int, int], None]
"""Called before each file with its label, how many files are done, and how many there are."""


def import_paths(
    lake: Lake,
    sources: Sources,
    paths: Iterable[Path],
    key: Key,
    *,
    progress: Progress | None = None,
    at: datetime | None = None,
    step: Step = lambda _: None,
) -> ImportReport:
    """Import files and folders under the given sources; what is here already changes nothing.

    `at` is the time of import for the manifests and stubs. `step` is called at every point of the commit (tests die
    there). Everything is sealed with `key` before anything is written.
    Raises KeyProblem when the lake was sealed with another key. A file that cannot be read is reported, not raised.
    """
    with lake.lock("import"), Seen() as seen:
        key = lake.own(key)
        lake.sweep()
        found = Finder(sources, lake.contracts).find(paths)
        importer = Importer(lake, key, at, step, seen)
        report = ImportReport()
        for done, one in enumerate(found):
            if progress:
                progress(one.blob.label, done, len(found))
            file = FileReport(one.blob.label, messages=list(one.messages))
            if one.releases and one.blob.path:
                watch = _in_megabytes(progress, one.blob.label) if progress else None
                file.parts += _releases(import_ocds(lake, one.blob.path, key, watch, label=one.blob.label, at=at, step=step))
            _take(importer, one, file)
            report.files.append(file)
        report.expunged = importer.finish()
        if progress and found:
            progress("", len(found), len(found))
    return report


def _take(importer: Importer, one: Found, file: FileReport) -> None:
    """Import the parts of one file; what cannot be read after all is said, and the parts before it stay."""
    try:
        for part in one.open():
            importer.take(one.blob, part, file)
    except FileRefused as refused:
        file.messages.append(Message("refused", refused.zh, refused.en))
    one.open = list  # the sheets may go


def _in_megabytes(progress: Progress, label: str) -> Callable[[int, int], None]:
    """A file of gigabytes is a work of its own: its megabytes are told instead of the number of files."""
    return lambda read, total: progress(f"{label} (MB)", read >> 20, max(total >> 20, 1))


def _releases(done: OcdsImport) -> list[PartReport]:
    """An OCDS file's batches as the parts of its report."""
    return [
        PartReport(
            done.file, batch.sheet, batch.table, batch.source, batch.batch_id,
            "already_here" if done.already else "replaced" if batch.version > 1 else "imported",
            batch.lines, batch.rows, batch.accepted, batch.rejected, batch.diverted, batch.skipped, batch.codes,
        )
        for batch in done.batches
    ]  # fmt: skip
