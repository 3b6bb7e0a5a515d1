"""Layers to arrays and back: the only place that reads or writes geodata."""
