//! The parts of a workbook, by hand: seven small files in a zip archive. A library for spreadsheets would be
//! larger than all other writers together.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::cell::{Cell, SHEET, letters};
use crate::xml::escape;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Writes a workbook with one sheet. The same rows give the same bytes.
pub(super) fn write(rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut strings = Strings::default();
    let sheet = sheet(rows, &mut strings);
    let parts = [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", relationships(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", workbook()),
        (
            "xl/_rels/workbook.xml.rels",
            relationships(&[
                ("worksheet", "worksheets/sheet1.xml"),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", styles()),
        ("xl/sharedStrings.xml", strings.part()),
    ];
    // Writing to memory doesn't fail, and the parts are far smaller than what the format allows.
    archive(&parts).unwrap_or_default()
}

fn archive(parts: &[(&str, String)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Texts, each once, in the order in which they were first used.
#[derive(Default)]
struct Strings<'a> {
    numbers: BTreeMap<&'a str, usize>,
    all: Vec<&'a str>,
    uses: usize,
}

impl<'a> Strings<'a> {
    fn number(&mut self, text: &'a str) -> usize {
        self.uses += 1;
        let next = self.all.len();
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.all.push(text);
        }
        number
    }

    fn part(&self) -> String {
        let mut xml = format!(
            "{HEAD}<sst xmlns=\"{MAIN}\" count=\"{}\" uniqueCount=\"{}\">",
            self.uses,
            self.all.len()
        );
        for text in &self.all {
            xml.push_str("<si><t xml:space=\"preserve\">");
            escape(&without_codes(text), &mut xml);
            xml.push_str("</t></si>");
        }
        xml.push_str("</sst>");
        xml
    }
}

/// `_x0041_` in a cell's text means `A`; so the underscore of a text that looks like that is written as its own code.
fn without_codes(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let code = text.as_bytes().get(at..at + 7);
        let is_code = code.is_some_and(|code| {
            code.starts_with(b"_x") && code.ends_with(b"_") && code[2..6].iter().all(u8::is_ascii_hexdigit)
        });
        if is_code {
            written.push_str("_x005F");
        }
        written.push(character);
    }
    written
}

fn sheet<'a>(rows: &[Vec<Cell<'a>>], strings: &mut Strings<'a>) -> String {
    let width = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let mut xml = format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:{}{}\"/>\
         <sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"/></sheetViews>\
         <sheetFormatPr defaultRowHeight=\"15\"/>\
         <cols><col min=\"1\" max=\"{width}\" width=\"18\" customWidth=\"1\"/></cols><sheetData>",
        letters(width - 1),
        rows.len().max(1),
    );
    // Writing to a string can't fail.
    for (row, cells) in (1..).zip(rows) {
        let _ = write!(xml, "<row r=\"{row}\">");
        for (column, cell) in cells.iter().enumerate() {
            let _ = match cell {
                Cell::Empty => Ok(()),
                Cell::Number(number) => {
                    write!(xml, "<c r=\"{}{row}\"><v>{number}</v></c>", letters(column))
                }
                Cell::Text(text) => {
                    let number = strings.number(text);
                    write!(xml, "<c r=\"{}{row}\" t=\"s\"><v>{number}</v></c>", letters(column))
                }
            };
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData><pageMargins left=\"0.7\" right=\"0.7\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/></worksheet>");
    xml
}

fn content_types() -> String {
    let part = |path: &str, kind: &str| {
        format!("<Override PartName=\"/xl/{path}.xml\" ContentType=\"{TYPE}.{kind}+xml\"/>")
    };
    format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}{}{}{}</Types>",
        part("workbook", "sheet.main"),
        part("worksheets/sheet1", "worksheet"),
        part("styles", "styles"),
        part("sharedStrings", "sharedStrings"),
    )
}

fn relationships(all: &[(&str, &str)]) -> String {
    let mut xml = format!("{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (number, (kind, target)) in (1..).zip(all) {
        let _ =
            write!(xml, "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
    }
    xml.push_str("</Relationships>");
    xml
}

fn workbook() -> String {
    format!(
        "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><bookViews><workbookView/></bookViews>\
         <sheets><sheet name=\"{SHEET}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    )
}

fn styles() -> String {
    format!(
        "{HEAD}<styleSheet xmlns=\"{MAIN}\">\
         <fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
    )
}
