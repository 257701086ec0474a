use crate::Settings;
use chainrule::random::Random;

/// The settings that a search chooses by chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The widths of the hidden layers: one to three, all of the same width, 8 to 256.
    pub hidden: Vec<usize>,
    /// Their activation: one of tanh, silu, relu and gelu.
    pub activation: String,
    /// The rate of the dropout: none in half of the trials, otherwise 0.05 to 0.4.
    pub dropout: f64,
    /// The length of Adam's steps: 0.0005 to 0.05.
    pub learning_rate: f64,
    /// The penalty on the weights: none in half of the trials, otherwise 10⁻⁶ to 10⁻².
    pub l2: f64,
    /// Rows in a step: 16 to 256, and no more than a quarter of those that there are.
    pub batch_size: usize,
}

const ACTIVATIONS: [&str; 4] = ["tanh", "silu", "relu", "gelu"];
const BATCHES: [usize; 5] = [16, 32, 64, 128, 256];

impl Choice {
    /// By chance, but for what is given. Each draws as many random numbers as any other, so that the first trials are the
    /// same however many there are.
    pub(super) fn draw(random: &mut Random, given: &Settings, rows: usize) -> Self {
        let depth = 1 + random.below(3);
        let width = (logarithmic(random, 8.0, 256.0) / 4.0).round() as usize * 4;
        let activation = ACTIVATIONS[random.below(ACTIVATIONS.len())];
        let learning_rate = logarithmic(random, 5e-4, 5e-2);
        let (has_dropout, dropout) = (random.below(2) == 1, random.uniform(0.05, 0.4));
        let (has_l2, l2) = (random.below(2) == 1, logarithmic(random, 1e-6, 1e-2));
        let batch_size = BATCHES[random.below(BATCHES.len())].min((rows / 4).max(1));
        let or_none = |has: bool, value: f64| if has { rounded(value) } else { 0.0 };
        Self {
            hidden: given.hidden.clone().unwrap_or(vec![width; depth]),
            activation: given.activation.clone().unwrap_or(activation.to_owned()),
            dropout: if given.dropout > 0.0 {
                given.dropout
            } else {
                or_none(has_dropout, dropout)
            },
            learning_rate: given.learning_rate.unwrap_or(rounded(learning_rate)),
            l2: if given.l2 > 0.0 { given.l2 } else { or_none(has_l2, l2) },
            batch_size: given.batch_size.unwrap_or(batch_size),
        }
    }

    /// These settings in place of others.
    pub(super) fn settings(self, base: &Settings) -> Settings {
        let solver = match base.solver.as_str() {
            Settings::AUTO => "adam".to_owned(),
            name => name.to_owned(),
        };
        Settings {
            solver,
            hidden: Some(self.hidden),
            activation: Some(self.activation),
            dropout: self.dropout,
            learning_rate: Some(self.learning_rate),
            l2: self.l2,
            batch_size: Some(self.batch_size),
            ..base.clone()
        }
    }
}

/// Between these two, each factor as likely as another.
fn logarithmic(random: &mut Random, low: f64, high: f64) -> f64 {
    random.uniform(low.ln(), high.ln()).exp()
}

/// With two significant digits: more say nothing here, and people have to type them.
fn rounded(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::Purpose;

    #[test]
    fn choices_are_within_their_bounds_and_differ() {
        let mut random = Random::new(1, Purpose::Data);
        let settings = Settings::new(["y"]);
        let choices: Vec<Choice> =
            (0..200).map(|_| Choice::draw(&mut random, &settings, 400)).collect();
        for choice in &choices {
            assert!((1..=3).contains(&choice.hidden.len()), "{choice:?}");
            assert!(choice.hidden.iter().all(|width| (8..=256).contains(width)), "{choice:?}");
            assert!((5e-4..=5e-2).contains(&choice.learning_rate), "{choice:?}");
            assert!(choice.dropout == 0.0 || (0.05..=0.4).contains(&choice.dropout), "{choice:?}");
            assert!(choice.l2 == 0.0 || (1e-6..=1e-2).contains(&choice.l2), "{choice:?}");
            assert!((16..=100).contains(&choice.batch_size), "{choice:?}");
        }
        let with = |is: &dyn Fn(&Choice) -> bool| choices.iter().filter(|one| is(one)).count();
        assert!((60..140).contains(&with(&|one| one.dropout > 0.0)));
        assert!((60..140).contains(&with(&|one| one.l2 > 0.0)));
        assert!(ACTIVATIONS.iter().all(|name| with(&|one| one.activation == *name) > 20));
    }

    #[test]
    fn what_is_given_stays() {
        let given = Settings {
            hidden: Some(vec![7, 5]),
            activation: Some("elu".to_owned()),
            learning_rate: Some(0.125),
            dropout: 0.5,
            l2: 3.0,
            batch_size: Some(9),
            ..Settings::new(["y"])
        };
        let choice = Choice::draw(&mut Random::new(1, Purpose::Data), &given, 100);
        let settings = choice.settings(&given);
        assert_eq!(settings, Settings { solver: "adam".to_owned(), ..given });
    }
}
