"""Model files in chosen folders: what they are, which algorithm applies them, and to which layers."""
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessing, QgsProcessingException, QgsProject

from ..processing_provider.data.modelfiles import card_of
from ..processing_provider.translation import tr

ENDING, NOTE = ".safetensors", ".note.txt"
MOST_MODELS = 2000
LAYER_PARAMETERS = {"raster": "rasters", "source": "vectors", "vector": "vectors"}


@dataclass
class Model:
    """One model file.

    Parameters
    ----------
    path : pathlib.Path
    card : dict
        Empty when the file cannot be read.
    problem : str
        Why it cannot be read.
    """

    path: Path
    card: dict = field(default_factory=dict)
    problem: str = ""

    @property
    def kind(self):
        """What the model is, in the word of its card."""
        return str(self.card.get("kind", ""))

    @property
    def title(self):
        """What the model is, for people."""
        return str(self.card.get("title") or self.kind)

    def names(self, part):
        """Names of the targets or features on the card."""
        entries = self.card.get(part)
        found = entries if isinstance(entries, list) else []
        return [str(entry.get("name", "")) if isinstance(entry, dict) else str(entry) for entry in found]

    def made(self):
        """When the file was written."""
        return datetime.fromtimestamp(self.path.stat().st_mtime).isoformat(" ", "minutes")

    def extent(self):
        """West, south, east and north of the training; None when the card does not say."""
        found = self.card.get("extent")
        if not isinstance(found, list) or len(found) != 4 or not all(isinstance(v, (int, float)) for v in found):
            return None
        return found

    def note(self):
        """What somebody wrote about the model."""
        path = note_path(self.path)
        return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass(frozen=True)
class Match:
    """Whether a layer goes with a model.

    Parameters
    ----------
    parameter : str
        Of the algorithm, that takes the layer.
    layer : QgsMapLayer
    problem : str
        Why it does not; empty when it does.
    """

    parameter: str
    layer: object
    problem: str


def find_models(folders):
    """Model files below folders, the newest first.

    Returns
    -------
    list of Model
    """
    paths = {path.resolve() for folder in folders if Path(folder).is_dir()
             for path in Path(folder).glob(f"**/*{ENDING}") if not path.name.startswith(".")}
    newest = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)
    return [read_model(path) for path in newest[:MOST_MODELS]]


def read_model(path):
    """One model file with its card, or with the reason why it has none."""
    try:
        return Model(Path(path), card_of(str(path), ()))
    except QgsProcessingException as error:
        return Model(Path(path), problem=str(error))


def applying_algorithm(model):
    """The registered algorithm that applies a model; None when there is none."""
    provider = QgsApplication.processingRegistry().providerById("lodescope")
    for algorithm in provider.algorithms() if provider is not None else []:
        definition = algorithm.parameterDefinition("MODEL")
        if definition is not None and definition.type() == "file" and getattr(algorithm, "KIND", "") == model.kind:
            return algorithm.create()
    return None


def matches(model, algorithm, context):
    """What the algorithm itself says of each layer of the project that it could take.

    Returns
    -------
    list of Match
        Those that fit come first.
    """
    found = []
    outputs = {definition.name(): QgsProcessing.TEMPORARY_OUTPUT
               for definition in algorithm.destinationParameterDefinitions()}
    for definition in algorithm.parameterDefinitions():
        kind = LAYER_PARAMETERS.get(definition.type())
        for layer in layers_of(kind) if kind else []:
            values = {"MODEL": str(model.path), definition.name(): layer.id(), **outputs}
            fits, message = algorithm.checkParameterValues(values, context)
            found.append(Match(definition.name(), layer, "" if fits else message))
    return sorted(found, key=lambda match: bool(match.problem))


def layers_of(kind):
    """Layers of the project: ``"rasters"`` or ``"vectors"``."""
    layers = list(QgsProject.instance().mapLayers().values())
    return [layer for layer in layers if hasattr(layer, "bandCount" if kind == "rasters" else "fields")]


def note_path(path):
    """Where the note of a model file is."""
    return path.with_name(f"{path.name}{NOTE}")


def write_note(model, text):
    """Keep a note beside a model file; an empty one is taken away."""
    path = note_path(model.path)
    if text.strip():
        path.write_text(text.strip() + "\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def rename(model, name):
    """Give a model file, and its note, another name in the same folder.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OSError
        There is a file of this name, or the folder cannot be written.
    """
    name = name.strip()
    if not name or any(sign in name for sign in '/\\:*?"<>|'):
        raise OSError(0, tr("this is no name of a file"))
    target = model.path.with_name(name if name.endswith(ENDING) else f"{name}{ENDING}")
    if target.exists():
        raise OSError(0, tr("there is a file of this name"))
    note = note_path(model.path)
    model.path.rename(target)
    if note.exists():
        note.rename(note_path(target))
    return target


def export(model, target):
    """Copy a model file, with its note, elsewhere."""
    target = Path(target)
    target = target if target.suffix == ENDING else target.with_name(f"{target.name}{ENDING}")
    if target.resolve() == model.path.resolve():
        return target
    shutil.copyfile(model.path, target)
    if note_path(model.path).exists():
        shutil.copyfile(note_path(model.path), note_path(target))
    return target
