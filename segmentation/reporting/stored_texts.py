"""Texts of the warehouse that the report shows: English there, said in the language of the report here.

The warehouse is an interface and stays English; so the report looks up what it finds there. A text that is not listed,
such as one of the source, stays as it is.
"""

import re

PLACE = re.compile(r"%\((\w+)\)s")
