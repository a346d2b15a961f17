//! The family of ours that comes nearest to a font of a company.

use crate::theme::Family;

/// Fonts by the beginnings of their names, in lower case without spaces. Widths decide first, then
/// whether letters have serifs.
const KNOWN: [(Family, &[&str]); 5] = [
    (
        Family::Carlito,
        &[
            "calibri",
            "carlito",
            "candara",
            "corbel",
            "lato",
            "sourcesans",
            "myriad",
            "frutiger",
            "gillsans",
            "ptsans",
            "dinpro",
            "dinnext",
            "barlow",
            "titillium",
            "optima",
            "bahnschrift",
            "roundedmplus",
            "cabin",
        ],
    ),
    (Family::Caladea, &["cambria", "caladea", "constantia", "sourceserif", "notoserif", "ptserif", "lora"]),
    (
        Family::Gelasio,
        &[
            "georgia",
            "gelasio",
            "merriweather",
            "playfair",
            "bookman",
            "charter",
            "palatino",
            "bookantiqua",
            "rockwell",
            "robotoslab",
            "robotoserif",
            "ibmplexserif",
            "sitka",
            "century",
        ],
    ),
    (
        Family::Tinos,
        &[
            "times",
            "tinos",
            "liberationserif",
            "garamond",
            "ebgaramond",
            "baskerville",
            "bodoni",
            "didot",
            "minion",
            "caslon",
            "crimson",
            "perpetua",
            "librebaskerville",
            "cormorant",
            "sabon",
        ],
    ),
    (
        Family::Arimo,
        &[
            "segoe",
            "aptos",
            "opensans",
            "notosans",
            "tahoma",
            "trebuchet",
            "ubuntu",
            "firasans",
            "nunito",
            "arial",
            "arimo",
            "helvetica",
            "liberationsans",
            "inter",
            "roboto",
            "verdana",
            "franklin",
            "univers",
            "akzidenz",
            "montserrat",
            "poppins",
            "dmsans",
            "worksans",
            "ibmplexsans",
            "avenir",
            "futura",
            "proximanova",
            "centurygothic",
            "raleway",
            "sfpro",
            "sansfrancisco",
            "publicsans",
        ],
    ),
];

/// The nearest family, and whether it was known to be.
pub(super) fn nearest(name: &str) -> (Family, bool) {
    let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let found = KNOWN
        .iter()
        .flat_map(|(family, names)| names.iter().map(move |known| (*family, *known)))
        .filter(|(_, known)| plain.starts_with(known))
        // `robotoslab` is nearer than `roboto`.
        .max_by_key(|(_, known)| known.len());
    match found {
        Some((family, _)) => (family, true),
        // By what the name says of itself.
        None if plain.contains("serif") && !plain.contains("sans") => (Family::Caladea, false),
        None => (Family::Arimo, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_the_nearest() {
        for (name, family) in [
            ("Calibri Light", Family::Carlito),
            ("Aptos Display", Family::Arimo),
            ("Segoe UI", Family::Arimo),
            ("Inter", Family::Arimo),
            ("Roboto", Family::Arimo),
            ("Roboto Slab", Family::Gelasio),
            ("Helvetica Neue", Family::Arimo),
            ("Times New Roman", Family::Tinos),
            ("Cambria", Family::Caladea),
            ("Century Gothic", Family::Arimo),
            ("Georgia", Family::Gelasio),
        ] {
            assert_eq!(nearest(name), (family, true), "{name}");
        }
        assert_eq!(nearest("Acme Brand"), (Family::Arimo, false));
        assert_eq!(nearest("Acme Serif"), (Family::Caladea, false));
    }
}
