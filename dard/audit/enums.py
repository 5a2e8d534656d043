"""Where checkpoints stand outside the database."""

from dard.core.enums import LabelledEnum


class AnchorKind(LabelledEnum):
    """On what a checkpoint was printed or written that others keep."""

    PACK = "pack", "Pack"
    EXPORT = "export", "Export of the audit log"
    ANCHOR_FILE = "anchor_file", "File of anchors"
