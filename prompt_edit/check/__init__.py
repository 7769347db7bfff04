"""After the edit: what the detector sees when it looks again, and painting anew where it must."""

from .checked import Checked, Finding, reports
from .edit import check_each, check_edit

__all__ = ["Checked", "Finding", "check_each", "check_edit", "reports"]
