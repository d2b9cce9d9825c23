//! A beginning from nothing but another system's last debit file: mandates, patterns of instalments, and items that nobody has
//! confirmed.
//!
//! Here belongs what turns such a file into books. It decides nothing: whether such items are collected is asked by the plan. No
//! other room uses this one.

pub(crate) mod file;
pub(crate) mod quarter;
