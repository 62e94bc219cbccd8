//! Other names of the same thing (`data/synonyms.toml`).

use super::letters::fold;

/// Groups of words that mean the same.
#[derive(Debug, Default)]
pub struct Synonyms(Vec<Vec<String>>);

impl Synonyms {
    pub fn new(groups: &[Vec<String>]) -> Synonyms {
        Synonyms(groups.iter().map(|group| group.iter().map(|word| fold(word)).collect()).collect())
    }

    /// What a thing of these folded names is called besides. An English name says less than a Chinese one (a flower mushroom
    /// is a shiitake, and no 冬菇), so it leads to English words only.
    pub fn of<'a>(&'a self, name: &'a str, name_en: &'a str) -> impl Iterator<Item = &'a str> {
        let called = |group: &&Vec<String>, name: &str| group.iter().any(|word| name.contains(word.as_str()));
        let by_name = self.0.iter().filter(move |group| called(group, name)).flatten();
        let by_english = self.0.iter().filter(move |group| called(group, name_en) && !called(group, name)).flatten();
        let words = by_name.chain(by_english.filter(|word| word.is_ascii())).map(String::as_str);
        words.filter(move |word| !name.contains(word) && !name_en.contains(word))
    }

    /// The words of a folded name that are meant by one which does not stand in it.
    pub fn meant<'a>(&'a self, word: &str, name: &str) -> Option<&'a str> {
        let mut groups = self.0.iter().filter(|group| group.iter().any(|other| other.contains(word)));
        groups.find_map(|group| group.iter().find(|other| name.contains(other.as_str()))).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_called_by_every_other_word_of_its_group() {
        let groups = [vec!["香菇".to_owned(), "冬菇".to_owned()], vec!["茶油".to_owned(), "山茶油".to_owned()]];
        let synonyms = Synonyms::new(&groups);
        assert_eq!(synonyms.of("庆元香菇", "").collect::<Vec<_>>(), ["冬菇"]);
        assert_eq!(synonyms.of("开化山茶油", "").count(), 0, "it is called all of them already");
        assert_eq!(synonyms.meant("冬菇", "庆元香菇"), Some("香菇"));
        assert_eq!(synonyms.meant("冬菇", "开化山茶油"), None);
    }
}
