"""Sliders for nugget, sills, ranges, anisotropy and angles of a variogram."""
import copy
import math

from qgis.gui import QgsDoubleSpinBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from ..processing_provider.geostatistics.variogrammodel import MODELS
from ..processing_provider.translation import tr

STEPS = 1000
DIGITS = 4  # shown of a number


class Knob(QWidget):
    """A slider and a number for one value.

    Parameters
    ----------
    low, high : float
        Limits of the slider; they give way to a value beyond them.
    logarithmic : bool
        Equal steps multiply the value.
    """

    moved = pyqtSignal(float)

    def __init__(self, low=0.0, high=1.0, logarithmic=False, parent=None):
        super().__init__(parent)
        self.logarithmic = logarithmic
        self.slider, self.number = QSlider(Qt.Orientation.Horizontal), QgsDoubleSpinBox()
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 20)
        self.slider.setMinimumWidth(4 * self.fontMetrics().lineSpacing())
        self.number.setShowClearButton(False)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(round(5.4 * self.fontMetrics().lineSpacing()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.set_limits(low, high)
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self._typed)

    def set_limits(self, low, high):
        """Between which values the slider goes."""
        self.low, self.high = low, high
        self.number.blockSignals(True)  # other decimals and limits round the number that is there
        self.number.setDecimals(max(0, min(9, DIGITS - 1 - math.floor(math.log10(max(abs(high), 1e-9))))))
        self.number.setRange(low, high)
        self.number.setSingleStep(10.0 ** math.floor(math.log10(max(abs(high - low), 1e-9)) - 1.5))
        self.number.blockSignals(False)

    def show_value(self, value):
        """Show a value without telling anybody."""
        if not self.low <= value <= self.high:
            self.set_limits(min(self.low, value), max(self.high, value))
        for part, shown in ((self.number, value), (self.slider, self._step(value))):
            part.blockSignals(True)
            part.setValue(shown)
            part.blockSignals(False)

    def _slid(self, step):
        value = self._value(step)
        self.number.blockSignals(True)
        self.number.setValue(value)
        self.number.blockSignals(False)
        self.moved.emit(value)

    def _typed(self, value):
        self.slider.blockSignals(True)
        self.slider.setValue(self._step(value))
        self.slider.blockSignals(False)
        self.moved.emit(value)

    def _step(self, value):
        """Where the slider stands for a value."""
        if self.logarithmic:
            return round(STEPS * math.log(max(value, self.low) / self.low) / math.log(self.high / self.low))
        return round(STEPS * (value - self.low) / (self.high - self.low))

    def _value(self, step):
        """The value at a place of the slider."""
        if self.logarithmic:
            return self.low * (self.high / self.low) ** (step / STEPS)
        return self.low + (self.high - self.low) * step / STEPS


class VariogramControls(QWidget):
    """Changes the content of a variogram file with sliders.

    Signals
    -------
    changed()
        The user moved something.
    """

    changed = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.content, self.dimensions = None, 3
        self.structure, self.model = QComboBox(), QComboBox()
        for name in MODELS:
            self.model.addItem(name, name)
        for combo in (self.structure, self.model):
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setVerticalSpacing(2)
        self.knobs, self.labels = {}, {}
        self._add(0, "nugget", tr("Nugget"), Knob())
        row = QHBoxLayout()
        row.addWidget(self.structure)
        row.addWidget(self.model, 1)
        self.grid.addWidget(QLabel(tr("Structure")), 1, 0)
        self.grid.addLayout(row, 1, 1)
        for number, (name, title, knob) in enumerate(self._of_structure(), 2):
            self._add(number, name, title, knob)
        self.structure.currentIndexChanged.connect(self._show_structure)
        self.model.currentIndexChanged.connect(self._choose_model)

    def _of_structure(self):
        """Name, title and knob of each value of a structure."""
        return (
            ("sill", tr("Sill"), Knob()), ("range", tr("Range (m)"), Knob(1.0, 1000.0, logarithmic=True)),
            ("semi", tr("Across / along"), Knob(0.02, 1.0, logarithmic=True)),
            ("minor", tr("Third axis / along"), Knob(0.02, 1.0, logarithmic=True)),
            ("azimuth", tr("Azimuth"), Knob(0.0, 360.0)), ("dip", tr("Dip"), Knob(-90.0, 90.0)),
            ("rake", tr("Rake"), Knob(-90.0, 90.0)),
        )

    def _add(self, row, name, title, knob):
        self.knobs[name], self.labels[name] = knob, QLabel(title)
        self.grid.addWidget(self.labels[name], row, 0)
        self.grid.addWidget(knob, row, 1)
        knob.slider.setAccessibleName(title)
        knob.moved.connect(lambda value: self._moved(name, value))

    def show_content(self, content, dimensions, variance, extent):
        """Show a variogram.

        Parameters
        ----------
        content : dict
            As in a variogram file; a copy is kept in ``content``.
        dimensions : int
            2 or 3.
        variance, extent : float
            Of the samples; they limit the sliders.
        """
        self.content, self.dimensions = copy.deepcopy(content), dimensions
        for name in ("nugget", "sill"):
            self.knobs[name].set_limits(0.0 if name == "nugget" else 1e-3 * variance, 2.0 * max(variance, self._sill()))
        self.knobs["range"].set_limits(max(extent / 1000.0, 1e-6), 2.0 * max(extent, self._longest()))
        for name in ("minor", "dip", "rake"):
            self.knobs[name].setVisible(dimensions == 3)
            self.labels[name].setVisible(dimensions == 3)
        self.structure.blockSignals(True)
        self.structure.clear()
        self.structure.addItems([str(number + 1) for number in range(len(content["structures"]))])
        self.structure.blockSignals(False)
        self.structure.setEnabled(len(content["structures"]) > 1)
        self.knobs["nugget"].show_value(content["nugget"])
        self._show_structure()

    def _sill(self):
        """The whole sill."""
        return self.content["nugget"] + sum(structure["sill"] for structure in self.content["structures"])

    def _longest(self):
        """The longest range of all structures."""
        return max(max(structure["ranges"]) for structure in self.content["structures"])

    def _chosen(self):
        """The structure whose values are shown."""
        return self.content["structures"][max(self.structure.currentIndex(), 0)]

    def _ranges(self, structure):
        """As many ranges as there are dimensions."""
        ranges = list(structure["ranges"])
        return (ranges + [ranges[-1]] * 3)[:self.dimensions]

    def _show_structure(self, *_):
        """Put the values of the chosen structure on the knobs."""
        structure = self._chosen()
        ranges = self._ranges(structure)
        self.model.blockSignals(True)
        self.model.setCurrentIndex(self.model.findData(structure["model"]))
        self.model.blockSignals(False)
        values = {"sill": structure["sill"], "range": ranges[0], "semi": ranges[1] / ranges[0],
                  "minor": ranges[-1] / ranges[0]}
        for name, value in {**values, **{key: structure[key] for key in ("azimuth", "dip", "rake")}}.items():
            self.knobs[name].show_value(value)

    def _choose_model(self, *_):
        if self.content is not None:
            self._chosen()["model"] = self.model.currentData()
            self.changed.emit()

    def _moved(self, name, value):
        """Write one value into the content."""
        if self.content is None:
            return
        if name == "nugget":
            self.content["nugget"] = value
        elif name in ("range", "semi", "minor"):
            self._set_ranges(name, value)
        else:
            self._chosen()[name] = value
        self.changed.emit()

    def _set_ranges(self, name, value):
        """The range along the major axis keeps the shape; the other two are shares of it."""
        structure = self._chosen()
        ranges = self._ranges(structure)
        if name == "range":
            ranges = [length * value / ranges[0] for length in ranges]
        else:
            ranges[1 if name == "semi" else -1] = value * ranges[0]
        structure["ranges"] = ranges
