"""The section of the settings about Apache Spark."""

from typing import Literal

from pydantic import Field

from segmentation.settings.kinds import Folder
from segmentation.settings.section import Section

EngineName = Literal["duckdb", "spark"]


class SparkSettings(Section):
    """Where relations are computed, and what Spark may use."""

    engine: EngineName = Field("duckdb", description="What computes relations over all customers: duckdb or spark")
    master: str = Field("local[2]", description="The cluster, such as local[2], yarn or spark://host:7077")
    folder: Folder | None = Field(
        None, description="Folder for Parquet that all machines of the cluster reach; beside the warehouse where empty"
    )
    driver_memory: str = Field("4g", description="Memory of the process that starts Spark", pattern=r"^\d+[kmgt]$")
    shuffle_partitions: int = Field(4, ge=1, le=1_000_000, description="Parts that rows are dealt into by their key")
    options: dict[str, str] = Field(
        default_factory=dict, description='Settings of Spark itself, such as { "spark.executor.memory" = "8g" }'
    )
