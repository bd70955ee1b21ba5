"""Clusters: groups found in the data, which keep their ids and names from night to night."""
