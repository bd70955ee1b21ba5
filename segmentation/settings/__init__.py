"""Settings: one file, checked whole before anything runs."""

from segmentation.settings.kinds import EarlierPractice, HoldOutBy, PolicyName
from segmentation.settings.load import (
    DATABASE_VARIABLE,
    DEFAULT_FILE,
    FILE_VARIABLE,
    PASSWORD,
    Settings,
    load_settings,
)
from segmentation.settings.pack import PackSettings
from segmentation.settings.sections import (
    CampaignSettings,
    ClusterSettings,
    ComparisonSettings,
    GlobalControlSettings,
    NightSettings,
    PlanSettings,
    ProgrammeSettings,
    QualitySettings,
    ReportSettings,
    RfmSettings,
    ServeSettings,
    SourceSettings,
    SuppressionList,
    TableSettings,
    ValueSettings,
    WarehouseSettings,
)

__all__ = [
    "DATABASE_VARIABLE",
    "DEFAULT_FILE",
    "FILE_VARIABLE",
    "PASSWORD",
    "CampaignSettings",
    "ClusterSettings",
    "ComparisonSettings",
    "EarlierPractice",
    "GlobalControlSettings",
    "HoldOutBy",
    "NightSettings",
    "PackSettings",
    "PlanSettings",
    "PolicyName",
    "ProgrammeSettings",
    "QualitySettings",
    "ReportSettings",
    "RfmSettings",
    "ServeSettings",
    "Settings",
    "SourceSettings",
    "SuppressionList",
    "TableSettings",
    "ValueSettings",
    "WarehouseSettings",
    "load_settings",
]
