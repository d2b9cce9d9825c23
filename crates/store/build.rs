//! Tells cargo that the schema is part of this crate: a new file in `migrations` builds it anew.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
