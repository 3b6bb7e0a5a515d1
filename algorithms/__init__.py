"""The science of Lodescope: plain arrays in, plain arrays out, no QGIS."""
