//! How `config` read JSON until they do it with `crate::decode`.

use serde_json::{Map, Value};

/// Reads a text that holds one value.
///
/// # Errors
/// With the place where it stops being JSON.
pub fn parse(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text)
}

/// The text of a value.
pub fn write<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A type that can be read from JSON.
pub trait FromJson: Sized {
    /// The value as this type; `None` if it is of another shape.
    fn from_json(value: Value) -> Option<Self>;
}

/// An object that is being read. What was read stays there as `null`, and is counted: to take a key out
/// of its map takes much more code.
pub struct Fields {
    fields: Map<String, Value>,
    read: usize,
}

impl Fields {
    /// The fields of an object; `None` if it is none.
    pub fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self { fields, read: 0 }),
            _ => None,
        }
    }

    /// Takes a field out; `null` if it is absent.
    pub fn take(&mut self, name: &str) -> Value {
        let Some(value) = self.fields.get_mut(name) else { return Value::Null };
        self.read += 1;
        value.take()
    }

    /// Reads a field that has to be there.
    pub fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        T::from_json(self.take(name))
    }

    /// Reads a field that may be absent.
    pub fn optional<T: FromJson + Default>(&mut self, name: &str) -> Option<T> {
        match self.take(name) {
            Value::Null => Some(T::default()),
            value => T::from_json(value),
        }
    }

    /// Whether the field is there, `null` or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether all were read.
    pub fn all_read(&self) -> bool {
        self.read == self.fields.len()
    }
}

impl FromJson for Value {
    fn from_json(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl FromJson for String {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl FromJson for bool {
    fn from_json(value: Value) -> Option<Self> {
        value.as_bool()
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl FromJson for $type {
            fn from_json(value: Value) -> Option<Self> {
                value.as_i64().and_then(|number| number.try_into().ok())
            }
        }
    )*};
}
integers!(u16, u32, u64, i64);

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_json(value).map(Some),
        }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: Value) -> Option<Self> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => {
                let mut list = Self::with_capacity(items.len());
                for item in items {
                    list.push(T::from_json(item)?);
                }
                Some(list)
            }
            _ => None,
        }
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(value: Value) -> Option<Self> {
        let [one, other] = <[Value; 2]>::try_from(Vec::from_json(value)?).ok()?;
        Some((A::from_json(one)?, B::from_json(other)?))
    }
}

/// Reads a struct from an object with keys of the fields' names; a name in quotes is the key where
/// it is another. A `strict` one has no others.
macro_rules! from_json {
    (strict $type:ty { $($fields:tt)* }) => { $crate::json::from_json!(@impl $type, true, $($fields)*); };
    ($type:ty { $($fields:tt)* }) => { $crate::json::from_json!(@impl $type, false, $($fields)*); };
    (@impl $type:ty, $strict:literal,
        required { $($required:ident $($required_name:literal)?),* $(,)? }
        optional { $($optional:ident $($optional_name:literal)?),* $(,)? }
    ) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: serde_json::Value) -> Option<Self> {
                #[allow(unused_mut, reason = "an object may have no fields")]
                let mut fields = $crate::json::Fields::of(value)?;
                let read = Self {
                    $($required: fields.required($crate::json::key!($required $($required_name)?))?,)*
                    $($optional: fields.optional($crate::json::key!($optional $($optional_name)?))?,)*
                };
                (!$strict || fields.all_read()).then_some(read)
            }
        }
    };
}
pub(crate) use from_json;

/// The key of a field.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}
pub(crate) use key;
