use serde_json::json;

use super::Sheet;
use super::cell::letters;
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
fn a_formula_names_cells_in_the_order_in_which_they_are_drawn() {
    let chart = chart(5);
    let sheet = Sheet::new(&chart);
    assert_eq!(sheet.name(0), "Data!$B$1");
    assert_eq!(Sheet::cells(0, &[0, 1, 2, 3, 4]), "Data!$A$2:$A$6");
    assert_eq!(Sheet::cells(1, &[3]), "Data!$B$5");
    assert_eq!(Sheet::cells(1, &[4, 0, 1, 3, 2]), "(Data!$B$6,Data!$B$2:$B$3,Data!$B$5,Data!$B$4)");
    assert_eq!(Sheet::cells(1, &[]), "Data!$B$2");
}
