"""What buttons ask for: open a table, begin a run, follow a link. The engine does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components import cache, state
from components.text import size
from outfold.errors import StudyError

if TYPE_CHECKING:
    from outfold.data.sample import Sample


def open_dataset(key: str, sample: Sample | None = None) -> None:
    """Open a stored table with a study that could be run at once."""
    from outfold.study.defaults import default_study

    dataset = cache.workspace().datasets.get(key)
    try:
        study = default_study(dataset, cache.frame(key), sample)
    except StudyError as error:
        state.open_table(key, None)
        state.current().message = state.Message("problem", error.message, error.hint)
        return
    state.open_table(key, study)


def reopen(key: str) -> None:
    """Go on with another reading of the table that is open; what was chosen for it stays."""
    from outfold.study.defaults import default_study, moved

    study = state.current().study
    if study is None:
        open_dataset(key)
        return
    dataset = cache.workspace().datasets.get(key)
    frame = cache.frame(key)
    try:
        if study.target in dataset.schema:
            there, lost = moved(study, dataset, frame)
        else:
            there, lost = default_study(dataset, frame), ("the target", "everything else chosen")
    except StudyError:  # nothing in this reading can be predicted, which the page then says
        open_dataset(key)
        return
    state.commit(there)
    without = f" Without a column to stand on, these went: {', '.join(lost)}." if lost else ""
    state.tell(f"The table was read again.{without} Undo brings the reading before back.")


def open_sample(name: str, page: str = "data") -> None:
    """Open a built-in sample and go to a page."""
    from outfold.data.samples import sample_named
    from outfold.data.source import open_data

    stored = open_data(f"sample:{name}", cache.workspace().datasets)
    open_dataset(stored.key, sample_named(name))
    state.go(page)


def first_comparison(name: str) -> None:
    """Open a sample, run its first comparison and go to the leaderboard."""
    open_sample(name, "compare")
    start_run()


def start_run() -> None:
    """Run the study as it stands."""
    from outfold.study.run import start

    study = state.current().study
    if study is None:
        raise StudyError("There is nothing to run yet.", "Load a table and choose a target.")
    state.show_run(start(cache.workspace(), study))


def cancel_run(run: str) -> None:
    """Ask a run to stop."""
    from outfold.study.run import cancel

    cancel(cache.workspace(), run)


def resume_run(run: str) -> None:
    """Go on with a run; what it computed is kept."""
    from outfold.study.run import resume

    resume(cache.workspace(), run)


def set_room(megabytes: int) -> None:
    """Set how much stored predictions may take, and keep within it."""
    from outfold.study.eviction import set_limit

    freed = set_limit(cache.workspace(), int(megabytes))
    if freed.bytes:
        state.tell(f"{size(freed.bytes)} let go.")


def let_go_unused(runs: list[str]) -> None:
    """Let go of predictions that only other runs use."""
    from outfold.study.eviction import let_go_unused

    freed = let_go_unused(cache.workspace(), runs)
    state.tell(f"{size(freed.bytes)} let go.")


def open_run(run: str, page: str = "compare") -> None:
    """Open a run made earlier with its study."""
    workspace = cache.workspace()
    study = workspace.study(workspace.records.run(run).study)
    workspace.datasets.get(study.dataset)
    state.open_table(study.dataset, study, run)
    state.go(page)
