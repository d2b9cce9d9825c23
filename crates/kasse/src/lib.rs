//! The treasury's use cases
