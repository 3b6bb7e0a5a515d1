"""Logs that are codes only: ``GRBT``, ``Sif``, ``GRN SIL2 PY1``."""
import re

PIECE = re.compile(r"([A-Za-z$]+)([0-9]*)")
LEVELLED = re.compile(r"\s*(?:[A-Za-z$]{1,5}[\s,/_-]+)*[A-Za-z$]{1,5}[0-4](?:[\s,/_-]+[A-Za-z$]{1,5}[0-4]?)*\s*")
CODE, SEPARATORS = re.compile(r"[A-Za-z$]{1,8}[0-9]?"), re.compile(r"[\s,;/_+-]+")
MOST_PIECES = 5
EXACT, OTHER_CASE, COMPOSED = 0.75, 0.65, 0.5


class CodeBook:
    """The codes of a vocabulary, and those of a user.

    Parameters
    ----------
    vocabulary : Vocabulary
    table : dict, optional
        Codes of a company to what they stand for, in words.
    """

    def __init__(self, vocabulary, table=None):
        self.table = {code.strip(): words for code, words in (table or {}).items()}
        self._upper = {code.upper(): words for code, words in self.table.items()}
        self._exact = {name: _index(vocabulary.terms(name), first) for name, first in
                       (("lithology", 1), ("alteration", 0), ("mineral", 0))}
        self._any_case = {name: _fold(codes) for name, codes in self._exact.items()}

    def words(self, code):
        """What a user's code stands for; empty when it is not in the table."""
        return self.table.get(code.strip()) or self._upper.get(code.strip().upper(), "")

    def looks_like_code(self, text):
        """Whether a text is short enough, and without the spaces of prose, to be codes only."""
        pieces = [piece for piece in SEPARATORS.split(text.strip()) if piece]
        return 0 < len(pieces) <= MOST_PIECES and all(CODE.fullmatch(piece) for piece in pieces)

    @staticmethod
    def has_levels(text):
        """Whether a text is a row of codes with intensities: ``GRN SIL2 PY1``."""
        return LEVELLED.fullmatch(text) is not None

    def rocks(self, code):
        """Lithology classes of a code with their probabilities; ``{}`` when it is not known."""
        code = code.strip()
        for codes, key, trust in ((self._exact, code, EXACT), (self._any_case, code.upper(), OTHER_CASE)):
            found = codes["lithology"].get(key)
            if found:
                return _shared(found, trust)
        for length in range(len(code) - 1, 1, -1):
            found = self._any_case["lithology"].get(code[:length].upper())
            if found and self._known_rest(code[length:].upper()):
                return _shared(found, COMPOSED)
        return {}

    def _known_rest(self, rest):
        """Whether the end of a code is made of codes of minerals or alterations."""
        known = {**self._any_case["mineral"], **self._any_case["alteration"]}
        return rest.isdigit() or any(rest == code for code in known)

    def read(self, text):
        """Rock, alterations and minerals of a text of codes.

        Returns
        -------
        lithology : dict
            Class index to probability; ``{}`` for none.
        alterations, minerals : dict
            Label index to (intensity, probability) and (intensity, probability, None).
        """
        pieces = PIECE.findall(text)
        rocks, alterations, minerals = {}, {}, {}
        for place, (code, digits) in enumerate(pieces):
            if place == 0 or not rocks:
                rocks = rocks or self.rocks(code)
                if rocks:
                    continue
            level = min(4, int(digits)) if digits and len(digits) == 1 else 1
            self._add(code, level, alterations, minerals)
        return rocks, alterations, minerals

    def _add(self, code, level, alterations, minerals):
        """Enter a code of an alteration or, failing that, of a mineral."""
        for name, into in (("alteration", alterations), ("mineral", minerals)):
            found = self._exact[name].get(code) or self._any_case[name].get(code.upper())
            if found:
                entry = (level, OTHER_CASE / len(found))
                into[found[0]] = entry if name == "alteration" else (*entry, None)
                return


def _index(terms, first):
    """Codes to the indices of the terms that use them."""
    codes = {}
    for index, term in enumerate(terms, start=first):
        for code in term.codes:
            codes.setdefault(code, []).append(index)
    return codes


def _fold(codes):
    """The same for codes in upper case."""
    folded = {}
    for code, indices in codes.items():
        for index in indices:
            if index not in folded.setdefault(code.upper(), []):
                folded[code.upper()].append(index)
    return folded


def _shared(indices, trust):
    """Equal probabilities of several classes; the rest is "not said"."""
    shares = dict.fromkeys(indices, trust / len(indices))
    shares[0] = 1.0 - trust
    if len(indices) > 1:
        shares[0] = min(shares[0], 0.9 * trust / len(indices))
        shares = {index: value / sum(shares.values()) for index, value in shares.items()}
    return shares
