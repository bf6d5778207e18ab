"""A synthetic city, deliberately messy, with the truth about it written beside it.

The truth follows from the parameters of construction alone: nothing here imports the code that
is measured against it.
"""

from kotaku_geo.sample.writer import write_sample

__all__ = ["write_sample"]
