"""Texts of the warehouse that the report shows: English there, said in the language of the report here.

The warehouse is an interface and stays English; so the report looks up what it finds there. A text that is not listed,
such as one of the source, stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from segmentation.attributes import kinds, profiles
from segmentation.contract.model import Table
from segmentation.reporting.catalogue import to_say
from segmentation.response.metrics import RESPONSE_METRICS
from segmentation.segments.features import FEATURES
from segmentation.segments.rules import NEVER_BOUGHT, NOT_ON_FILE, SEGMENT_RULES
from segmentation.targeting.exclusions import EXCLUSIONS, RANKED_EXCLUSIONS
from segmentation.value.rules import ADVICE

PLACE = re.compile(r"%\((\w+)\)s")
