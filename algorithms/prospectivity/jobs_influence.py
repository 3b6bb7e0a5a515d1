"""Job: which bands speak for targets, by what the probability of a model loses without each."""
from .modelstore import load_prospectivity
from .occlusion import band_influence


def run(job, progress):
    """Work out the influence of bands.

    Reads ``windows`` (targets, bands, size, size), with the bands in the order
    of the model; writes ``influence`` (targets, bands).

    Returns
    -------
    dict
        Empty.
    """
    model = load_prospectivity(job.settings["model_file"])
    progress(0.1)
    job.save("influence", band_influence(model, job.array("windows"), progress.check))
    progress(1.0)
    return {}
