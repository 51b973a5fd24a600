"""Inventory files: read and previewed, confirmed or discarded, their corrections answered, exports made."""

from registry.actions.inventory.corrections import accept_correction, refuse_all, refuse_correction
from registry.actions.inventory.export import Export, export
from registry.actions.inventory.files import FileRefused, confirm, discard, import_file, look, preview
from registry.actions.inventory.linting import look_through
from registry.actions.inventory.said import confirm_as_shown, forget_column, say_columns, say_ids
from registry.actions.inventory.seed import seed
from registry.actions.inventory.undo import plan_undo, undo

__all__ = [
    "Export",
    "FileRefused",
    "accept_correction",
    "confirm",
    "confirm_as_shown",
    "discard",
    "export",
    "forget_column",
    "import_file",
    "look",
    "look_through",
    "plan_undo",
    "preview",
    "refuse_all",
    "refuse_correction",
    "say_columns",
    "say_ids",
    "seed",
    "undo",
]
