use serde_json::json;

use super::Sheet;
use super::cell::{Cell, letters};
use crate::chart::Chart;

fn chart(categories: usize) -> Chart {
    let names: Vec<String> = (0..categories).map(|number| number.to_string()).collect();
    let values: Vec<usize> = (0..categories).collect();
    let series = json!([{ "id": "s", "name": "S", "values": values }]);
    serde_json::from_value(json!({ "id": "c", "kind": "bar", "categories": names, "series": series }))
        .unwrap()
}

#[test]
fn columns_have_letters() {
    let written: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].into_iter().map(letters).collect();
    assert_eq!(written, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
}

#[test]
fn a_formula_names_one_range() {
    let chart = chart(5);
    let sheet = Sheet::new(&chart, &[0, 1, 2, 3, 4]);
    assert_eq!(sheet.name(0), "Data!$B$1");
    assert_eq!(Sheet::cells(0, 5), "Data!$A$2:$A$6");
    assert_eq!(Sheet::cells(1, 1), "Data!$B$2");
    assert_eq!(Sheet::cells(1, 0), "Data!$B$2");
}

#[test]
fn rows_are_in_the_order_in_which_they_are_drawn() {
    let chart = chart(5);
    let categories = |order: &[usize]| {
        let rows = Sheet::new(&chart, order).rows();
        let names = rows[1..].iter().map(|row| match row[..] {
            [Cell::Text(name), Cell::Number(value)] => {
                assert_eq!(value.to_string(), name, "a value stays with its category");
                name
            }
            _ => panic!("a name and a value"),
        });
        names.collect::<String>()
    };
    assert_eq!(categories(&[4, 0, 1, 3, 2]), "40132");
    // What isn't drawn comes last; what isn't there, or was there before, has no row.
    assert_eq!(categories(&[3, 1, 3, 9]), "31024");
    assert_eq!(categories(&[]), "01234");
}
