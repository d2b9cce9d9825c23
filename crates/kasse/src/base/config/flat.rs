//! A file of settings, flat: each key with its value.
//!
//! Must not know what a key means. Invariant: no two values of a file have the same key.

use std::collections::BTreeMap;

/// Each key of a file of settings with its value, however tables are nested: `collect.least_amount`, and of tables that
/// stand several times with the name of each: `scheme.Hundesteuer.mask`.
pub(crate) fn flattened(file: &toml::Table) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    file.iter().for_each(|(key, value)| tell(key, value, &mut told));
    told
}

fn tell(name: &str, value: &toml::Value, told: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => table.iter().for_each(|(key, value)| tell(&format!("{name}.{key}"), value, told)),
        toml::Value::Array(values) if values.iter().any(toml::Value::is_table) => {
            for (place, value) in (1..).zip(values) {
                let own =
                    value.get("name").and_then(toml::Value::as_str).map_or_else(|| place.to_string(), str::to_owned);
                let mut key = format!("{name}.{own}");
                if told.keys().any(|known| known.starts_with(&format!("{key}."))) {
                    key = format!("{key}.{place}");
                }
                tell(&key, value, told);
            }
        }
        toml::Value::Array(values) => {
            let words: Vec<String> = values.iter().map(word).collect();
            told.insert(name.to_owned(), words.join(", "));
        }
        value => {
            told.insert(name.to_owned(), word(value));
        }
    }
}

fn word(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> BTreeMap<String, String> {
        flattened(&toml::from_str(text).unwrap())
    }

    #[test]
    fn every_key_is_told_under_its_tables() {
        let text = "[kasse]\naccounts = [\"A\", \"B\"]\n[outage]\nfrom = 2023-10-30\n[[scheme]]\nname = \"Hund\"\nmask = \"7#\"\n[[scheme]]\nname = \"Hund\"\nmask = \"8#\"\n[collect]\nunconfirmed = false\n";
        let told = told(text);
        let lines: Vec<String> = told.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            lines,
            [
                "collect.unconfirmed=false",
                "kasse.accounts=A, B",
                "outage.from=2023-10-30",
                "scheme.Hund.2.mask=8#",
                "scheme.Hund.2.name=Hund",
                "scheme.Hund.mask=7#",
                "scheme.Hund.name=Hund",
            ]
        );
    }
}
