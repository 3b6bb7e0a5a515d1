"""The jobs that the worker knows, and where each one's function is."""
import importlib

PROTOCOL = 1
JOBS = {
    "selftest": "lodescope.algorithms.selftest:run",
    "fitvariogram": "lodescope.algorithms.geostatistics.jobs_variogram:run",
    "kriging": "lodescope.algorithms.geostatistics.jobs_kriging:run",
    "indicatorkriging": "lodescope.algorithms.geostatistics.jobs_indicator:run",
    "desurveydrillholes": "lodescope.algorithms.drillholes.jobs_desurvey:run",
    "parsedrilllogs": "lodescope.algorithms.drilllogs.jobs_parse:run",
    "trainlogparser": "lodescope.algorithms.drilllogs.jobs_train:run",
    "fluxgradient": "lodescope.algorithms.geostatistics.jobs_flux:run",
    "fusefeatures": "lodescope.algorithms.fusion.jobs_fusion:run",
    "spectralfeatures": "lodescope.algorithms.spectroscopy.jobs_spectral:run",
    "prepareassays": "lodescope.algorithms.geochemistry.jobs_assays:run",
    "applyassaytransform": "lodescope.algorithms.geochemistry.jobs_assays:apply",
    "reegeochemistry": "lodescope.algorithms.geochemistry.jobs_ree:run",
    "trainbnn": "lodescope.algorithms.learning.jobs_trainbnn:run",
    "predictbnn": "lodescope.algorithms.learning.jobs_predictbnn:run",
    "trainlstm": "lodescope.algorithms.learning.jobs_trainlstm:run",
    "predictlstm": "lodescope.algorithms.learning.jobs_predictlstm:run",
    "valuescore": "lodescope.algorithms.resources.jobs_value:run",
    "gradetonnage": "lodescope.algorithms.resources.jobs_tonnage:run",
    "comparemodels": "lodescope.algorithms.learning.jobs_compare:run",
    "evaluateprospectivity": "lodescope.algorithms.prospectivity.jobs_evaluate:run",
    "delineatetargets": "lodescope.algorithms.prospectivity.jobs_delineate:run",
    "targetinfluence": "lodescope.algorithms.prospectivity.jobs_influence:run",
    "suggestdrillsites": "lodescope.algorithms.prospectivity.jobs_suggest:run",
    "pretraincnn": "lodescope.algorithms.prospectivity.jobs_pretraincnn:run",
    "traincnn": "lodescope.algorithms.prospectivity.jobs_traincnn:run",
    "trainbaseline": "lodescope.algorithms.prospectivity.jobs_trainbaseline:run",
    "predictcnn": "lodescope.algorithms.prospectivity.jobs_predictcnn:run",
}


def job_function(name):
    """The function ``run(job, progress) -> dict`` of a job.

    Raises
    ------
    KeyError
        No job has this name.
    """
    module, function = JOBS[name].split(":")
    return getattr(importlib.import_module(module), function)
