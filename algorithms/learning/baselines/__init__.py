"""The models that a grade model has to be compared with, and the comparison's names for all of them."""
