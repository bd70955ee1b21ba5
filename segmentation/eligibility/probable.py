"""Customers who are one person with a probability: the Fellegi-Sunter model of splink, an optional library.

I. P. Fellegi, A. B. Sunter (1969), A Theory for Record Linkage, JASA 64, 1183-1210.
"""

import logging
from typing import Any

from segmentation.errors import PlanError

# How often records of one person agree, on or near it: what clerical reviews of such lists find, about. How often those
# of two people do is counted.
SAME = [0.8, 0.1, 0.1]
MOVES = [0.7, 0.3]
PRIOR = 1e-6  # that two customers taken at random are one person
RANDOM_PAIRS, SEED = 1e6, 2003


def find_probable_pairs(database: Any, *, threshold: float) -> str:
    """Compare those of the table `people` who share the beginning of a name and a postal code, an e-mail or a number.

    Args:
        database: a connection to a database of its own, with rows of sql/person_details.sql as table `people`.
        threshold: least probability.

    Returns:
        Name of a table with `customer_id_l`, `customer_id_r`, `match_probability`, in that database.

    Raises:
        PlanError: splink is not installed.
    """
    try:
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
        from splink import comparison_library as compare
    except ImportError as error:
        raise PlanError(
            'plan.duplicates_by = "probable" needs splink: install mailworth[duplicates], or set "exact"'
        ) from error
    near = ("first_name", "last_name", "address_line")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="customer_id",
        probability_two_random_records_match=PRIOR,
        comparisons=[
            *(compare.JaroWinklerAtThresholds(name, [0.9]).configure(m_probabilities=SAME) for name in near),
            *(compare.ExactMatch(name).configure(m_probabilities=MOVES) for name in ("postcode", "email", "phone")),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("postcode", "substr(last_name, 1, 3)"),
            block_on("email"),
            block_on("phone"),
        ],
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI(connection=database).register("people"), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    return str(linker.inference.predict(threshold_match_probability=threshold).physical_name)
