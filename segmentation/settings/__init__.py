"""Settings: one file, checked whole before anything runs."""

from segmentation.settings.allotment import ChannelLimits, PlannedOffer, SegmentLimits
from segmentation.settings.campaigns import CampaignSettings, ComparisonSettings
from segmentation.settings.customers import ClusterSettings, RfmSettings, ValueSettings
from segmentation.settings.kinds import ChannelName, EarlierPractice, HoldOutBy, PolicyName
from segmentation.settings.load import (
    DATABASE_VARIABLE,
    DEFAULT_FILE,
    FILE_VARIABLE,
    PASSWORD,
    Settings,
    load_settings,
)
from segmentation.settings.notices import EventName, NoticeSettings
from segmentation.settings.operation import NightSettings, ReportSettings, ServeSettings, WarehouseSettings
from segmentation.settings.pack import PackSettings
from segmentation.settings.planning import GlobalControlSettings, PlanSettings, SuppressionList
from segmentation.settings.programme import ProgrammeSettings
from segmentation.settings.sales import AgentSettings, CallSettings, OfferSettings
from segmentation.settings.source import QualitySettings, SourceSettings, TableSettings
from segmentation.settings.spark import EngineName, SparkSettings

__all__ = [
    "DATABASE_VARIABLE",
    "DEFAULT_FILE",
    "FILE_VARIABLE",
    "PASSWORD",
    "AgentSettings",
    "CallSettings",
    "CampaignSettings",
    "ChannelLimits",
    "ChannelName",
    "ClusterSettings",
    "ComparisonSettings",
    "EarlierPractice",
    "EngineName",
    "EventName",
    "GlobalControlSettings",
    "HoldOutBy",
    "NightSettings",
    "NoticeSettings",
    "OfferSettings",
    "PackSettings",
    "PlanSettings",
    "PlannedOffer",
    "PolicyName",
    "ProgrammeSettings",
    "QualitySettings",
    "ReportSettings",
    "RfmSettings",
    "SegmentLimits",
    "ServeSettings",
    "Settings",
    "SourceSettings",
    "SparkSettings",
    "SuppressionList",
    "TableSettings",
    "ValueSettings",
    "WarehouseSettings",
    "load_settings",
]
