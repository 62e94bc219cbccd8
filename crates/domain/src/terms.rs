//! The words of measure, packing and certificate that goods are described with, in English. Units, specs and certificates
//! are short texts a merchant writes in Chinese; put together from these words they can be told in English too.

use std::borrow::Cow;

use crate::language::Language;

/// Words that count something, with their plural: behind a number other than 1 they take it.
const MEASURES: &[(char, &str, &str)] = &[
    ('袋', "bag", "bags"),
    ('箱', "box", "boxes"),
    ('盒', "box", "boxes"),
    ('罐', "tin", "tins"),
    ('瓶', "bottle", "bottles"),
    ('包', "sachet", "sachets"),
    ('杯', "cup", "cups"),
    ('篮', "basket", "baskets"),
    ('桶', "bucket", "buckets"),
    ('坛', "jar", "jars"),
    ('组', "set", "sets"),
    ('套', "set", "sets"),
    ('份', "portion", "portions"),
    ('双', "pair", "pairs"),
    ('张', "sheet", "sheets"),
    ('刀', "bundle", "bundles"),
    ('尾', "fish", "fish"),
    ('只', "piece", "pieces"),
    ('件', "piece", "pieces"),
    ('个', "piece", "pieces"),
    ('枚', "piece", "pieces"),
    ('条', "piece", "pieces"),
    ('块', "piece", "pieces"),
    ('方', "piece", "pieces"),
    ('支', "piece", "pieces"),
    ('盆', "pot", "pots"),
    ('株', "plant", "plants"),
    ('斤', "half-kilo", "half-kilos"),
];

/// Everything else. Of those that begin alike the longest is meant.
const PHRASES: &[(&str, &str)] = &[
    ("一壶四杯", "pot and four cups"),
    ("单只礼盒", "one in a gift box"),
    ("单枚锦盒", "one in a brocade box"),
    ("对杯礼盒", "pair of cups in a gift box"),
    ("桌面摆件", "desk ornament"),
    ("益智积木", "building blocks"),
    ("方寸砚", "small inkstone"),
    ("礼盒", "gift box"),
    ("切片", "sliced"),
    ("腊肉", "cured pork"),
    ("包装", "packed"),
    ("四尺", "4 chi"),
    ("熟制", "cooked"),
    ("速冻", "quick-frozen"),
    ("冷冻", "frozen"),
    ("冷藏", "chilled"),
    ("冷链", "cold chain"),
    ("真空", "vacuum-packed"),
    ("咸蛋", "salted"),
    ("国家地理标志保护产品", "National geographical indication"),
    ("地理标志证明商标", "Geographical indication trade mark"),
    ("地理标志", "Geographical indication"),
    ("全球重要农业文化遗产系统产地", "From a globally important agricultural heritage system"),
    ("人类非物质文化遗产", "Intangible heritage of humanity"),
    ("国家级非物质文化遗产", "National intangible heritage"),
    ("非物质文化遗产", "Intangible heritage"),
    ("传统烧制技艺", "traditional firing"),
    ("皮纸制作技艺", "making of mulberry paper"),
    ("制作技艺", "craft"),
    ("锻制技艺", "forging"),
    ("青田石雕", "Qingtian stone carving"),
    ("青田田鱼", "Qingtian paddy fish"),
    ("庆元香菇", "Qingyuan shiitake"),
    ("衢州椪柑", "Quzhou ponkan"),
    ("缙云麻鸭", "Jinyun duck"),
    ("龙游乌猪", "Longyou black pig"),
    ("（", " ("),
    ("(", " ("),
    ("）", ")"),
    ("；", "; "),
    ("，", ", "),
    ("、", ", "),
    ("×", " × "),
];

/// A unit, spec or certificate in the reader's language. A word that is not in the lists stays as it was written.
pub fn told(text: &str, reader: Language) -> Cow<'_, str> {
    match reader {
        Language::Zh => Cow::Borrowed(text),
        Language::En => Cow::Owned(in_english(text)),
    }
}

fn in_english(text: &str) -> String {
    let (mut told, mut rest) = (English::default(), text);
    while let Some(first) = rest.chars().next() {
        let phrase = PHRASES.iter().filter(|(zh, _)| rest.starts_with(zh)).max_by_key(|(zh, _)| zh.len());
        if let Some((zh, en)) = phrase {
            told.phrase(en);
            rest = &rest[zh.len()..];
            continue;
        }
        match MEASURES.iter().find(|(zh, ..)| *zh == first) {
            Some((_, one, many)) => told.measure(one, many),
            None => told.sign(first),
        }
        rest = &rest[first.len_utf8()..];
    }
    told.text
}

/// What has been told so far.
#[derive(Default)]
struct English {
    text: String,
    /// It ends in a word of the lists.
    ends_in_word: bool,
}

impl English {
    fn phrase(&mut self, phrase: &str) {
        let is_word = phrase.starts_with(|first: char| first.is_ascii_alphanumeric());
        if is_word && self.ends_in_word {
            self.text.push(',');
        }
        if is_word && self.ends_in_letter() {
            self.text.push(' ');
        }
        self.text.push_str(phrase);
        self.ends_in_word = is_word;
    }

    fn measure(&mut self, one: &str, many: &str) {
        let letters = self.text.trim_end_matches(|last: char| last.is_ascii_digit());
        let word = match &self.text[letters.len()..] {
            "" | "1" => one,
            _ => many,
        };
        if self.ends_in_letter() {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.ends_in_word = true;
    }

    fn sign(&mut self, sign: char) {
        if self.ends_in_word && sign.is_ascii_alphanumeric() {
            self.text.push(' ');
        }
        self.text.push(sign);
        self.ends_in_word = false;
    }

    fn ends_in_letter(&self) -> bool {
        self.text.ends_with(|last: char| last.is_alphanumeric() || last == ',')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_are_told_word_by_word() {
        for (zh, en) in [
            ("袋", "bag"),
            ("500g/袋", "500g/bag"),
            ("20g×15包/盒", "20g × 15 sachets/box"),
            ("210g×2瓶", "210g × 2 bottles"),
            ("1只/盒", "1 piece/box"),
            ("切片150g/罐", "sliced 150g/tin"),
            ("900g/盒(熟制冷冻)", "900g/box (cooked, frozen)"),
            ("250g/礼盒", "250g/gift box"),
            ("四尺×20张/刀", "4 chi × 20 sheets/bundle"),
            ("单只礼盒", "one in a gift box"),
            ("地理标志（龙游乌猪）", "Geographical indication (Longyou black pig)"),
            ("一筐", "一筐"),
        ] {
            assert_eq!(told(zh, Language::En), en);
            assert_eq!(told(zh, Language::Zh), zh);
        }
    }
}
