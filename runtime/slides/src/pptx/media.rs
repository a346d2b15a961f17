//! The images of the file, each stored once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::package::Package;
use crate::export::{PictureFile, PictureKind};
use crate::id::ImageId;

/// The images that were asked for.
#[derive(Default)]
pub(super) struct Media {
    names: BTreeMap<ImageId, String>,
    stored: Vec<(Arc<Vec<u8>>, String)>,
}

impl Media {
    /// The path of an image, relative to a slide. It is added to the package when it is first asked for.
    pub(super) fn target(&mut self, id: &ImageId, file: &PictureFile, package: &mut Package) -> String {
        if let Some(name) = self.names.get(id) {
            return format!("../media/{name}");
        }
        // Two images of an app may be the same file.
        let same = self.stored.iter().find(|(bytes, _)| *bytes == file.bytes).map(|(_, name)| name.clone());
        let name = same.unwrap_or_else(|| {
            let ending = match file.kind {
                PictureKind::Png => "png",
                PictureKind::Jpeg => "jpeg",
            };
            let name = format!("image{}.{ending}", self.stored.len() + 1);
            package.share(&format!("ppt/media/{name}"), file.bytes.clone());
            self.stored.push((file.bytes.clone(), name.clone()));
            name
        });
        self.names.insert(id.clone(), name.clone());
        format!("../media/{name}")
    }
}
