//! `data/products.csv`: one row a product.

use std::path::Path;

use csv::StringRecord;
use domain::organisation::OrganisationKind;
use domain::product::{Brand, Category, CertificationKind, PriceBreak, PriceLadder, SeasonMonths};
use domain::{Money, Quantity};

use super::{Checked, DataError, Organisation, Product, Region, is_county, organisation};

const FILE: &str = "products.csv";

/// The columns, in any order; the header names them.
const COLUMNS: &[&str] = &[
    "id",
    "merchant",
    "brand",
    "county",
    "category",
    "name",
    "name_en",
    "pinyin",
    "spec",
    "unit",
    "price_yuan",
    "breaks",
    "minimum_order",
    "available",
    "season_months",
    "shelf_life_days",
    "cold_chain",
    "certification_kind",
    "certification",
    "certification_number",
    "union_gift_ok",
    "description",
    "description_en",
];

pub(super) fn read(folder: &Path, regions: &[Region], organisations: &[Organisation]) -> Checked<Vec<Product>> {
    let text = super::toml_file::read_text(folder, FILE)?;
    // Spreadsheet programs write a byte order mark that would become part of the first column's name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let whole_file = |sentence: String| fault(1, "", sentence);
    let header = reader.headers().map_err(|error| whole_file(error.to_string()))?.clone();
    if let Some(missing) = COLUMNS.iter().find(|column| !header.iter().any(|name| name == **column)) {
        return Err(fault(1, missing, "this column is missing from the header"));
    }
    let mut products: Vec<Product> = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            fault(line as usize, "", format!("this row cannot be read: {error}"))
        })?;
        let row = Row { header: &header, record: &record };
        let product = row.product(regions, organisations)?;
        if products.iter().any(|earlier| earlier.id == product.id) {
            return Err(row.fault("id", format!("'{}' stands here twice", product.id)));
        }
        products.push(product);
    }
    Ok(products)
}

fn fault(line: usize, field: &str, sentence: impl ToString) -> DataError {
    DataError { file: FILE.to_owned(), line, field: field.to_owned(), sentence: sentence.to_string() }
}

struct Row<'a> {
    header: &'a StringRecord,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn fault(&self, field: &str, sentence: impl ToString) -> DataError {
        fault(self.record.position().map_or(0, |position| position.line() as usize), field, sentence)
    }

    fn cell(&self, field: &str) -> &str {
        let column = self.header.iter().position(|name| name == field);
        column.and_then(|column| self.record.get(column)).unwrap_or_default().trim()
    }

    fn text(&self, field: &str) -> Checked<String> {
        let text = self.cell(field);
        if text.is_empty() { Err(self.fault(field, "must not be empty")) } else { Ok(text.to_owned()) }
    }

    fn optional(&self, field: &str) -> Option<String> {
        Some(self.cell(field)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn coded<T>(&self, field: &str, from_code: fn(&str) -> Option<T>) -> Checked<T> {
        let code = self.cell(field);
        from_code(code).ok_or_else(|| self.fault(field, format!("'{code}' is not one of the known codes")))
    }

    fn optional_coded<T>(&self, field: &str, from_code: fn(&str) -> Option<T>) -> Checked<Option<T>> {
        if self.cell(field).is_empty() { Ok(None) } else { self.coded(field, from_code).map(Some) }
    }

    fn count(&self, field: &str) -> Checked<i64> {
        Quantity::parse(self.cell(field)).map(Quantity::get).map_err(|error| self.fault(field, error))
    }

    fn yes_or_no(&self, field: &str) -> Checked<bool> {
        match self.cell(field) {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(self.fault(field, format!("'{other}' is neither yes nor no"))),
        }
    }

    fn product(&self, regions: &[Region], organisations: &[Organisation]) -> Checked<Product> {
        let county = self.text("county")?;
        if !regions.iter().any(|region| region.id == county && is_county(region.kind)) {
            return Err(self.fault("county", format!("'{county}' is not in regions.toml")));
        }
        let merchant = organisation(organisations, self.cell("merchant"), OrganisationKind::Merchant);
        let merchant = merchant.ok_or_else(|| self.fault("merchant", "no merchant of organisations.toml"))?.id;
        let season = SeasonMonths::parse(self.cell("season_months"));
        let minimum_order = self.count("minimum_order")?;
        if minimum_order == 0 {
            return Err(self.fault("minimum_order", "the least one can order is 1"));
        }
        Ok(Product {
            id: self.id()?,
            merchant,
            brand: self.optional_coded("brand", Brand::from_code)?,
            county,
            category: self.coded("category", Category::from_code)?,
            name: self.text("name")?,
            name_en: self.text("name_en")?,
            pinyin: self.text("pinyin")?,
            spec: self.text("spec")?,
            unit: self.text("unit")?,
            ladder: self.ladder()?,
            minimum_order,
            available: self.count("available")?,
            season: season.ok_or_else(|| self.fault("season_months", "months look like 1-12, 11-3 or 3-5;9-10"))?,
            shelf_life_days: self.optional("shelf_life_days").map(|_| self.count("shelf_life_days")).transpose()?,
            cold_chain: self.yes_or_no("cold_chain")?,
            certification_kind: self.optional_coded("certification_kind", CertificationKind::from_code)?,
            certification: self.optional("certification"),
            certification_number: self.optional("certification_number"),
            union_gift_ok: self.yes_or_no("union_gift_ok")?,
            description: self.text("description")?,
            description_en: self.text("description_en")?,
        })
    }

    fn id(&self) -> Checked<domain::id::ProductId> {
        let text = self.cell("id");
        let sentence = || format!("'{text}' is not a UUID; a new one: {}", crate::id::new());
        text.parse().map_err(|_| self.fault("id", sentence()))
    }

    /// `price_yuan` for one piece, `breaks` like `10:47.00;50:45.00` for more.
    fn ladder(&self) -> Checked<PriceLadder> {
        let money = |field: &str, text: &str| Money::parse(text).map_err(|error| self.fault(field, error));
        let mut steps = vec![PriceBreak {
            from_quantity: Quantity::ONE,
            unit_price_fen: money("price_yuan", self.cell("price_yuan"))?,
        }];
        for step in self.cell("breaks").split(';').filter(|step| !step.trim().is_empty()) {
            let (from, price) = step.split_once(':').ok_or_else(|| {
                self.fault("breaks", format!("'{step}' is not a step; steps look like 10:47.00;50:45.00"))
            })?;
            let from_quantity = Quantity::parse(from).map_err(|error| self.fault("breaks", error))?;
            steps.push(PriceBreak { from_quantity, unit_price_fen: money("breaks", price)? });
        }
        PriceLadder::new(steps).map_err(|error| self.fault("breaks", error))
    }
}
