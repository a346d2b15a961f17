//! The workspace as its callers see it: over HTTP, and through Databricks' own client.

mod apps;
mod command_line;
mod control;
mod deployments;
mod faults;
mod files;
mod genie;
mod genie_answers;
mod identity;
mod mlflow;
mod notebooks;
mod openai_client;
mod origins;
mod permissions;
mod python_sdk;
mod refusals;
mod running_apps;
mod scim;
mod secrets;
mod serving;
mod serving_differences;
mod sign_in;
mod support;
mod tokens;
mod warehouse;
