//! What a deck is, seen from outside.

mod display;
mod generate;
#[cfg(feature = "export")]
mod html;
mod layout;
mod lint;
mod patches;
#[cfg(feature = "export")]
mod pdf;
#[cfg(feature = "export")]
mod pptx_charts;
#[cfg(feature = "export")]
mod pptx_company;
#[cfg(feature = "export")]
mod pptx_package;
#[cfg(feature = "export")]
mod pptx_text;
mod reading;
mod sample;
mod schema;
mod sizes;
mod svg;
#[cfg(feature = "export")]
mod template;
#[cfg(feature = "export")]
mod template_hostile;
#[cfg(feature = "export")]
mod template_parts;
#[cfg(feature = "export")]
mod template_sample;
#[cfg(feature = "export")]
mod template_support;
mod themes;
mod two_editors;
mod walk;
