"""The same relations on Apache Spark: translated, never written twice."""
