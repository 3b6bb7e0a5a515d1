"""Networks as the engine of a prospectivity model."""
import numpy as np
import torch

from .network import Ensemble, ProspectivityNetwork, Shape


class NetworkEngine:
    """Members of an ensemble, or draws of dropout, as probabilities of tiles and windows.

    Parameters
    ----------
    networks : list of ProspectivityNetwork
    passes : int
        Draws of dropout for each network; 0 for none.
    seed : int
        Of the draws.
    """

    def __init__(self, networks, passes=0, seed=0):
        self.networks, self.passes, self.seed = networks, passes, seed
        self._ensemble = Ensemble(networks, passes, seed)

    def on(self, channels, check=None):
        """Probabilities at the cells of a tile of channels, shape (members, rows, columns)."""
        return self._ensemble.probabilities(np.ascontiguousarray(channels[None]), check)[:, 0]

    def at(self, channels, check=None):
        """Probabilities at windows of channels, shape (members, n)."""
        return self._ensemble.probabilities(np.ascontiguousarray(channels), check)[:, :, 0, 0]

    def state(self):
        """Tensors by name, and what the card has to say to restore them."""
        tensors = {f"member{k}/{name}": value.detach().numpy() for k, network in enumerate(self.networks)
                   for name, value in network.state_dict().items()}
        return tensors, {"shape": self.networks[0].shape.to_card(), "members": len(self.networks),
                         "passes": self.passes, "seed": self.seed}

    @classmethod
    def restored(cls, tensors, own):
        """The engine of a model file."""
        networks = []
        for number in range(int(own["members"])):
            network = ProspectivityNetwork(Shape(**own["shape"]))
            start = f"member{number}/"
            network.load_state_dict({name[len(start):]: torch.from_numpy(np.array(value))
                                     for name, value in tensors.items() if name.startswith(start)})
            networks.append(network.eval())
        if not networks:
            raise ValueError("no member")
        return cls(networks, int(own["passes"]), int(own["seed"]))
