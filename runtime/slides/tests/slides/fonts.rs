//! The fonts that come with the program.

use std::fs;
use std::path::Path;

use tellr_slides::fonts::packed;

#[test]
fn each_font_is_found_by_the_name_of_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let families = fs::read_dir(folder).expect("the fonts").map(|entry| entry.expect("an entry").path());
    let mut found = 0;
    for family in families.filter(|path| path.is_dir()) {
        for file in fs::read_dir(family).expect("a family") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "woff2") {
                let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
                assert_eq!(packed(name), Some(fs::read(&path).expect("a font").as_slice()), "{name}");
                found += 1;
            }
        }
    }
    assert_eq!(found, 64);
    assert_eq!(packed("another-latin-400-normal"), None);
}
