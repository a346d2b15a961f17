//! Tests of the whole: JSON of a model in, slides and prompts out.

mod asks;
mod changes;
mod data;
mod hostile;
mod reads;
mod round_trip;
mod schemas;
mod support;
