//! Deploys Tellr.
