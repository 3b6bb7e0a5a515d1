"""A form made from the parameters of a Processing algorithm, with the widgets of Processing itself."""
from textwrap import wrap

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
    QgsProject,
)
from qgis.gui import (
    QgsCollapsibleGroupBox,
    QgsGui,
    QgsProcessingContextGenerator,
    QgsProcessingGui,
    QgsProcessingParametersGenerator,
    QgsProcessingParameterWidgetContext,
)
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from ..processing_provider.data.fields import is_null
from ..processing_provider.translation import tr

FLAGS = QgsProcessingParameterDefinition.Flag
SHORTEST_COMBO, LONGEST_LINE = 6, 36  # letters; a dock is narrow


class ContextGenerator(QgsProcessingContextGenerator):
    """The context in which widgets look for layers: the project that is shown."""

    def __init__(self):
        super().__init__()
        self.context = QgsProcessingContext()

    def processingContext(self):
        self.context.setProject(QgsProject.instance())
        return self.context


class Generator(QgsProcessingParametersGenerator):
    """Tells a widget what the other widgets of the form hold."""

    def __init__(self, form):
        super().__init__()
        self.form = form

    def createProcessingParameters(self, flags=None):
        return self.form.values()


class ParameterForm(QWidget):
    """The parameters of an algorithm, the advanced ones folded away.

    Parameters
    ----------
    algorithm : QgsProcessingAlgorithm
    iface : QgisInterface
    leave_out : sequence of str
        Parameters that somebody else gives.
    """

    def __init__(self, algorithm, iface, parent=None, leave_out=()):
        super().__init__(parent)
        self.algorithm, self.contexts, self.wrappers = algorithm, ContextGenerator(), {}
        self.generator = Generator(self)
        self.column = QVBoxLayout(self)
        self.advanced = QgsCollapsibleGroupBox(tr("Advanced parameters"))
        self.advanced.setLayout(QVBoxLayout())
        for definition in algorithm.parameterDefinitions():
            if not definition.flags() & FLAGS.FlagHidden and definition.name() not in leave_out:
                self._add(definition, iface)
        self.column.addWidget(self.advanced)
        self.column.addStretch()
        self.advanced.setCollapsed(True)
        self.advanced.setVisible(self.advanced.layout().count() > 0)
        for wrapper in self.wrappers.values():
            wrapper.postInitialize(list(self.wrappers.values()))

    def values(self):
        """Parameters by name, as the algorithm takes them; those left empty are left out."""
        found = {}
        for name, wrapper in self.wrappers.items():
            value = wrapper.parameterValue()
            if isinstance(value, QgsProcessingOutputLayerDefinition):
                wanted = wrapper.customProperties().get("OPEN_AFTER_RUNNING")
                value.destinationProject = QgsProject.instance() if wanted else None
            if not is_null(value):
                found[name] = value
        return found

    def fill(self, values):
        """Show these values; layers come before the fields that depend on them."""
        for definition in self.algorithm.parameterDefinitions():
            if definition.name() in values and definition.name() in self.wrappers:
                self.wrappers[definition.name()].setParameterValue(
                    values[definition.name()], self.contexts.processingContext())

    def problem(self, values=None):
        """Why the algorithm cannot run with these values, those of the form by default; in one sentence, or empty."""
        context, values = self.contexts.processingContext(), self.values() if values is None else values
        for definition in self.algorithm.parameterDefinitions():
            if not definition.checkValueIsAcceptable(values.get(definition.name()), context):
                return tr("“{}” needs a value.").format(definition.description())
        ok, message = self.algorithm.checkParameterValues(values, context)
        return "" if ok else message

    def _add(self, definition, iface):
        """One parameter with its label."""
        wrapper = QgsGui.processingGuiRegistry().createParameterWidgetWrapper(
            definition, QgsProcessingGui.WidgetType.Standard)
        surroundings = QgsProcessingParameterWidgetContext()
        surroundings.setProject(QgsProject.instance())
        surroundings.setMapCanvas(iface.mapCanvas())
        surroundings.setMessageBar(iface.messageBar())
        surroundings.setActiveLayer(iface.activeLayer())
        wrapper.setWidgetContext(surroundings)
        wrapper.registerProcessingContextGenerator(self.contexts)
        wrapper.registerProcessingParametersGenerator(self.generator)
        context = self.contexts.processingContext()
        label, widget = wrapper.createWrappedLabel(), wrapper.createWrappedWidget(context)
        place = self.advanced.layout() if definition.flags() & FLAGS.FlagAdvanced else self.column
        if label is not None:
            label.setWordWrap(True)
            place.addWidget(label)
        for combo in [*widget.findChildren(QComboBox), *([widget] if isinstance(widget, QComboBox) else [])]:
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(SHORTEST_COMBO)
        for box in [*widget.findChildren(QCheckBox), *([widget] if isinstance(widget, QCheckBox) else [])]:
            box.setText("\n".join(wrap(box.text(), LONGEST_LINE)))
        widget.setToolTip(definition.help() or definition.description())
        place.addWidget(widget)
        self.wrappers[definition.name()] = wrapper
