//! Tellr, the app.
