//! Letters and formulas as lines of text.

use crate::Language;
use chainrule::trace::{Formula, Quantity};

/// The letter of a quantity as it is printed.
pub(crate) fn letter(symbol: &str) -> &str {
    match symbol {
        "dz" => "δ",
        "slope" => "σ′(z)",
        "x_hat" => "x̂",
        "inverse_deviation" => "1/√(variance + ε)",
        "factor" => "factor",
        "m_hat" => "m̂",
        "v_hat" => "v̂",
        "v_max_hat" => "v̂ max",
        symbol => symbol,
    }
}

/// What the quantity is, as an equation.
pub(crate) fn equation(quantity: &Quantity, language: Language) -> String {
    let letter = letter(&quantity.symbol);
    match quantity.formula {
        Formula::Affine => "z = xW + b".to_owned(),
        Formula::Activation => "a = σ(z)".to_owned(),
        Formula::Delta => "δ = da ⊙ σ′(z)".to_owned(),
        Formula::WeightGradient => "dW = xᵀδ".to_owned(),
        Formula::BiasGradient => match language {
            Language::En => "db = Σ δ over the rows".to_owned(),
            Language::Zh => "db = Σ δ（对各行求和）".to_owned(),
        },
        Formula::InputGradient => "dx = δWᵀ".to_owned(),
        Formula::LossGradient => "dy = ∂L/∂y".to_owned(),
        Formula::Normalised => match language {
            Language::En => "x̂ = (x − mean) / √(variance + ε)".to_owned(),
            Language::Zh => "x̂ = (x − 均值) / √(方差 + ε)".to_owned(),
        },
        Formula::Probability => match quantity.shape.get(1) {
            Some(1) | None => "p = σ(y)".to_owned(),
            Some(_) => "p".to_owned(),
        },
        Formula::Moment => match letter {
            "m" => "m ← β₁m + (1 − β₁)g".to_owned(),
            "v" => "v ← β₂v + (1 − β₂)g²".to_owned(),
            letter => letter.to_owned(),
        },
        Formula::Corrected => match letter {
            "m̂" => "m̂ = m / (1 − β₁ᵗ)".to_owned(),
            "v̂" => "v̂ = v / (1 − β₂ᵗ)".to_owned(),
            letter => letter.to_owned(),
        },
        Formula::Change => "θ′ − θ".to_owned(),
        Formula::Step => "θ′".to_owned(),
        _ => letter.to_owned(),
    }
}

/// [3 × 2], [3], nothing for a single number.
pub(crate) fn shape(quantity: &Quantity) -> String {
    let sizes: Vec<String> = quantity.shape.iter().map(usize::to_string).collect();
    if sizes.is_empty() { String::new() } else { format!("[{}]", sizes.join(" × ")) }
}
