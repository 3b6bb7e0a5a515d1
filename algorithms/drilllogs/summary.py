"""What was read from many texts, kept small: the most likely classes, and the labels that are there."""
import numpy as np

SINGLE = ("lithology", "weathering", "grain_size", "colour")
LEAST_PROBABILITY = 0.02
NOT_SAID = "unknown"


class Summary:
    """Collects `Parsed` chunk by chunk, so that a million texts need little memory.

    Parameters
    ----------
    vocabulary : Vocabulary
    lithologies : tuple of str, optional
        The classes of ``Parsed.lithology`` when they are not those of the vocabulary.
    group_of : callable, optional
        ``group_of(class name) -> (group, subgroup)`` for classes that the vocabulary does not have.

    Attributes
    ----------
    classes : dict
        Names by attribute; the first is "not said".
    groups, subgroups : list of str
        Of each lithology class.
    """

    def __init__(self, vocabulary, lithologies=None, group_of=None):
        self.vocabulary = vocabulary
        self.classes = {name: vocabulary.classes(name) for name in SINGLE}
        self.classes["lithology"] = tuple(lithologies or self.classes["lithology"])
        known = {term.name: (term.group, term.subgroup) for term in vocabulary.lithologies}
        places = [known.get(name) or (group_of(name) if group_of and name else ("", ""))
                  for name in self.classes["lithology"]]
        self.groups, self.subgroups = [place[0] for place in places], [place[1] for place in places]
        self._members = np.array([[group == other for other in self.groups] for group in self.groups], np.float32)
        self._parts, self._rows = {}, 0

    def __len__(self):
        return self._rows

    def add(self, parsed):
        """Add the content of the next texts."""
        for name in SINGLE:
            probabilities = getattr(parsed, name)
            best = probabilities.argmax(axis=1)
            self._keep(name, best.astype(np.int16))
            self._keep(f"{name} p", probabilities[np.arange(len(best)), best])
        rock = parsed.lithology.argmax(axis=1)
        self._keep("group p", np.einsum("ij,ij->i", parsed.lithology, self._members[rock]))
        for name in ("alteration", "mineral"):
            self._add_levels(name, getattr(parsed, name), parsed.mineral_percent if name == "mineral" else None)
        row, label = np.nonzero(parsed.structure >= LEAST_PROBABILITY)
        self._keep("structure", np.column_stack([row + self._rows, label]))
        self._keep("structure p", parsed.structure[row, label])
        self._rows += len(parsed)

    def _add_levels(self, name, probabilities, percent):
        """Labels that may be there: row, label, most likely intensity; probability of presence; per cent."""
        present = 1.0 - probabilities[:, :, 0]
        row, label = np.nonzero(present >= LEAST_PROBABILITY)
        level = probabilities[row, label].argmax(axis=1) if len(row) else np.zeros(0, int)
        self._keep(name, np.column_stack([row + self._rows, label, level]))
        self._keep(f"{name} p", present[row, label])
        if percent is not None:
            self._keep(f"{name} percent", np.where(level > 0, percent[row, label], np.nan))

    def _keep(self, name, array):
        self._parts.setdefault(name, []).append(array)

    def array(self, name):
        """One of the collected arrays, whole."""
        parts = self._parts.get(name, [])
        if len(parts) > 1:
            self._parts[name] = parts = [np.concatenate(parts)]
        return parts[0]

    def said(self, name):
        """Where an attribute is named, (n,) of bool."""
        return self.array(name) > 0

    def dense(self, name, label):
        """Intensity, probability of presence and, for minerals, per cent of one label for all texts.

        Returns
        -------
        level, probability : array of float32, shape (n,)
        percent : array of float32 or None
        """
        entries, chosen = self.array(name), self.array(name)[:, 1] == label
        rows = entries[chosen, 0]
        level, probability = np.zeros(len(self), np.float32), np.zeros(len(self), np.float32)
        level[rows], probability[rows] = entries[chosen, 2], self.array(f"{name} p")[chosen]
        if name != "mineral":
            return level, probability, None
        percent = np.full(len(self), np.nan, np.float32)
        percent[rows] = self.array("mineral percent")[chosen]
        return level, probability, percent

    def structures(self, label):
        """Probability of one structure for all texts, (n,)."""
        entries, probability = self.array("structure"), np.zeros(len(self), np.float32)
        chosen = entries[:, 1] == label
        probability[entries[chosen, 0]] = self.array("structure p")[chosen]
        return probability

    def counts(self, name, weights):
        """How many rows each label of an attribute is there in; ``weights`` (n,) are rows per text."""
        entries = self.array(name)
        there = self.array("structure p") >= 0.5 if name == "structure" else entries[:, 2] > 0
        labels = len(self.vocabulary.labels(name))
        return np.bincount(entries[there, 1], weights[entries[there, 0]], labels)

    def main(self, name, rank):
        """The label that stands out in each text.

        Parameters
        ----------
        name : {"alteration", "mineral"}
        rank : array of float, shape (labels,)
            Added to the intensity, so that ores go before the minerals of every rock.

        Returns
        -------
        label : array of int, shape (n,)
            -1 for none.
        level, probability, percent : array of float32, shape (n,)
        """
        entries, probability = self.array(name), self.array(f"{name} p")
        percent = self.array("mineral percent") if name == "mineral" else np.full(len(entries), np.nan)
        there = np.flatnonzero(entries[:, 2] > 0)
        score = rank[entries[there, 1]] + entries[there, 2] + np.nan_to_num(percent[there]) / 101.0
        order = there[np.lexsort((probability[there], score, entries[there, 0]))]
        rows = entries[order, 0]
        last = np.append(rows[1:] != rows[:-1], True) if len(rows) else np.zeros(0, bool)
        chosen, rows = order[last], rows[last]
        label = np.full(len(self), -1)
        level, found, share = (np.full(len(self), np.nan, np.float32) for _ in range(3))
        label[rows], level[rows] = entries[chosen, 1], entries[chosen, 2]
        found[rows], share[rows] = probability[chosen], percent[chosen]
        return label, level, found, share
