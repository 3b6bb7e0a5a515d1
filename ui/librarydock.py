"""The model library: models in chosen folders, their cards, and what can be done with them."""
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProcessingContext,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsDockWidget, QgsFilterLineEdit, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..processing_provider.engine import settings
from ..processing_provider.translation import tr
from .modelcard import card_page
from .models import applying_algorithm, export, find_models, matches, read_model, rename, write_note

ORANGE = "#d9741a"


class LibraryDock(QgsDockWidget):
    """Shows models and applies them through Processing.

    Parameters
    ----------
    iface : QgisInterface
    """

    def __init__(self, iface):
        super().__init__(tr("Models"), iface.mainWindow())
        self.setObjectName("LodescopeLibrary")
        self.iface, self.models, self.matches, self.dialog = iface, [], [], None
        self.band = QgsRubberBand(iface.mapCanvas(), QgsWkbTypes.GeometryType.PolygonGeometry)
        colour = QColor(ORANGE)
        self.band.setStrokeColor(colour)
        colour.setAlpha(40)
        self.band.setFillColor(colour)
        self.band.setWidth(2)
        body = QWidget()
        column = QVBoxLayout(body)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self._tree())
        self.card = QTextBrowser()
        splitter.addWidget(self.card)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        line = self.fontMetrics().lineSpacing()
        splitter.setSizes([9 * line, 30 * line])
        self.filter = QgsFilterLineEdit()
        self.filter.setShowSearchIcon(True)
        self.filter.setPlaceholderText(tr("Name, kind or target"))
        self.filter.textChanged.connect(self._filter)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        column.addWidget(self.filter)
        column.addWidget(splitter, 1)
        column.addWidget(self.hint)
        column.addLayout(self._buttons())
        self.setWidget(body)
        self.visibilityChanged.connect(self._shown)

    def _tree(self):
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Model"), tr("Kind"), tr("Targets")])
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        self.tree.setMinimumHeight(4 * self.fontMetrics().lineSpacing())
        self.tree.itemSelectionChanged.connect(self._chosen)
        return self.tree

    def _buttons(self):
        self.apply, self.more = QPushButton(tr("Apply…")), QToolButton()
        self.apply.clicked.connect(self.apply_model)
        self.folder = QPushButton(tr("Add folder…"))
        self.folder.clicked.connect(self.add_folder)
        self.more.setText("⋯")
        self.more.setToolTip(tr("More to do with the model"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for title, slot in ((tr("Zoom to its extent"), self.zoom), (tr("Rename…"), self.rename_model),
                            (tr("Write a note…"), self.annotate), (tr("Export…"), self.export_model),
                            (tr("Look again"), self.refresh)):
            menu.addAction(title, slot)
        self.more.setMenu(menu)
        row = QHBoxLayout()
        row.addWidget(self.apply)
        row.addWidget(self.folder)
        row.addStretch()
        row.addWidget(self.more)
        return row

    # What there is.

    def folders(self):
        """Folders that are looked through: those of the settings, and that of the project."""
        home = QgsProject.instance().homePath()
        return [*settings.model_folders(), *([home] if home else [])]

    def refresh(self):
        """Read the cards anew."""
        chosen = self.model()
        self.models = find_models(self.folders())
        self.tree.clear()
        for number, model in enumerate(self.models):
            item = QTreeWidgetItem([model.path.stem, model.title or "–", ", ".join(model.names("targets"))])
            item.setData(0, Qt.ItemDataRole.UserRole, number)
            item.setToolTip(0, str(model.path))
            self.tree.addTopLevelItem(item)
            item.setSelected(chosen is not None and chosen.path == model.path)
        for column in (0, 1):
            self.tree.resizeColumnToContents(column)
            widest = 24 * self.fontMetrics().averageCharWidth()
            self.tree.setColumnWidth(column, min(self.tree.columnWidth(column), widest))
        self.hint.setText("" if self.models else tr("No models yet: add the folder in which you keep them."))
        self.hint.setVisible(not self.models)
        self._filter()
        self._chosen()

    def model(self):
        """The chosen model, or None."""
        items = self.tree.selectedItems()
        return self.models[items[0].data(0, Qt.ItemDataRole.UserRole)] if items else None

    def _filter(self, *_):
        """Hide what does not hold the words that were written."""
        wanted = self.filter.text().lower()
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            item.setHidden(wanted not in " ".join(item.text(column) for column in range(3)).lower())

    def _chosen(self):
        """Show card and extent of the chosen model, and ask its algorithm about the layers."""
        model, self.matches, advice = self.model(), [], ""
        self.more.setEnabled(True)
        algorithm = applying_algorithm(model) if model is not None and not model.problem else None
        if algorithm is not None:
            context = QgsProcessingContext()
            context.setProject(QgsProject.instance())
            ok, message = algorithm.canExecute()
            if ok:
                self.matches = matches(model, algorithm, context)
            advice = "" if self.matches else message or tr("Add the layer it is to be applied to.")
        elif model is not None:
            advice = tr("No algorithm applies this kind of model.")
        self.apply.setEnabled(algorithm is not None)
        self.card.setHtml("" if model is None else card_page(model, self.matches, advice))
        self._draw(model)

    def _draw(self, model):
        """The extent of the training on the map."""
        self.band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        shape = None if model is None else self._shape(model)
        if shape is not None and self.isVisible():
            self.band.setToGeometry(shape, None)

    def _shape(self, model):
        """The extent in the CRS of the map; None when it cannot be known."""
        crs, extent = QgsCoordinateReferenceSystem(str(model.card.get("crs") or "")), model.extent()
        if extent is None or not crs.isValid():
            return None
        shape = QgsGeometry.fromRect(QgsRectangle(*extent)).densifyByCount(20)
        shown = self.iface.mapCanvas().mapSettings().destinationCrs()
        try:
            shape.transform(QgsCoordinateTransform(crs, shown, QgsProject.instance()))
        except QgsCsException:
            return None
        return shape

    def _shown(self, visible):
        if visible:
            self.refresh()
        else:
            self.band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    # What can be done.

    def apply_model(self):
        """Open the dialog of Processing with the model and the layer that goes with it."""
        import processing  # a plugin of QGIS, there once it runs

        model, algorithm = self.model(), applying_algorithm(self.model())
        values = {"MODEL": str(model.path)}
        fits = next((match for match in self.matches if not match.problem), None)
        if fits is not None:
            values.update(fits.values())
        self.dialog = processing.createAlgorithmDialog(algorithm.id(), values)
        if self.dialog is not None:
            self.dialog.show()

    def add_folder(self):
        """Look through one more folder."""
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of models"), QgsProject.instance().homePath())
        if folder:
            settings.store(settings.MODEL_FOLDERS, list(dict.fromkeys([*settings.model_folders(), folder])))
            self.refresh()

    def zoom(self):
        """Show the whole extent of the model."""
        shape = None if self.model() is None else self._shape(self.model())
        if shape is not None:
            self.iface.mapCanvas().zoomToFeatureExtent(shape.boundingBox())

    def rename_model(self):
        """Give the file another name."""
        model = self.model()
        if model is None:
            return
        name, agreed = QInputDialog.getText(self, tr("Rename the model"), tr("New name"), text=model.path.stem)
        if agreed:
            self._carefully(lambda: self._follow(rename(model, name)))

    def annotate(self):
        """Write a note beside the file."""
        model = self.model()
        if model is None:
            return
        text, agreed = QInputDialog.getMultiLineText(self, tr("Note on the model"), tr("Note"), model.note())
        if agreed:
            self._carefully(lambda: write_note(model, text))

    def export_model(self):
        """Copy the file elsewhere."""
        model = self.model()
        if model is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, tr("Export the model"), str(Path.home() / model.path.name),
                                              tr("Lodescope models (*.safetensors)"))
        if path:
            self._carefully(lambda: export(model, path))

    def _follow(self, path):
        """Keep a renamed model chosen."""
        self.models[self.tree.selectedItems()[0].data(0, Qt.ItemDataRole.UserRole)] = read_model(path)

    def _carefully(self, work):
        """Do something with files; a failure is one sentence."""
        try:
            work()
        except OSError as error:
            self.hint.setText(tr("That was not possible: {}.").format(error.strerror or error))
            self.hint.show()
            return
        self.refresh()

    def forget(self):
        """Take the extent off the map and let go of signals."""
        self.visibilityChanged.disconnect(self._shown)
        self.iface.mapCanvas().scene().removeItem(self.band)
        self.band = None
