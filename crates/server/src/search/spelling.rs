//! The pinyin of names whose syllables nobody has written down: counties and brands.

use domain::product::Brand;

const FINALS: &[&str] = &[
    "iang", "iong", "uang", "ang", "eng", "ian", "iao", "ing", "ong", "uai", "uan", "ai", "an", "ao", "ei", "en", "er",
    "ia", "ie", "in", "iu", "ou", "ua", "ue", "ui", "un", "uo", "ve", "a", "e", "i", "o", "u", "v",
];

/// Pinyin without spaces, cut into so many syllables; as a whole where that cannot be done.
pub fn syllables(joined: &str, count: usize) -> Vec<String> {
    cut(joined, count).unwrap_or_else(|| vec![joined.to_owned()])
}

fn cut(joined: &str, count: usize) -> Option<Vec<String>> {
    if count == 0 || joined.is_empty() {
        return (count == 0 && joined.is_empty()).then(Vec::new);
    }
    let initial = joined.find(|letter| "aeiouv".contains(letter))?;
    let (_, rest) = joined.split_at(initial);
    let finals = FINALS.iter().filter(|end| rest.starts_with(**end));
    finals.map(|end| initial + end.len()).find_map(|at| {
        let mut syllables = vec![joined[..at].to_owned()];
        syllables.extend(cut(&joined[at..], count - 1)?);
        Some(syllables)
    })
}

pub fn initials(syllables: &[String]) -> String {
    syllables.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

pub fn brand_initials(brand: Brand) -> &'static str {
    match brand {
        Brand::LishuiShangeng => "lssg",
        Brand::SanquWei => "sqw",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_pinyin_falls_into_as_many_syllables_as_there_are_characters() {
        for (joined, cut) in [
            ("qingyuan", "qing yuan"),
            ("longquan", "long quan"),
            ("kaihua", "kai hua"),
            ("jiangshan", "jiang shan"),
            ("liandu", "lian du"),
            ("suichang", "sui chang"),
            ("xian", "xi an"),
            ("jinyun", "jin yun"),
        ] {
            assert_eq!(syllables(joined, 2).join(" "), cut);
        }
        assert_eq!(syllables("zzz", 2), ["zzz"]);
        assert_eq!(initials(&syllables("changshan", 2)), "cs");
    }
}
