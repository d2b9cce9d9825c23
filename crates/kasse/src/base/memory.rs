//! What is remembered of the books in a process that stays.
//!
//! Must not know what that is: each room above keeps values of a type of its own here. Invariant: there is one value of each
//! type, and all who share the memory share it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One value of each type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Memory {
    /// The value of a type; at first it is that type's default.
    pub(crate) fn of<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = values.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // a value always has the type under which it is kept
        Arc::clone(value).downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_value_of_each_type() {
        let memory = Memory::default();
        *memory.of::<Mutex<i64>>().lock().unwrap() = 7;
        assert_eq!(*memory.clone().of::<Mutex<i64>>().lock().unwrap(), 7);
        assert_eq!(*memory.of::<Mutex<String>>().lock().unwrap(), "");
        assert_eq!(*Memory::default().of::<Mutex<i64>>().lock().unwrap(), 0);
    }
}
