//! A Databricks workspace on loopback.
