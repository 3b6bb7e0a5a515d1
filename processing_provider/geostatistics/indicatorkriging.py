"""Probabilities of grades above cut-offs, without assuming a distribution."""
import math
import re

from qgis.core import QgsProcessingException, QgsProcessingParameterEnum, QgsProcessingParameterString

from .. import parameters as shared
from ..translation import tr
from .gridkriging import GridKriging

TAIL_VALUES = ["linear", "hyperbolic"]
VARIOGRAM_VALUES = ["median", "each"]
QUANTITY_VALUES = ["probability", "mean", "variance", "quantiles"]


class IndicatorKriging(GridKriging):
    """Multiple-indicator kriging in 2-D and 3-D."""

    NAME, TITLE = "indicatorkriging", "Krige probabilities"
    TAGS = ("indicator", "MIK", "cut-off", "cutoff", "probability", "E-type", "quantile", "kriging", "risk",
            "geostatistics")
    OUTPUT_LABEL, LAYER, BANDS_ABOUT = "Probabilities", "Indicator kriging", 15
    CUTOFFS, QUANTILES, QUANTITIES = "CUTOFFS", "QUANTILES", "QUANTITIES"
    INDICATOR_VARIOGRAMS, UPPER_TAIL = "INDICATOR_VARIOGRAMS", "UPPER_TAIL"

    def add_choices(self):
        shared.add(self, QgsProcessingParameterString(self.CUTOFFS, tr("Cut-offs"), None, False, True),
                   "Grades such as 0.5, 1, 2 in the units of the field. Leave it empty for the deciles of the "
                   "samples and, with many samples, the 95, 97.5 and 99 per cent quantiles.")
        shared.add(self, QgsProcessingParameterEnum(
            self.QUANTITIES, tr("Quantities"), options=QUANTITY_VALUES, allowMultiple=True,
            defaultValue=QUANTITY_VALUES, usesStaticStrings=True),
            "probability: chance of a grade above each cut-off. mean: E-type estimate. variance: conditional "
            "variance. quantiles: grades below which the given parts of the distribution lie.")
        shared.add(self, QgsProcessingParameterString(self.QUANTILES, tr("Quantiles (per cent)"), "10, 50, 90"),
                   "Per cent, such as 10, 50, 90.", advanced=True)
        shared.add(self, shared.choice(self.INDICATOR_VARIOGRAMS, "Indicator variograms", VARIOGRAM_VALUES, "median"),
                   "median: one correlogram, that of the median cut-off, serves all cut-offs (quick, few corrections). "
                   "each: one is fitted to every cut-off. A given variogram file serves all.", advanced=True)
        shared.add(self, shared.choice(self.UPPER_TAIL, "Upper tail", TAIL_VALUES, "linear"),
                   "How grades above the highest cut-off are spread: evenly up to the highest sample (linear), or "
                   "crowded near the cut-off with a long tail up to it (hyperbolic) for very skewed grades.",
                   advanced=True)

    def choices(self, parameters, context):
        return {
            "cutoffs": parse_numbers(self._text(parameters, self.CUTOFFS, context), tr("Cut-offs")),
            "quantiles": [
                percent / 100.0 for percent in
                parse_numbers(self._text(parameters, self.QUANTILES, context), tr("Quantiles"))
            ],
            "quantities": self.parameterAsEnumStrings(parameters, self.QUANTITIES, context),
            "indicator_variograms": self.parameterAsEnumString(parameters, self.INDICATOR_VARIOGRAMS, context),
            "upper_tail": self.parameterAsEnumString(parameters, self.UPPER_TAIL, context),
        }

    def _text(self, parameters, name, context):
        """A list of numbers as text; scripts give it as a list."""
        value = parameters.get(name)
        if isinstance(value, (list, tuple)):
            return ", ".join(str(part) for part in value)
        return self.parameterAsString(parameters, name, context)

    def problem(self, parameters, context):
        try:
            choices = self.choices(parameters, context)
        except QgsProcessingException as error:
            return str(error)
        if not all(0.0 < p < 1.0 for p in choices["quantiles"]):
            return tr("Quantiles must lie between 0 and 100 per cent.")
        if not choices["quantities"]:
            return tr("Choose at least one quantity to map.")
        return super().problem(parameters, context)


def parse_numbers(text, what):
    """Sorted distinct numbers of a list such as ``0.5, 1; 2``.

    Raises
    ------
    QgsProcessingException
        A part of the text is no number.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    try:
        values = sorted({float(part) for part in parts})
    except ValueError as error:
        raise QgsProcessingException(
            tr("{}: '{}' is not a list of numbers; write for example 0.5, 1, 2.").format(what, text)) from error
    if not all(math.isfinite(value) for value in values):
        raise QgsProcessingException(tr("{}: every number must be finite.").format(what))
    return values
