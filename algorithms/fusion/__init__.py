"""Fusion: one table of features from everything that is known at samples and on a grid."""
