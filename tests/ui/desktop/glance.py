"""Each window of the plugin once, to be looked at in another theme or on another screen."""
from desktop.docks import (
    environment,
    form,
    furniture,
    library,
    options,
    pausing,
    queueing,
    running,
    set_the_scene,
    told,
)
from desktop.variograms import fitting


def story(stage):
    """Every window, and curves in it."""
    yield from told(stage, set_the_scene, furniture, options, environment, form, running, pausing, queueing, library,
                    fitting)
