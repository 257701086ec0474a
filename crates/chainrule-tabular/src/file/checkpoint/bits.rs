use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A number in JSON, which knows neither infinity nor NaN: these stand there as text with their 64 bits, such as
/// `"0x7ff0000000000000"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits(pub(super) f64);

impl Serialize for Bits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_finite() {
            true => serializer.serialize_f64(self.0),
            false => serializer.serialize_str(&format!("0x{:016x}", self.0.to_bits())),
        }
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Bits(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(value) => Ok(Self(value)),
            Written::Bits(text) => {
                let bits = text.strip_prefix("0x").map(|digits| u64::from_str_radix(digits, 16));
                match bits {
                    Some(Ok(bits)) => Ok(Self(f64::from_bits(bits))),
                    _ => Err(D::Error::custom(format!("{text:?} is no number"))),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back_with_its_bits() {
        for value in [
            0.0,
            -0.0,
            0.1,
            1e300,
            5e-324,
            f64::MAX,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            -f64::NAN,
        ] {
            let json = serde_json::to_string(&Bits(value)).unwrap();
            let Bits(again) = serde_json::from_str(&json).unwrap();
            assert_eq!(again.to_bits(), value.to_bits(), "{json}");
        }
        assert_eq!(serde_json::to_string(&Bits(f64::INFINITY)).unwrap(), "\"0x7ff0000000000000\"");
        for json in ["\"inf\"", "\"0x\"", "\"7ff0000000000000\"", "null"] {
            assert!(serde_json::from_str::<Bits>(json).is_err(), "{json}");
        }
    }
}
