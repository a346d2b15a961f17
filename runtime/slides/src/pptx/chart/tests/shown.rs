//! A number as a program shows it that follows a number format, as far as we write such.

/// The text of a number in a format.
pub(super) fn shown(format: &str, value: f64) -> String {
    let sections = sections(format);
    let is_met = |section: &String| {
        let condition = section.strip_prefix('[')?.split_once(']')?.0;
        let number = condition.trim_start_matches(['>', '=']).parse::<f64>().ok()?;
        Some(if condition.starts_with(">=") {
            value >= number
        } else {
            (value - number).abs() < f64::EPSILON
        })
    };
    let has_conditions = is_met(&sections[0]).is_some();
    let section = if has_conditions {
        sections.iter().find(|section| is_met(section).unwrap_or(true)).unwrap()
    } else if value > 0.0 {
        &sections[0]
    } else if value < 0.0 {
        &sections[1]
    } else {
        &sections[2]
    };
    let mut text = String::new();
    let mut pattern = String::new();
    let mut is_quoted = false;
    let section = section.rsplit_once(']').map_or(section.as_str(), |(_, rest)| rest);
    for character in section.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            character if is_quoted => text.push(character),
            character => {
                if pattern.is_empty() {
                    text.push('\u{0}');
                }
                pattern.push(character);
            }
        }
    }
    text.replace('\u{0}', &digits(&pattern, value.abs()))
}

fn sections(format: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let mut is_quoted = false;
    for character in format.chars() {
        is_quoted ^= character == '"';
        if character == ';' && !is_quoted {
            sections.push(String::new());
        } else {
            sections.last_mut().unwrap().push(character);
        }
    }
    sections
}

fn digits(pattern: &str, value: f64) -> String {
    let rest = pattern.trim_end_matches(',');
    let thousands = i32::try_from(pattern.len() - rest.len()).unwrap();
    let decimals = rest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let text = format!("{:.*}", decimals, value / 1000_f64.powi(thousands));
    if !rest.starts_with("#,##0") {
        return text;
    }
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}
