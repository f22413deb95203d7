"""Withdrawing (撤回) a batch: its rows leave the current view, what it replaced comes back, and the manifest says why."""

from datasets.batch import Batch, Step, write_manifest
from datasets.lake import Lake, LakeProblem


def withdraw(lake: Lake, batch_id: str, why: str, *, step: Step = lambda _: None) -> Batch:
    """Withdraw one batch; withdrawing it again changes nothing. Importing the same file afterwards brings it back.

    Returns the batch as it is now. Raises LakeProblem when there is no such batch.
    """
    with lake.lock("import"):
        batch = lake.batch(batch_id)
        if batch is None:
            raise LakeProblem(f"there is no batch {batch_id}")
        if batch.living:
            batch = batch.model_copy(update={"withdrawn": why or "-"})
            with lake.lock("commit"):
                step("withdrawing")
                write_manifest(lake.folder, batch)
    return batch
