//! The few words that files add to a deck, in the languages that layout has words in.

/// The words of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Before a slide's number.
    pub(crate) slide: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) next: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) overview: &'static str,
    pub(crate) full_screen: &'static str,
    pub(crate) bar_chart: &'static str,
    pub(crate) line_chart: &'static str,
    pub(crate) area_chart: &'static str,
    pub(crate) pie_chart: &'static str,
    pub(crate) scatter_chart: &'static str,
    /// In place of a value that isn't known.
    pub(crate) no_value: &'static str,
}

impl Words {
    /// Of a language tag; English where it isn't known.
    pub(crate) fn of(language: Option<&str>) -> &'static Self {
        let tag = language.unwrap_or_default().to_ascii_lowercase();
        match tag.split('-').next().unwrap_or_default() {
            "de" => &GERMAN,
            "fr" => &FRENCH,
            "es" => &SPANISH,
            "it" => &ITALIAN,
            "pt" => &PORTUGUESE,
            "nl" => &DUTCH,
            _ => &ENGLISH,
        }
    }
}

const ENGLISH: Words = Words {
    slide: "Slide",
    notes: "Notes",
    next: "Next slide",
    previous: "Previous slide",
    overview: "Overview",
    full_screen: "Full screen",
    bar_chart: "Bar chart",
    line_chart: "Line chart",
    area_chart: "Area chart",
    pie_chart: "Pie chart",
    scatter_chart: "Scatter chart",
    no_value: "no value",
};

const GERMAN: Words = Words {
    slide: "Folie",
    notes: "Notizen",
    next: "Nächste Folie",
    previous: "Vorige Folie",
    overview: "Übersicht",
    full_screen: "Vollbild",
    bar_chart: "Balkendiagramm",
    line_chart: "Liniendiagramm",
    area_chart: "Flächendiagramm",
    pie_chart: "Kreisdiagramm",
    scatter_chart: "Streudiagramm",
    no_value: "kein Wert",
};

const FRENCH: Words = Words {
    slide: "Diapositive",
    notes: "Notes",
    next: "Diapositive suivante",
    previous: "Diapositive précédente",
    overview: "Vue d’ensemble",
    full_screen: "Plein écran",
    bar_chart: "Diagramme à barres",
    line_chart: "Courbe",
    area_chart: "Graphique en aires",
    pie_chart: "Diagramme circulaire",
    scatter_chart: "Nuage de points",
    no_value: "sans valeur",
};

const SPANISH: Words = Words {
    slide: "Diapositiva",
    notes: "Notas",
    next: "Diapositiva siguiente",
    previous: "Diapositiva anterior",
    overview: "Vista general",
    full_screen: "Pantalla completa",
    bar_chart: "Gráfico de barras",
    line_chart: "Gráfico de líneas",
    area_chart: "Gráfico de áreas",
    pie_chart: "Gráfico circular",
    scatter_chart: "Gráfico de dispersión",
    no_value: "sin valor",
};

const ITALIAN: Words = Words {
    slide: "Diapositiva",
    notes: "Note",
    next: "Diapositiva successiva",
    previous: "Diapositiva precedente",
    overview: "Panoramica",
    full_screen: "Schermo intero",
    bar_chart: "Grafico a barre",
    line_chart: "Grafico a linee",
    area_chart: "Grafico ad area",
    pie_chart: "Grafico a torta",
    scatter_chart: "Grafico a dispersione",
    no_value: "nessun valore",
};

const PORTUGUESE: Words = Words {
    slide: "Slide",
    notes: "Notas",
    next: "Próximo slide",
    previous: "Slide anterior",
    overview: "Visão geral",
    full_screen: "Tela cheia",
    bar_chart: "Gráfico de barras",
    line_chart: "Gráfico de linhas",
    area_chart: "Gráfico de áreas",
    pie_chart: "Gráfico de pizza",
    scatter_chart: "Gráfico de dispersão",
    no_value: "sem valor",
};

const DUTCH: Words = Words {
    slide: "Dia",
    notes: "Notities",
    next: "Volgende dia",
    previous: "Vorige dia",
    overview: "Overzicht",
    full_screen: "Volledig scherm",
    bar_chart: "Staafdiagram",
    line_chart: "Lijndiagram",
    area_chart: "Vlakdiagram",
    pie_chart: "Cirkeldiagram",
    scatter_chart: "Spreidingsdiagram",
    no_value: "geen waarde",
};
