"""Inventory files: read and previewed, confirmed or discarded, their corrections answered, exports made."""

from registry.actions.inventory.corrections import accept_correction, refuse_correction
from registry.actions.inventory.export import Export, export
from registry.actions.inventory.files import FileRefused, confirm, discard, import_file, look, preview
from registry.actions.inventory.linting import look_through
from registry.actions.inventory.seed import seed

__all__ = [
    "Export",
    "FileRefused",
    "accept_correction",
    "confirm",
    "discard",
    "export",
    "import_file",
    "look",
    "look_through",
    "preview",
    "refuse_correction",
    "seed",
]
