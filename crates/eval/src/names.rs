//! Names and streets, and the forms in which a bank shows a name.
//!
//! Must not know payments. Invariant: a [`Form`] says correctly how much of a name is in what was written.

use crate::draw::Draw;

const GIVEN: [&str; 48] = [
    "Adelheid",
    "Ahmet",
    "Alexander",
    "Anneliese",
    "Antonia",
    "Birgit",
    "Carsten",
    "Christa",
    "Cornelia",
    "Dagmar",
    "Detlef",
    "Dorothea",
    "Eberhard",
    "Emine",
    "Fatma",
    "Friedhelm",
    "Gerd",
    "Gudrun",
    "Hannelore",
    "Heinz",
    "Helga",
    "Holger",
    "Ilse",
    "Irina",
    "Joachim",
    "Jürgen",
    "Käte",
    "Krzysztof",
    "Liselotte",
    "Magdalena",
    "Manfred",
    "Marlies",
    "Meinolf",
    "Nadine",
    "Oleksandr",
    "Ottmar",
    "Paul",
    "Regina",
    "Rüdiger",
    "Sönke",
    "Stefanie",
    "Tanja",
    "Theodor",
    "Ulrike",
    "Veronika",
    "Walburga",
    "Wiebke",
    "Yvonne",
];

const FAMILY: [&str; 72] = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Hofmann",
    "Krüger",
    "Lange",
    "Werner",
    "Krause",
    "Lehmann",
    "König",
    "Jäger",
    "Sommer",
    "Öztürk",
    "Demir",
    "Kowalski",
    "Ivanenko",
    "Aßmann",
    "Bönninghausen",
    "Brüggemann",
    "Dörnemann",
    "Ebbinghaus",
    "Falkenstein",
    "Göke",
    "Grüneböhmer",
    "Hülsmann",
    "Jostmeier",
    "Kaldewey",
    "Kückelhaus",
    "Lüdenbach",
    "Maßmann",
    "Niggemeier",
    "Overbeck",
    "Plöger",
    "Quante",
    "Rademacher",
    "Röttgermann",
    "Schürholz",
    "Stratmann",
    "Tigges",
    "Überhorst",
    "Vößing",
    "Wahle",
    "Westermeier",
    "Wösthoff",
    "Zöllner",
    "Meier-Ebert",
    "Groß-Albenhausen",
    "Kemper-Voß",
    "Stein",
    "Berg",
    "Busch",
    "Horn",
    "Vogt",
    "Winter",
];

const STREETS: [&str; 40] = [
    "Hauptstraße",
    "Bahnhofstraße",
    "Kirchstraße",
    "Gartenweg",
    "Am Mühlenbach",
    "Zur Alten Schmiede",
    "Poststraße",
    "Ringstraße",
    "Feldstraße",
    "Waldweg",
    "Birkenallee",
    "Lange Straße",
    "Kurze Gasse",
    "Im Winkel",
    "Eichendorffweg",
    "Schillerstraße",
    "Goethestraße",
    "Mozartstraße",
    "Von-Galen-Straße",
    "St.-Georg-Platz",
    "An der Ruhr",
    "Auf dem Kamp",
    "Hohler Weg",
    "Steinbruch",
    "Talstraße",
    "Sonnenhang",
    "Buchenweg",
    "Erlenstraße",
    "Marktplatz",
    "Neuer Weg",
    "Alter Postweg",
    "Industriestraße",
    "Kolpingstraße",
    "Rosenstraße",
    "Tulpenweg",
    "Nelkenweg",
    "Siedlerweg",
    "Königsberger Straße",
    "Breslauer Straße",
    "Danziger Straße",
];

const FIRMS: [&str; 10] = [
    "Bauunternehmung",
    "Autohaus",
    "Metallbau",
    "Gartenbau",
    "Immobilien",
    "Logistik",
    "Holzhandel",
    "Elektro",
    "Dachdecker",
    "Möbelwerk",
];

/// A given name.
pub fn given(draw: &mut Draw) -> &'static str {
    draw.pick(&GIVEN)
}

/// A family name.
pub fn family(draw: &mut Draw) -> &'static str {
    draw.pick(&FAMILY)
}

/// A street and a house number.
pub fn street(draw: &mut Draw) -> String {
    let letter = if draw.chance(60) { draw.pick(&[" a", "b", " c"]) } else { "" };
    format!("{} {}{letter}", draw.pick(&STREETS), draw.between(1, 160))
}

/// A firm's name.
pub fn firm(draw: &mut Draw) -> String {
    let form = draw.pick(&["GmbH", "GmbH & Co. KG", "OHG", "e.K."]);
    format!("{} {} {form}", draw.pick(&FIRMS), family(draw))
}

/// How much of the debtor's name is in what the bank shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// All of it, in some order and spelling.
    Whole,
    /// The family name and a part of the given name.
    Near,
    /// The family name.
    Family,
    /// Somebody else's name, or none.
    #[default]
    Other,
}

/// Umlauts in the spelling of banks.
pub fn transliterated(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        'ä' => "ae".to_owned(),
        'ö' => "oe".to_owned(),
        'ü' => "ue".to_owned(),
        'Ä' => "Ae".to_owned(),
        'Ö' => "Oe".to_owned(),
        'Ü' => "Ue".to_owned(),
        'ß' => "ss".to_owned(),
        other => other.to_string(),
    });
    letters.collect()
}

/// A name in one of the forms in which a bank shows it.
pub fn form(draw: &mut Draw, given: &str, family: &str) -> (String, Form) {
    let initial: String = given.chars().take(1).collect();
    match draw.between(0, 12) {
        0 => (format!("{family}, {given}"), Form::Whole),
        1 => (transliterated(&format!("{given} {family}")).to_uppercase(), Form::Whole),
        2 => (transliterated(&format!("{given} {family}")), Form::Whole),
        3 => (format!("{family} {given}"), Form::Whole),
        4 => (format!("Dr. {given} {family}"), Form::Whole),
        5 => (format!("{given} {family} u. {} {family}", crate::names::given(draw)), Form::Whole),
        6 => (format!("{given}-{} {family}", crate::names::given(draw)), Form::Whole),
        7 => (format!("{initial}. {family}"), Form::Near),
        8 => (transliterated(&format!("{family}, {initial}.")).to_uppercase(), Form::Near),
        9 => (cut(&format!("{given} {family}"), given.chars().count() + 4), Form::Near),
        10 => (format!("Eheleute {family}"), Form::Family),
        11 => (format!("Familie {family}"), Form::Family),
        _ => (format!("{} {family}", crate::names::given(draw)), Form::Family),
    }
}

/// The first letters of a name.
fn cut(name: &str, letters: usize) -> String {
    name.chars().take(letters).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_keeps_what_it_says() {
        let mut draw = Draw::new(11);
        let mut seen = Vec::new();
        for _ in 0..400 {
            let (text, form) = form(&mut draw, "Jürgen", "Kückelhaus");
            let folded = transliterated(&text).to_lowercase();
            let (given, family) = (folded.contains("juergen"), folded.contains("kueckelhaus"));
            match form {
                Form::Whole => assert!(given && family, "{text}"),
                Form::Near => assert!(folded.contains('j') && folded.contains("ku"), "{text}"),
                Form::Family => assert!(family, "{text}"),
                Form::Other => panic!("{text}"),
            }
            seen.push(form);
        }
        assert!([Form::Whole, Form::Near, Form::Family].iter().all(|form| seen.contains(form)));
    }
}
