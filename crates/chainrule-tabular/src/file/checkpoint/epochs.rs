//! The epochs of a training as rows of numbers.

use super::description::{code_of, reason_of};
use chainrule::{solver::Iteration, training::Epoch};

/// The numbers of an epoch: the training loss; flags (1 for the best parameters so far, 2 for a validation loss, 4 for
/// an iteration of a solver, 8 for its damping); the validation loss; the learning rate; of the iteration the value, the
/// gradient, the step, the damping, the evaluations and the code of the reason. What is not there is 0.
pub(super) const WIDTH: usize = 10;

const IMPROVED: u8 = 1;
const VALIDATION: u8 = 2;
const ITERATION: u8 = 4;
const DAMPING: u8 = 8;

pub(super) fn to_numbers(epochs: &[Epoch]) -> Vec<f64> {
    let mut numbers = Vec::with_capacity(epochs.len() * WIDTH);
    for epoch in epochs {
        let iteration = epoch.iteration;
        let damping = iteration.and_then(|iteration| iteration.damping);
        let flags = [
            (IMPROVED, epoch.improved),
            (VALIDATION, epoch.validation_loss.is_some()),
            (ITERATION, iteration.is_some()),
            (DAMPING, damping.is_some()),
        ];
        let flags: u8 = flags.iter().map(|(flag, is_set)| if *is_set { *flag } else { 0 }).sum();
        numbers.extend([
            epoch.training_loss,
            f64::from(flags),
            epoch.validation_loss.unwrap_or(0.0),
            epoch.learning_rate,
        ]);
        numbers.extend(iteration.map_or([0.0; 6], |iteration| {
            [
                iteration.value,
                iteration.gradient,
                iteration.step,
                damping.unwrap_or(0.0),
                iteration.evaluations as f64,
                f64::from(code_of(iteration.reason)),
            ]
        }));
    }
    numbers
}

pub(super) fn from_numbers(numbers: &[f64]) -> Vec<Epoch> {
    let epoch = |(number, row): (usize, &[f64])| {
        let has = |flag: u8| row[1] as u8 & flag != 0;
        Epoch {
            number,
            training_loss: row[0],
            validation_loss: has(VALIDATION).then_some(row[2]),
            learning_rate: row[3],
            iteration: has(ITERATION).then(|| Iteration {
                value: row[4],
                gradient: row[5],
                step: row[6],
                damping: has(DAMPING).then_some(row[7]),
                evaluations: row[8] as usize,
                reason: reason_of(row[9] as u8),
            }),
            improved: has(IMPROVED),
        }
    };
    numbers.chunks_exact(WIDTH).enumerate().map(epoch).collect()
}
