use chainrule::{Network, network::Summary};
use serde::{Deserialize, Serialize};

/// The numbers that are computed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single precision: 7 digits. What a training needs.
    #[default]
    F32,
    /// Double precision: 16 digits.
    F64,
}

/// A network of either precision.
#[derive(Clone, Debug)]
pub enum AnyNetwork {
    /// Single precision.
    F32(Network<f32>),
    /// Double precision.
    F64(Network<f64>),
}

/// The same expression for the network inside, whatever its precision.
macro_rules! with_network {
    ($any:expr, $network:ident => $value:expr) => {
        match $any {
            $crate::model::AnyNetwork::F32($network) => $value,
            $crate::model::AnyNetwork::F64($network) => $value,
        }
    };
}
pub(crate) use with_network;

impl AnyNetwork {
    /// Its precision.
    pub fn precision(&self) -> Precision {
        match self {
            Self::F32(_) => Precision::F32,
            Self::F64(_) => Precision::F64,
        }
    }

    /// The number of its inputs.
    pub fn inputs(&self) -> usize {
        with_network!(self, network => network.inputs())
    }

    /// The number of its outputs.
    pub fn outputs(&self) -> usize {
        with_network!(self, network => network.outputs())
    }

    /// What it consists of.
    pub fn summary(&self) -> Summary {
        with_network!(self, network => network.summary())
    }

    /// Whether every parameter and statistic is a finite number.
    pub fn is_finite(&self) -> bool {
        with_network!(self, network => network.is_finite())
    }
}

impl From<Network<f32>> for AnyNetwork {
    fn from(network: Network<f32>) -> Self {
        Self::F32(network)
    }
}

impl From<Network<f64>> for AnyNetwork {
    fn from(network: Network<f64>) -> Self {
        Self::F64(network)
    }
}
