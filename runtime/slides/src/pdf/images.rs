//! Images, each once in the file however often it is shown.

use std::collections::BTreeMap;

use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::paint::FillRule;
use krilla::surface::Surface;

use super::place::point;
use super::shapes::rectangle;
use crate::block::Fit;
use crate::display::Picture;
use crate::export::{Export, PictureKind};
use crate::id::ImageId;

/// The images of a deck that can be read.
pub(super) struct Images(BTreeMap<ImageId, Image>);

impl Images {
    pub(super) fn of(export: &Export<'_>) -> Self {
        let read = export.pictures.iter().filter_map(|(id, file)| {
            let bytes = file.bytes.clone().into();
            let image = match file.kind {
                PictureKind::Png => Image::from_png(bytes, true),
                PictureKind::Jpeg => Image::from_jpeg(bytes, true),
            };
            Some((id.clone(), image.ok()?))
        });
        Self(read.collect())
    }

    /// Leaves an image out; false if it isn't one of these.
    pub(super) fn remove(&mut self, image: &Image) -> bool {
        let count = self.0.len();
        self.0.retain(|_, one| one != image);
        self.0.len() < count
    }

    /// Draws an image in its place, if there is one.
    pub(super) fn draw(&self, surface: &mut Surface<'_>, picture: &Picture) {
        let bounds = picture.bounds;
        let Some(image) = self.0.get(&picture.image) else { return };
        let Some(clip) = rectangle(bounds, picture.radius) else { return };
        let (width, height) = image.size();
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let (across, down) = (bounds.width / width, bounds.height / height);
        let scale = match picture.fit {
            Fit::Contain => across.min(down),
            Fit::Cover => across.max(down),
        };
        let (width, height) = (width * scale, height * scale);
        let Some(size) = Size::from_wh(point(width), point(height)) else { return };
        let (x, y) = (bounds.center_x() - width / 2.0, bounds.center_y() - height / 2.0);
        surface.push_clip_path(&clip, &FillRule::NonZero);
        surface.push_transform(&Transform::from_translate(point(x), point(y)));
        surface.draw_image(image.clone(), size);
        surface.pop();
        surface.pop();
    }
}
