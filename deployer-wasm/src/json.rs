//! JSON, read into types and written from them.
//!
//! Everything that comes in is parsed to a [`Value`] first and then read with [`FromJson`]. Serde
//! could do both in one, and tells more about what does not fit. But it compiles a parser for every
//! type, and brings what its errors could have to show, down to the printing of fractions: together
//! a tenth of what a page downloaded before it could deploy. What does not fit is told with its place
//! alone here. It is no reason to look further: the platform changed, or the other half of an
//! installation is another version.
//!
//! What goes out is described by serde's `Serialize`, and written by [`write()`] alone.
//!
//! An absent key and `null` are the same; unknown keys are passed over unless a type is `strict`.

mod parse;
mod write;

pub use parse::{NotJson, parse};
use serde_json::{Map, Value};
pub use write::{Unwritable, write};

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

/// An object of the given fields.
pub(crate) fn object_of(fields: &mut [(&str, Value)]) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        object.insert((*name).to_owned(), value.take());
    }
    Value::Object(object)
}

/// An object, of values that are texts, numbers, flags, lists of them, or [`Value`]s. `serde_json` has a
/// macro for more, which goes through a serializer of its own.
macro_rules! object {
    ({$($name:literal: $value:expr),* $(,)?}) => {
        $crate::json::object_of(&mut [$(($name, ::serde_json::Value::from($value))),*])
    };
}
pub(crate) use object;

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

/// Reads an enum of plain variants from their words.
macro_rules! from_words {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: serde_json::Value) -> Option<Self> {
                match value.as_str()? {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use from_words;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Default)]
    struct Sample {
        name: String,
        count: Option<u16>,
        list: Vec<bool>,
    }
    from_json!(Sample { required { name "theName" } optional { count, list } });

    #[derive(Debug, PartialEq)]
    struct Exact {
        pair: (String, u64),
    }
    from_json!(strict Exact { required { pair } optional {} });

    #[derive(Debug, PartialEq)]
    enum Word {
        OneThing,
        Other,
    }
    from_words!(Word { OneThing = "one_thing", Other = "other" });

    #[test]
    fn absent_and_null_are_the_same_and_another_type_is_neither() {
        let read = |value| Sample::from_json(value);
        let some = |count| Some(Sample { name: "x".into(), count, ..Sample::default() });
        assert_eq!(read(json!({"theName": "x"})), some(None));
        assert_eq!(read(json!({"theName": "x", "count": null, "list": null, "new": 1})), some(None));
        assert_eq!(read(json!({"theName": "x", "count": 7})), some(Some(7)));
        for other in [
            json!({}),
            json!({"theName": 7}),
            json!({"theName": "x", "count": "7"}),
            json!({"theName": "x", "count": 70_000}),
            json!({"theName": "x", "count": -1}),
            json!({"theName": "x", "list": [1]}),
            json!(["x"]),
            Value::Null,
        ] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn a_strict_type_has_no_other_keys() {
        assert_eq!(Exact::from_json(json!({"pair": ["a", 1]})), Some(Exact { pair: ("a".into(), 1) }));
        assert_eq!(Exact::from_json(json!({"pair": ["a", 1], "other": 1})), None);
        assert_eq!(Exact::from_json(json!({"pair": ["a", 1, 2]})), None);
    }

    #[test]
    fn words_are_read_to_the_letter() {
        assert_eq!(Word::from_json(json!("one_thing")), Some(Word::OneThing));
        assert_eq!(Word::from_json(json!("OneThing")), None);
        assert_eq!(Word::from_json(json!("other")), Some(Word::Other));
    }
}
