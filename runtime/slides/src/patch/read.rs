//! JSON into a patch.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Field, Patch};
use crate::block::Block;
use crate::chart::Series;
use crate::deck::Slide;
use crate::problem::Problem;
use crate::read::{self, ReadError};

/// Reads a patch. Whether it fits a deck is seen when it is applied.
pub fn from_json(json: &str) -> Result<Patch, ReadError> {
    let patch = read::parsed(json)?;
    read::typed(&patch).map_err(|error| {
        // A patch is told from others by its `op`, and read as a whole; what it carries says more.
        let parts = [
            problems_in::<Slide>(&patch, "slide"),
            problems_in::<Block>(&patch, "block"),
            problems_in::<Series>(&patch, "series"),
            problems_in::<Field>(&patch, "field"),
        ];
        parts.into_iter().flatten().next().map_or(error, ReadError::Invalid)
    })
}

/// What is wrong in a part of a patch; nothing if the part is fine or only named by its id.
fn problems_in<T: Serialize + DeserializeOwned>(patch: &Value, name: &str) -> Option<Vec<Problem>> {
    let part = patch.get(name).filter(|part| part.is_object())?;
    let ReadError::Invalid(problems) = read::typed::<T>(part).err()? else { return None };
    let at = |path: String| if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") };
    Some(problems.into_iter().map(|problem| Problem { path: at(problem.path), ..problem }).collect())
}
