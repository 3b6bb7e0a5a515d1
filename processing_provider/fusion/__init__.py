"""One table and one raster of features as a Processing algorithm."""
