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
        "m_hat" => "m̂",
        "v_hat" => "v̂",
        "v_max_hat" => "v̂ max",
        symbol => symbol,
    }
}

/// What the quantity is, as an equation.
///
/// Of a moment it is its letter alone; see [`moment`].
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
        Formula::Change => "θ′ − θ".to_owned(),
        Formula::Step => "θ′".to_owned(),
        _ => letter.to_owned(),
    }
}

/// How an optimizer makes a quantity of its memory, as an equation; its letter alone where that is no short one.
pub(crate) fn moment(quantity: &Quantity, optimizer: &str) -> String {
    let letter = letter(&quantity.symbol);
    let equation = match (optimizer, letter) {
        ("adam" | "adam_w" | "ams_grad" | "nadam", "m") => "m ← β₁m + (1 − β₁)g",
        ("adam" | "adam_w" | "ams_grad" | "nadam", "v") => "v ← β₂v + (1 − β₂)g²",
        ("adam" | "adam_w" | "ams_grad", "m̂") => "m̂ = m / (1 − β₁ᵗ)",
        ("adam" | "adam_w" | "nadam", "v̂") => "v̂ = v / (1 − β₂ᵗ)",
        ("lion", "m") => "m ← β₂m + (1 − β₂)g",
        ("rms_prop", "v") => "v ← ρv + (1 − ρ)g²",
        (_, letter) => letter,
    };
    equation.to_owned()
}

/// [3 × 2], [3], nothing for a single number.
pub(crate) fn shape(quantity: &Quantity) -> String {
    let sizes: Vec<String> = quantity.shape.iter().map(usize::to_string).collect();
    if sizes.is_empty() { String::new() } else { format!("[{}]", sizes.join(" × ")) }
}
