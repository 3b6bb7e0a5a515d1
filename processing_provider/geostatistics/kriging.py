"""Kriged grades and their variance."""
from .. import parameters as shared
from .gridkriging import GridKriging


class Kriging(GridKriging):
    """Ordinary, simple and universal kriging of many fields in 2-D and 3-D."""

    NAME, TITLE = "kriging", "Krige grades"
    TAGS = ("kriging", "interpolation", "grade", "estimate", "variance", "ordinary", "universal", "simple", "assay",
            "block model", "geostatistics")
    OUTPUT_LABEL, LAYER = "Estimates and variances", "Kriging"
    MEAN, BLOCK = "MEAN", "BLOCK_POINTS"

    def add_choices(self):
        shared.add(self, shared.number(self.MEAN, "Known mean (simple kriging)"),
                   "Mean of the field where it is known, in its own units; simple kriging then takes the place of "
                   "ordinary kriging. Only without a drift.", advanced=True)
        shared.add(self, shared.number(self.BLOCK, "Points per cell side (block kriging)", shared.NUMBER.Integer, 1, 1),
                   "1 estimates the grade at the centre of each cell. 3 or 4 estimates the mean grade of the whole "
                   "cell from that many points along each side; its variance is smaller.", advanced=True)

    def choices(self, parameters, context):
        return {
            "mean": shared.optional_number(self, parameters, self.MEAN, context),
            "block_points": self.parameterAsInt(parameters, self.BLOCK, context),
        }

    def problem(self, parameters, context):
        problem = super().problem(parameters, context)
        if problem or not shared.given(parameters, self.MEAN):
            return problem
        if shared.read_kriging(self, parameters, context)["drift"] != "none":
            return self.tr("A known mean and a linear drift exclude each other: leave the mean empty or set the drift "
                           "to none.")
        return ""
