//! The themes that come with the app: can everybody read them and tell their colours apart?

use tellr_slides::theme::{Color, Spacing, Theme, built_in};

#[test]
fn five_themes_come_with_the_app() {
    let ids: Vec<String> = built_in().iter().map(|theme| theme.id.to_string()).collect();
    assert_eq!(ids, ["clear", "ink", "paper", "signal", "lakehouse"]);
    assert!(built_in().iter().all(|theme| !theme.guidance.is_empty()));
}

#[test]
fn whatever_stands_on_a_ground_can_be_read_there() {
    for theme in built_in() {
        assert_eq!(theme.too_faint(), [], "{}", theme.id);
    }
}

#[test]
fn the_rules_of_themes_hold_for_ours() {
    for theme in built_in() {
        assert_eq!(theme.problems(), [], "{}", theme.id);
    }
}

#[test]
fn a_theme_that_cannot_be_read_is_found_out() {
    let mut theme = built_in().remove(0);
    theme.colors.muted = color("#8A97AB");
    theme.colors.chart[2] = color("#DDE3EE");
    theme.cover.text = color("#50607A");
    let pairs: Vec<String> = theme.too_faint().into_iter().map(|faint| faint.pair).collect();
    let expected = [
        "muted on background",
        "chart[2] on background",
        "muted on surface",
        "chart[2] on surface",
        "text on cover",
    ];
    assert_eq!(pairs, expected);
}

#[test]
fn lines_are_seen() {
    for theme in built_in() {
        assert!(theme.colors.line.contrast(theme.colors.background) >= 1.3, "{}", theme.id);
    }
}

#[test]
fn chart_colours_are_told_apart_in_grey() {
    for theme in built_in() {
        let mut colors = theme.colors.chart;
        colors.sort_by(|one, two| one.luminance().total_cmp(&two.luminance()));
        for pair in colors.windows(2) {
            assert!(pair[0].contrast(pair[1]) >= 1.3, "{}: {} and {}", theme.id, pair[0], pair[1]);
        }
    }
}

/// How linear RGB looks to people without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_82, 0.042_94, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_9],
        ],
    ),
];

#[test]
fn chart_colours_are_told_apart_with_each_kind_of_colour_blindness() {
    for theme in built_in() {
        for (eyes, matrix) in EYES {
            for (index, one) in theme.colors.chart.iter().enumerate() {
                for two in &theme.colors.chart[index + 1..] {
                    let distance = distance(seen(*one, matrix), seen(*two, matrix));
                    assert!(
                        distance >= 0.085,
                        "{}, {eyes}: {one} and {two} are {distance:.3} apart",
                        theme.id
                    );
                }
            }
        }
    }
}

fn seen(color: Color, matrix: [[f64; 3]; 3]) -> [f64; 3] {
    let linear = color.linear();
    oklab(matrix.map(|row| row.iter().zip(linear).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0)))
}

/// Linear RGB in Oklab, where distances are about those that people see.
fn oklab(rgb: [f64; 3]) -> [f64; 3] {
    let times = |matrix: [[f64; 3]; 3], by: [f64; 3]| {
        matrix.map(|row| row.iter().zip(by).map(|(a, b)| a * b).sum::<f64>())
    };
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        rgb,
    );
    times(
        [
            [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
        ],
        cones.map(f64::cbrt),
    )
}

fn distance(one: [f64; 3], two: [f64; 3]) -> f64 {
    one.iter().zip(two).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn spacing_is_on_the_grid() {
    for theme in built_in() {
        let Spacing { margin_side, margin_top, margin_bottom, block_gap, group_gap } = theme.spacing;
        for length in [margin_side, margin_top, margin_bottom, block_gap, group_gap] {
            assert!(length > 0 && length % 8 == 0, "{}: {length}", theme.id);
        }
    }
}

#[test]
fn a_theme_is_written_as_it_was_read() {
    for theme in built_in() {
        let json = serde_json::to_string(&theme).unwrap();
        assert_eq!(serde_json::from_str::<Theme>(&json).unwrap(), theme);
    }
}

fn color(text: &str) -> Color {
    text.to_owned().try_into().unwrap()
}
