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
    """Whether a layer, or several together, go with a model.

    Parameters
    ----------
    layers : dict
        Parameters of the algorithm to the layer that each takes, or to the list of layers.
    problem : str
        Why they do not; empty when they do.
    """

    layers: dict
    problem: str

    def values(self):
        """Values of the parameters."""
        return {name: [one.id() for one in layer] if isinstance(layer, list) else layer.id()
                for name, layer in self.layers.items()}

    def name(self):
        """Names of the layers."""
        every = [one for layer in self.layers.values() for one in (layer if isinstance(layer, list) else [layer])]
        return ", ".join(one.name() for one in every)


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
    outputs = {definition.name(): QgsProcessing.TEMPORARY_OUTPUT
               for definition in algorithm.destinationParameterDefinitions()}
    found = []
    for layers in _offers(model, algorithm):
        values = {"MODEL": str(model.path), **Match(layers, "").values(), **outputs}
        fits, message = algorithm.checkParameterValues(values, context)
        found.append(Match(layers, "" if fits else message))
    return sorted(found, key=lambda match: bool(match.problem))


def _offers(model, algorithm):
    """What an algorithm could take: each layer of the project, or the rasters that together have the bands."""
    lists = [definition.name() for definition in algorithm.parameterDefinitions() if definition.type() == "multilayer"]
    if lists:
        named = rasters_of(model)
        offer = {name: layers for name, layers in zip(lists, named) if layers}
        return [offer] if offer else [{lists[0]: [layer]} for layer in layers_of("rasters")]
    return [{definition.name(): layer} for definition in algorithm.parameterDefinitions()
            for layer in layers_of(LAYER_PARAMETERS.get(definition.type()))]


def rasters_of(model):
    """Rasters of the project with bands that a model names: those of numbers, and those of classes."""
    entries = [entry for entry in model.card.get("features") or [] if isinstance(entry, dict)]
    kinds = {str(entry.get("name", "")).lower(): entry.get("kind") == "class" for entry in entries}
    found = [], []
    for layer in layers_of("rasters"):
        known = [kinds[name] for name in band_names(layer) if name in kinds]
        if known:
            found[all(known)].append(layer)
    return found


def band_names(layer):
    """Names, in lower case, under which the bands of a raster can stand on the card of a model."""
    names = {layer.name()}
    for number in range(1, layer.bandCount() + 1):
        described = layer.bandName(number).partition(": ")[2]
        names |= {described.replace(":", "_"), f"{layer.name()}_{described}".replace(":", "_"),
                  f"{layer.name()}_{number}"}
    return {name.lower() for name in names}


def layers_of(kind):
    """Layers of the project: ``"rasters"`` or ``"vectors"``; none for None."""
    if kind is None:
        return []
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
