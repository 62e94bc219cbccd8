//! The real files parse, and every kind of mistake in a copy of them is pointed at.

use std::path::{Path, PathBuf};

use super::*;

fn real() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

/// Copies `data/`, replaces the first `from` in `file` by `to`, reads the copy and compares the mistake reported.
#[track_caller]
fn check_fault(file: &str, from: &str, to: &str, expected_field: &str, expected_sentence: &str) {
    let copy = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(real()).expect("data/") {
        let entry = entry.expect("an entry of data/");
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copied");
    }
    let text = std::fs::read_to_string(real().join(file)).expect("the file");
    let place = text.find(from).expect("the text to replace");
    std::fs::write(copy.path().join(file), text.replacen(from, to, 1)).expect("written");
    let error = read(copy.path()).expect_err("a mistake");
    assert_eq!(error.file, file);
    let line = text[..place].matches('\n').count() + 1;
    assert_eq!((error.line, error.field.as_str()), (line, expected_field), "{error}");
    assert!(error.sentence.contains(expected_sentence), "{error}");
}

#[test]
fn the_files_in_the_repository_are_good() {
    let data = read(&real()).expect("good files");
    assert_eq!(data.products.len(), 127);
    let unions = data.organisations.iter().filter(|organisation| organisation.kind == OrganisationKind::Union);
    assert!(unions.count() >= 3);
    let city = data.targets.iter().find(|target| target.year == 2026 && target.scope == Scope::City);
    assert_eq!(city.expect("a target of the city").amount, Money::from_yuan(179_000_000));
}

#[test]
fn mistakes_in_products_are_pointed_at() {
    check_fault("products.csv", ",88.00,", ",88元8,", "price_yuan", "金额只写数字");
    check_fault("products.csv", "10:84.00", "10:88.00", "breaks", "单价要大于 0，并且比前一档低");
    check_fault("products.csv", "10:84.00", "10=84.00", "breaks", "not a step");
    check_fault("products.csv", ",grain_oil,", ",grain,", "category", "not one of the known codes");
    check_fault("products.csv", ",liandu,", ",nowhere,", "county", "not in regions.toml");
    check_fault("products.csv", ",67500,", ",-1,", "available", "数量不能是负数");
    check_fault("products.csv", ",1-12,", ",spring,", "season_months", "months look like");
    check_fault("products.csv", "liandu-merchant,", "liandu-union,", "merchant", "no merchant");
    check_fault("products.csv", "price_yuan", "price", "price_yuan", "missing from the header");
}

#[test]
fn mistakes_in_toml_are_pointed_at() {
    check_fault("organisations.toml", "\"81330203MC0001015R\"", "\"81330203MC0001015Q\"", "uscc", "校验位不对");
    check_fault(
        "organisations.toml",
        "district = \"haishu\"",
        "district = \"atlantis\"",
        "district",
        "not in regions.toml",
    );
    check_fault("organisations.toml", "members = 3920", "members = \"many\"", "members", "invalid type");
    check_fault("accounts.toml", "role = \"city_coordinator\"", "role = \"king\"", "role", "'king' is not");
    check_fault("pairings.toml", "status = \"verified\"", "status = \"certain\"", "status", "verified or assumed");
    check_fault("brands.toml", "valid_to = 2027-06-30", "valid_to = \"soon\"", "valid_to", "invalid type");
    check_fault("targets.toml", "amount_yuan = 165000000", "amount_yuan = 165000001", "amount_yuan", "add up to");
}

#[test]
fn every_unit_spec_and_certificate_can_be_told_in_english() {
    use domain::terms::told;
    let is_chinese = |letter: char| ('\u{2E80}'..='\u{9FFF}').contains(&letter);
    for product in &read(&real()).expect("good files").products {
        let texts = [Some(&product.unit), Some(&product.spec), product.certification.as_ref()];
        for text in texts.into_iter().flatten() {
            let english = told(text, domain::Language::En);
            assert!(!english.contains(is_chinese), "{text} of {}: {english}", product.name);
        }
    }
}
