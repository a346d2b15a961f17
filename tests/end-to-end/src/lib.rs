//! Tests across the parts. Shared scaffolding for the files in `tests/`.
