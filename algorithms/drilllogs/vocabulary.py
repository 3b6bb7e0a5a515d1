"""The words of drill logs: classes, their synonyms and abbreviations, and company codes.

The content stands in ``resources/logs/vocabulary.json``. Rocks form three
levels (group, subgroup, class) after the common usage of the IUGS, of the
British Geological Survey and of GeoSciML; `hierarchy_page` writes them down.
"""
import json
from dataclasses import dataclass
from functools import lru_cache

from ..versions import ROOT

PATH = ROOT / "resources" / "logs" / "vocabulary.json"
SINGLE = {"lithology": "lithologies", "weathering": "weathering", "grain_size": "grain_sizes", "colour": "colours"}
MULTIPLE = {"alteration": "alterations", "mineral": "minerals", "structure": "structures"}
UNKNOWN, SHOWN = "", 5
INTRODUCTION = """What `Parse drill logs` tells apart, from `resources/logs/vocabulary.json`.
A rock is a class of a subgroup of a group, so that a map can show what is certain: `lith_group_p` is the sum of the
probabilities of all classes of the group. Names follow the common usage of the IUGS (Le Maitre et al. 2002), of the
British Geological Survey rock classification scheme and of GeoSciML.

Intensities of alterations and minerals: 0 absent or not said, 1 trace or weak, 2 moderate, 3 strong, 4 intense. From
per cent: below 1 is 1, below 5 is 2, below 20 is 3, else 4. A process without intensity is 2, a mineral that is only
named is 1. A trace is 0.1 per cent, "<1 %" is 0.5, "2-3 %" is 2.5."""


@dataclass(frozen=True)
class Term:
    """One class and how it is written.

    Attributes
    ----------
    name : str
        Short, in snake_case; what results hold.
    terms : tuple of str
        Words and phrases in lower case, the most usual first.
    codes : tuple of str
        Codes of companies, read only where a log holds nothing but codes.
    group, subgroup : str
        Place in the hierarchy of rocks; for weathering and grain size
        ``group`` is the ordinal number.
    """

    name: str
    terms: tuple
    codes: tuple = ()
    group: str = ""
    subgroup: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """All classes of all attributes; each is a tuple of `Term`.

    Attributes
    ----------
    lithologies, alterations, minerals, weathering, grain_sizes, colours, structures : tuple of Term
    abbreviations : dict
        Abbreviated to full words.
    neutral : tuple of str
        Common words of logs that mean nothing here and are no mistakes either.
    """

    lithologies: tuple
    alterations: tuple
    minerals: tuple
    weathering: tuple
    grain_sizes: tuple
    colours: tuple
    structures: tuple
    abbreviations: dict
    neutral: tuple = ()

    def classes(self, attribute):
        """Class names of a single-choice attribute; the first, ``""``, is "not said".

        Parameters
        ----------
        attribute : {"lithology", "weathering", "grain_size", "colour"}
        """
        return (UNKNOWN,) + tuple(term.name for term in getattr(self, SINGLE[attribute]))

    def labels(self, attribute):
        """Label names of an attribute that may have several.

        Parameters
        ----------
        attribute : {"alteration", "mineral", "structure"}
        """
        return tuple(term.name for term in getattr(self, MULTIPLE[attribute]))

    def terms(self, attribute):
        """The `Term` objects of an attribute, in the order of its classes or labels."""
        return getattr(self, {**SINGLE, **MULTIPLE}[attribute])

    def groups(self, level="group"):
        """Group (or ``"subgroup"``) of each lithology class, ``""`` for the first; and the sorted names.

        Returns
        -------
        of_class : list of str
        names : list of str
            In the order in which they come.
        """
        of_class = [UNKNOWN] + [getattr(term, level) for term in self.lithologies]
        return of_class, list(dict.fromkeys(of_class))


@lru_cache(maxsize=1)
def load_vocabulary():
    """The vocabulary that Lodescope ships, read once.

    Returns
    -------
    Vocabulary
    """
    content = json.loads(PATH.read_text(encoding="utf-8"))
    abbreviations, neutral = content.pop("abbreviations"), tuple(content.pop("neutral"))
    attributes = {name: tuple(_term(entry) for entry in entries) for name, entries in content.items()}
    return Vocabulary(**attributes, abbreviations=abbreviations, neutral=neutral)


def _term(entry):
    """One entry of the file."""
    return Term(entry["name"], tuple(entry["terms"]), tuple(entry["codes"]), entry["group"], entry["subgroup"])


def hierarchy_page(vocabulary):
    """All classes and labels as a page in Markdown, for ``docs/drill_log_classes.md``.

    Parameters
    ----------
    vocabulary : Vocabulary

    Returns
    -------
    str
    """
    lines = ["# Classes of parsed drill logs", "", INTRODUCTION, "", "## Rocks", "",
             "| group | subgroup | class | also written |", "| --- | --- | --- | --- |"]
    lines += [f"| {term.group} | {term.subgroup} | `{term.name}` | {_written(term)} |"
              for term in vocabulary.lithologies]
    for title, attribute, scale in (("Weathering", "weathering", "weathering_n"),
                                    ("Grain size", "grain_size", "grain_n")):
        lines += ["", f"## {title}", "", f"| class | {scale} | also written |", "| --- | --- | --- |"]
        lines += [f"| `{term.name}` | {term.group} | {_written(term)} |" for term in vocabulary.terms(attribute)]
    for title, attribute in (("Alterations", "alteration"), ("Minerals", "mineral"), ("Colours", "colour"),
                             ("Structures", "structure")):
        lines += ["", f"## {title}", "", "| group | name | also written |", "| --- | --- | --- |"]
        lines += [f"| {term.group} | `{term.name}` | {_written(term)} |" for term in vocabulary.terms(attribute)]
    return "\n".join(lines) + "\n"


def _written(term):
    """Some ways in which a class is written."""
    others = [word for word in term.terms if word != term.name.replace("_", " ")]
    return ", ".join(others[:SHOWN])
