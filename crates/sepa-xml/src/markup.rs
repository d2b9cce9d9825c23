//! What every reader of a message takes the same way of XML: characters, references, one attribute, what breaks a file.
//!
//! It knows no element by name but the currency of an amount. Invariant: no document type declaration and no entity beside
//! the five of XML itself means anything.

use quick_xml::XmlVersion;
use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesRef, BytesStart};

/// Why a file is no well-formed XML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// What is wrong with its syntax.
    Malformed(String),
    /// It ends before something in it does.
    CutOff,
    /// It has a document type declaration.
    Doctype,
}

/// Most errors of syntax are something that has no end.
pub(crate) fn syntax(error: &quick_xml::Error) -> Broken {
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => Broken::Doctype,
        quick_xml::Error::Syntax(error) if *error != SyntaxError::InvalidBangMarkup => Broken::CutOff,
        quick_xml::Error::IllFormed(error) => Broken::Malformed(error.to_string()),
        error => Broken::Malformed(error.to_string()),
    }
}

/// The attribute `Ccy` of an amount.
pub(crate) fn currency(tag: &BytesStart<'_>) -> Result<Option<String>, Broken> {
    let malformed = |error: &dyn ToString| Broken::Malformed(error.to_string());
    // a check for doubles would take time by the square of their number
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(&error))?;
        if attribute.key.into_inner() == "Ccy" {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| malformed(&error))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The five entities of XML itself, and character references; nothing else exists without a DOCTYPE.
pub(crate) fn resolve(reference: &BytesRef<'_>) -> Result<char, Broken> {
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(character),
            _ => Err(Broken::Malformed(format!("&{name}; means nothing"))),
        },
    }
}

/// The text, if XML allows each of its characters (XML 1.0, production 2).
pub(crate) fn allowed(text: &str) -> Result<&str, Broken> {
    match text.chars().find(|character| !is_allowed(*character)) {
        Some(wrong) => Err(Broken::Malformed(format!("the character {wrong:?} is not allowed"))),
        None => Ok(text),
    }
}

fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether text may stand outside of every element.
pub(crate) fn is_blank(text: &str) -> bool {
    text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}').is_empty()
}
