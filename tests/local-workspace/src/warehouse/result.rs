//! Rows as the platform returns them: every value as text, with the types' names of Databricks SQL.

use serde_json::{Value, json};
use tokio_postgres::types::Type;

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    name: String,
    /// As in `type_text`, such as `DECIMAL(18,2)`.
    type_text: String,
}

/// The rows of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResultSet {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// Whether rows were left out because of a limit.
    pub(crate) truncated: bool,
}

impl Column {
    /// A column with a type of Databricks SQL; what is unknown is passed on.
    pub(crate) fn new(name: &str, type_text: &str) -> Self {
        Self { name: name.to_owned(), type_text: type_text.trim().to_ascii_uppercase() }
    }

    /// A column that PostgreSQL describes. The scale of decimals that it computed shows in the values only.
    pub(super) fn described(name: &str, kind: &Type, modifier: i32, scale: usize) -> Self {
        let type_text = match *kind {
            Type::BOOL => "BOOLEAN".to_owned(),
            Type::INT2 => "SMALLINT".to_owned(),
            Type::INT4 => "INT".to_owned(),
            Type::INT8 => "BIGINT".to_owned(),
            Type::FLOAT4 => "FLOAT".to_owned(),
            Type::FLOAT8 => "DOUBLE".to_owned(),
            Type::DATE => "DATE".to_owned(),
            Type::TIMESTAMPTZ => "TIMESTAMP".to_owned(),
            Type::TIMESTAMP => "TIMESTAMP_NTZ".to_owned(),
            Type::BYTEA => "BINARY".to_owned(),
            // 4 is the size of a header; above it precision and scale of 16 bits each.
            Type::NUMERIC if modifier >= 4 => {
                format!("DECIMAL({},{})", (modifier - 4) >> 16, (modifier - 4) & 0xffff)
            }
            Type::NUMERIC => format!("DECIMAL(38,{scale})"),
            _ => "STRING".to_owned(),
        };
        Self { name: name.to_owned(), type_text }
    }

    fn shown(&self, position: usize) -> Value {
        let (base, arguments) = match self.type_text.split_once('(') {
            Some((base, rest)) => (base.trim(), rest.trim_end_matches(')')),
            None => (self.type_text.as_str(), ""),
        };
        let type_name = match base {
            "SMALLINT" => "SHORT",
            "TINYINT" => "BYTE",
            "BIGINT" => "LONG",
            "INTEGER" => "INT",
            "TIMESTAMP_NTZ" => "TIMESTAMP",
            other => other,
        };
        let mut shown = json!({
            "name": self.name, "type_text": self.type_text, "type_name": type_name, "position": position,
        });
        if base == "DECIMAL" {
            let mut numbers =
                arguments.split(',').map(|number| number.trim().parse::<u64>().unwrap_or_default());
            shown["type_precision"] = json!(numbers.next().filter(|number| *number > 0).unwrap_or(10));
            shown["type_scale"] = json!(numbers.next().unwrap_or_default());
        }
        shown
    }
}

impl ResultSet {
    /// The manifest and the first chunk.
    pub(super) fn shown(&self, statement: &str, rows_per_chunk: usize) -> (Value, Value) {
        let columns: Vec<Value> =
            self.columns.iter().enumerate().map(|(at, column)| column.shown(at)).collect();
        let size = rows_per_chunk.max(1);
        let chunks: Vec<Value> = self
            .rows
            .chunks(size)
            .enumerate()
            .map(|(index, rows)| {
                json!({"chunk_index": index, "row_offset": index * size, "row_count": rows.len()})
            })
            .collect();
        let mut manifest = json!({
            "format": "JSON_ARRAY",
            "schema": {"column_count": columns.len(), "columns": columns},
            "total_chunk_count": chunks.len(),
            "total_row_count": self.rows.len(),
            "truncated": self.truncated,
        });
        if !chunks.is_empty() {
            manifest["chunks"] = chunks.into();
        }
        (manifest, self.chunk(statement, 0, rows_per_chunk).unwrap_or_else(|| json!({})))
    }

    /// One chunk; none if there is no such.
    pub(super) fn chunk(&self, statement: &str, index: usize, rows_per_chunk: usize) -> Option<Value> {
        let size = rows_per_chunk.max(1);
        let rows = self.rows.chunks(size).nth(index)?;
        let mut chunk = json!({
            "chunk_index": index, "row_offset": index * size, "row_count": rows.len(), "data_array": rows,
        });
        let next = index + 1;
        if next * size < self.rows.len() {
            chunk["next_chunk_index"] = json!(next);
            chunk["next_chunk_internal_link"] =
                json!(format!("/api/2.0/sql/statements/{statement}/result/chunks/{next}"));
        }
        Some(chunk)
    }
}

/// The expression that makes a column a text, in the platform's form where PostgreSQL can do that.
pub(super) fn as_text(column: &str, kind: &Type) -> String {
    match *kind {
        Type::BYTEA => format!("encode({column}, 'base64')"),
        Type::TIMESTAMPTZ | Type::TIMESTAMP => {
            format!("to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
        }
        _ => format!("{column}::text"),
    }
}

/// A value in the platform's form: doubles are written as Java does.
pub(super) fn value(text: String, kind: &Type) -> String {
    match *kind {
        Type::FLOAT8 => text.parse().map_or(text, |number: f64| java(number, &format!("{number:e}"))),
        Type::FLOAT4 => text.parse().map_or(text, |number: f32| java(number.into(), &format!("{number:e}"))),
        _ => text,
    }
}

/// `Double.toString`: plain between 10⁻³ and 10⁷, otherwise with an exponent, always with a decimal.
/// `shortest` is the number with an exponent, as Rust writes it.
fn java(number: f64, shortest: &str) -> String {
    if !number.is_finite() {
        return match number {
            n if n.is_nan() => "NaN",
            n if n > 0.0 => "Infinity",
            _ => "-Infinity",
        }
        .to_owned();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        let (digits, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        return format!("{digits}{point}E{exponent}");
    }
    let (digits, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let digits = digits.replace('.', "");
    let before = usize::try_from(exponent + 1).unwrap_or_default();
    let after = if before == 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        format!("{}{digits}", "0".repeat(zeros))
    } else {
        digits.get(before..).unwrap_or_default().to_owned()
    };
    let before = match digits.get(..before) {
        Some("") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => format!("{digits:0<before$}"),
    };
    format!("{sign}{before}.{}", if after.is_empty() { "0" } else { &after })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio_postgres::types::Type;

    use super::{Column, ResultSet, value};

    #[test]
    fn doubles_are_written_as_java_does() {
        for (number, written) in [
            ("336000000", "3.36E8"),
            ("333600000", "3.336E8"),
            ("10000000", "1.0E7"),
            ("9999999.5", "9999999.5"),
            ("33750000", "3.375E7"),
            ("1200000", "1200000.0"),
            ("0.001", "0.001"),
            ("0.0125", "0.0125"),
            ("0.00099", "9.9E-4"),
            ("-12.5", "-12.5"),
            ("-12500000000", "-1.25E10"),
            ("0", "0.0"),
            ("1", "1.0"),
            ("100", "100.0"),
            ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
        ] {
            assert_eq!(value(number.to_owned(), &Type::FLOAT8), written, "{number}");
        }
        assert_eq!(value("0.1".to_owned(), &Type::FLOAT4), "0.1");
        assert_eq!(value("336000000".to_owned(), &Type::NUMERIC), "336000000");
    }

    #[test]
    fn a_decimal_tells_its_precision_and_scale() {
        let shown = Column::described("a", &Type::NUMERIC, ((18 << 16) | 2) + 4, 0).shown(3);
        assert_eq!(
            shown,
            json!({"name": "a", "type_text": "DECIMAL(18,2)", "type_name": "DECIMAL", "position": 3,
                   "type_precision": 18, "type_scale": 2})
        );
        assert_eq!(Column::described("a", &Type::NUMERIC, -1, 4).shown(0)["type_text"], "DECIMAL(38,4)");
        assert_eq!(Column::described("a", &Type::INT8, -1, 0).shown(0)["type_name"], "LONG");
    }

    #[test]
    fn chunks_link_to_the_next_and_cover_all_rows() {
        let rows = (0..5).map(|n| vec![Some(n.to_string())]).collect();
        let set = ResultSet { columns: vec![Column::new("n", "INT")], rows, truncated: false };
        let (manifest, first) = set.shown("s", 2);
        assert_eq!(manifest["total_chunk_count"], 3);
        assert_eq!(first["data_array"], json!([["0"], ["1"]]));
        assert_eq!(first["next_chunk_internal_link"], "/api/2.0/sql/statements/s/result/chunks/1");
        let last = set.chunk("s", 2, 2).expect("the last");
        assert_eq!((last["row_offset"].clone(), last.get("next_chunk_index")), (json!(4), None));
        assert!(set.chunk("s", 3, 2).is_none());
        let empty = ResultSet::default().shown("s", 2);
        assert_eq!((empty.0["total_chunk_count"].clone(), empty.1), (json!(0), json!({})));
    }
}
