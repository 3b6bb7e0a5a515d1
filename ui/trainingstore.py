"""Where trainings are kept from one session of QGIS to the next."""
from pathlib import Path

from qgis.PyQt.QtCore import QLockFile

from .environmentplan import environments_folder
from .trainingrun import OPEN, PAUSED, read_run

MOST_KEPT = 200


class TrainingStore:
    """A folder with one file for each training; those of another open QGIS stay with it.

    Parameters
    ----------
    folder : path-like, optional
    """

    def __init__(self, folder=None):
        self.folder = Path(folder or environments_folder() / "trainings")
        self.locks = {}

    def load(self):
        """Trainings of earlier sessions, oldest first; those that were at work have been interrupted."""
        runs = []
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)[-MOST_KEPT:]:
            run = read_run(path)
            if run is None or not self._hold(run):
                continue
            if run.state in OPEN:
                run.state = PAUSED
            runs.append(run)
        return sorted(runs, key=lambda run: run.made)

    def save(self, run):
        """Keep a training as it is now; a disk that refuses costs the record, not the run."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._hold(run)
            partial = self.folder / f"{run.id}.partial"
            partial.write_text(run.to_json(), encoding="utf-8")
            partial.replace(self.folder / f"{run.id}.json")
        except OSError as error:
            run.add_line(str(error))

    def remove(self, run):
        """Forget a training."""
        (self.folder / f"{run.id}.json").unlink(missing_ok=True)
        lock = self.locks.pop(run.id, None)
        if lock is not None:
            lock.unlock()

    def release(self):
        """Let other sessions have the trainings."""
        for lock in self.locks.values():
            lock.unlock()
        self.locks = {}

    def _hold(self, run):
        """Claim a training for this session; False when another one has it."""
        if run.id not in self.locks:
            lock = QLockFile(str(self.folder / f"{run.id}.lock"))
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                return False
            self.locks[run.id] = lock
        return True
