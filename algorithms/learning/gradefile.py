"""Files of grade models: what predicts, and a card that says from what and how well."""
from ..errors import InputError
from ..fusion.recipe import Recipe
from ..modelfile import load_model, make_card, save_model
from .bnn import BayesianNetwork
from .domain import Domain
from .sequencenetwork import SequenceNetwork

KIND = "bnn"
TITLES = {"bnn": "Bayesian neural network of grades", "lstm": "Long short-term memory of grades down the hole"}
NETWORKS = {"bnn": BayesianNetwork, "lstm": SequenceNetwork}


def save_grade_model(path, model, domain, samples, about, recipe=None, kind=KIND):
    """Write a network with its domain.

    Parameters
    ----------
    path : path-like
    model : BayesianNetwork or SequenceNetwork
    domain : Domain
    samples : GradeSamples
    about : dict
        What else goes onto the card; ``units`` by field name are used here.
    recipe : Recipe, optional
        Kept inside, with its names.
    kind : str
        A key of `NETWORKS`.
    """
    tensors, content = model.to_tensors()
    arrays, info = domain.state()
    tensors.update({f"domain.{name}": value for name, value in arrays.items()})
    units = about.pop("units", {})
    if recipe is not None:
        kept, described = recipe.to_tensors()
        tensors.update({f"recipe.{name}": value for name, value in kept.items()})
        about["recipe"] = described
    card = make_card(
        kind, TITLES[kind], model=content, domain=info, samples=len(samples),
        features=[{"name": name, "unit": units.get(name, "")} for name in samples.feature_names],
        targets=[{"name": name, "unit": units.get(name, "")} for name in samples.target_names], **about)
    return save_model(path, tensors, card)


class GradeModel:
    """A model file, read.

    Attributes
    ----------
    network : BayesianNetwork or SequenceNetwork
    domain : Domain
    card : dict
    """

    def __init__(self, network, domain, card):
        self.network, self.domain, self.card = network, domain, card

    @classmethod
    def load(cls, path, kind=KIND):
        """Read a model file.

        Raises
        ------
        InputError
            It is none, or its parts do not go together.
        """
        tensors, card = load_model(path, kind)
        try:
            network = NETWORKS[kind].from_tensors(tensors, card["model"])
            domain = Domain.restore({"centres": tensors["domain.centres"]}, card["domain"])
            widest = int(network.preparation.kept.max(initial=-1)) + 1
            whole = (len(card["targets"]) == len(network.scales) and len(card["features"]) >= widest
                     and network.stack.settings["inputs"] == network.width
                     and (network.field is None or network.field.is_whole(card["dimensions"], len(network.scales))))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError) as error:
            raise InputError(_damaged(path)) from error
        if not whole:
            raise InputError(_damaged(path))
        return cls(network, domain, card)

    @property
    def features(self):
        """Names of the features, in order."""
        return [entry["name"] for entry in self.card["features"]]

    @property
    def targets(self):
        """Names of the targets, in order."""
        return [entry["name"] for entry in self.card["targets"]]


def _damaged(path):
    return f"The parts of the model file '{path}' do not go together; it was changed, so take another copy of it."


def read_recipe(path, features):
    """The recipe that made the features.

    Raises
    ------
    InputError
        The file is no recipe, or one of other features.
    """
    recipe = Recipe.load(path)
    made = {entry["name"] for entry in recipe.names}
    lacking = [name for name in features if name not in made]
    if lacking:
        raise InputError(
            f"The recipe '{path}' does not make these features: {', '.join(lacking)}; choose the recipe that made the "
            "features of these samples, or leave it empty.")
    return recipe
