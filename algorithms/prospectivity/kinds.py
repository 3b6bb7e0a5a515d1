"""Kinds of model files of prospectivity; this module needs nothing, so that QGIS can ask for them."""

KIND, PRETRAINED = "prospectivity", "prospectivitytrunk"
METHODS = {"cnn": "Prospectivity network", "woe": "Weights of evidence",
           "logistic": "Logistic regression of prospectivity", "forest": "Random forest of prospectivity",
           "boosting": "Gradient boosting of prospectivity"}
