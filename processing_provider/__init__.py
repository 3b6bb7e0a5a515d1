"""The QGIS side of Lodescope: layers in, layers out."""
