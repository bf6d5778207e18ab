"""What the regulations say about scores, levels and priorities, on arrays.

Numbers and classes are data (``schemas/regulation/*.yaml``); this room only applies them.
"""

from kotaku_geo.regulation.model import LEVELS, Parameter, Regulation, ids, load

__all__ = ["LEVELS", "Parameter", "Regulation", "ids", "load"]
