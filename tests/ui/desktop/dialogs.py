"""Toolbox and dialogs of Processing, handled as a user does."""
from desktop.stage import pause, until
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QScrollArea,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from qgis.utils import plugins


def toolbox():
    """The dock of the Processing Toolbox."""
    return plugins["processing"].toolbox


def child(model, parent, text):
    """The row below ``parent`` that reads ``text``, or None."""
    rows = (model.index(row, 0, parent) for row in range(model.rowCount(parent)))
    return next((index for index in rows if index.data() == text), None)


def rows_below(model, parent):
    """Texts of the rows below an index."""
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def algorithm_index(*path):
    """Index of a path such as provider, group, algorithm in the Toolbox, with its parents unfolded."""
    tree = toolbox().algorithmTree
    index = QModelIndex()
    for text in path:
        index = child(tree.model(), index, text)
        if index is None:
            return None
        tree.setExpanded(index, True)
    return index


def picture(index):
    """The icon of a row as bytes, to tell icons apart."""
    image = index.data(Qt.ItemDataRole.DecorationRole).pixmap(24).toImage()
    return bytes(image.constBits().asarray(image.sizeInBytes()))


def dialog_of(kind):
    """The visible dialog of a class name, or None."""
    found = (widget for widget in QApplication.topLevelWidgets()
             if type(widget).__name__ == kind and widget.isVisible())
    return next(found, None)


def open_dialog(stage, title):
    """Double-click an algorithm in the Toolbox; gives its dialog."""
    tree = toolbox().algorithmTree
    index = algorithm_index("Lodescope", "Geostatistics", title)
    tree.scrollTo(index)
    yield pause(0.3)
    stage.click(tree.viewport(), tree.visualRect(index).center(), times=2)
    yield until(lambda: dialog_of("AlgorithmDialog"), f"the dialog '{title}'")
    yield pause(0.7)
    return dialog_of("AlgorithmDialog")


def wrapper(dialog, name):
    """The widget wrapper of a parameter."""
    return dialog.mainWidget().wrappers[name]


def run_button(dialog):
    """The button that starts the run."""
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)


def fill(dialog, values):
    """Set parameters, the layer before those that depend on it."""
    for name, value in values.items():
        dialog.setParameters({name: value})


def run(stage, dialog, values, seconds=60.0):
    """Fill a dialog, click on Run and wait for the end; gives the results."""
    fill(dialog, values)
    yield pause(0.2)
    ended = []
    dialog.algorithmFinished.connect(lambda ok, results: ended.append((ok, results)))
    stage.click(run_button(dialog))
    yield until(lambda: ended, f"the end of '{dialog.windowTitle()}'", seconds)
    yield pause(0.3)
    ok, results = ended[0]
    if not ok:
        raise RuntimeError(f"'{dialog.windowTitle()}' failed: {log_text(dialog)[-1500:]}")
    return {key: str(value) for key, value in results.items()}


def close(dialog):
    """Close a dialog and wait until it has gone."""
    kind = type(dialog).__name__
    dialog.close()
    yield until(lambda: dialog_of(kind) is None, "a closed dialog")
    yield pause(0.3)


def log_text(dialog):
    """What the log tab of a dialog says."""
    return dialog.findChild(QTextEdit, "txtLog").toPlainText()


def help_text(dialog):
    """What the help panel of a dialog says."""
    return dialog.findChild(QTextBrowser, "textShortHelp").toPlainText()


def advanced_box(dialog):
    """The folded box with the advanced parameters."""
    return sip.cast(dialog.mainWidget().findChild(QGroupBox, "grpAdvanced"), QgsCollapsibleGroupBoxBasic)


def field_names(dialog, name):
    """What the combo box of a field parameter offers."""
    combo = wrapper(dialog, name).wrappedWidget().findChild(QComboBox) or wrapper(dialog, name).wrappedWidget()
    return [combo.itemText(row) for row in range(combo.count())]


def scroll_area(dialog):
    return dialog.mainWidget().findChild(QScrollArea)


def scroll_to(dialog, widget):
    """Show a widget at the top of the parameters."""
    area = scroll_area(dialog)
    area.verticalScrollBar().setValue(widget.mapTo(area.widget(), widget.rect().topLeft()).y())


def too_wide(dialog):
    """What needs most room, when a dialog has to be scrolled sideways; else nothing."""
    area = scroll_area(dialog)
    if area.horizontalScrollBar().maximum() == 0:
        return []
    parts = [part for part in area.widget().findChildren(QWidget) if part.isVisible()]
    widest = sorted(parts, key=lambda part: -part.minimumSizeHint().width())[:12]
    return [[type(part).__name__, getattr(part, "text", str)(), part.minimumSizeHint().width()] for part in widest]
