"""Detections in the formats of other node packs, and back."""

from .boxes import from_boxes, pick_boxes, to_bboxes, to_bounding_boxes
from .segs import SEG, Segs, from_segs, to_segs
from .taken import BoxFormat, Spread, Taken

__all__ = ["SEG", "BoxFormat", "Segs", "Spread", "Taken", "from_boxes", "from_segs",
           "pick_boxes", "to_bboxes", "to_bounding_boxes", "to_segs"]  # fmt: skip
