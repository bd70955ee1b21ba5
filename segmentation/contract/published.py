"""Every table of the published warehouse."""

from segmentation.contract.allocation import ALLOCATION_TABLES
from segmentation.contract.attributes import ATTRIBUTE_PROFILES
from segmentation.contract.calls import CALL_TABLES
from segmentation.contract.comparison import COMPARISON, PLAN_POWER, TREND
from segmentation.contract.credits import CREDIT_TABLES
from segmentation.contract.forecast import FORECAST_TABLES
from segmentation.contract.history import CRM_TABLES, HISTORY_TABLES
from segmentation.contract.observational import OBSERVATIONAL_TABLES
from segmentation.contract.offers import OFFER_TABLES
from segmentation.contract.ops import ERASURE_SALT, ERASURES, FORMAT, RUNS
from segmentation.contract.payback import PAYBACK_TABLES
from segmentation.contract.prediction import PREDICTION_TABLES
from segmentation.contract.quality import LOADS, REJECTS
from segmentation.contract.response import CAMPAIGN_RESULTS, SAMPLE_RATIO, UPLIFT
from segmentation.contract.segments import (
    CLUSTER_FEATURES,
    CLUSTER_FITS,
    CLUSTER_MODEL,
    CLUSTER_PROFILES,
    CLUSTER_SELECTION,
    CLUSTERS,
    DISTRIBUTION,
    DRIFT,
    HISTORY,
    MIGRATION,
    RFM,
    RFM_THRESHOLDS,
    RULES,
    UNSCORED,
)
from segmentation.contract.targeting import (
    ADDRESS_CHECKS,
    DUPLICATES,
    EXCLUSIONS,
    GLOBAL_CONTROL,
    PLANS,
    SELECTION,
    SUPPRESSION_LISTS,
    WATERFALL,
)
from segmentation.contract.validity import BOTH_ARMS, VALIDITY_TABLES
from segmentation.contract.value import VALUE_TABLES

PUBLISHED_TABLES = (
    *CRM_TABLES,
    *HISTORY_TABLES,
    LOADS,
    REJECTS,
    BOTH_ARMS,
    UNSCORED,
    RFM,
    RFM_THRESHOLDS,
    RULES,
    CLUSTERS,
    CLUSTER_PROFILES,
    CLUSTER_MODEL,
    CLUSTER_FEATURES,
    CLUSTER_SELECTION,
    CLUSTER_FITS,
    HISTORY,
    MIGRATION,
    DISTRIBUTION,
    DRIFT,
    *VALUE_TABLES,
    ATTRIBUTE_PROFILES,
    PLANS,
    SELECTION,
    EXCLUSIONS,
    WATERFALL,
    SUPPRESSION_LISTS,
    DUPLICATES,
    GLOBAL_CONTROL,
    ADDRESS_CHECKS,
    *PREDICTION_TABLES,
    *ALLOCATION_TABLES,
    PLAN_POWER,
    *OFFER_TABLES,
    *CALL_TABLES,
    *FORECAST_TABLES,
    *CREDIT_TABLES,
    UPLIFT,
    SAMPLE_RATIO,
    *OBSERVATIONAL_TABLES,
    *VALIDITY_TABLES,
    CAMPAIGN_RESULTS,
    COMPARISON,
    TREND,
    *PAYBACK_TABLES,
    RUNS,
    FORMAT,
    ERASURES,
    ERASURE_SALT,
)
