//! Checkpoints as files: when they are written, and what is there at the beginning.

use crate::{
    args::{Every, Keeping},
    failure::Failure,
    files,
};
use chainrule_tabular::{Checkpoint, FileError, Keeper};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Instant,
};

/// Writes the state of a fit into a file now and then.
pub(crate) struct CheckpointFile {
    path: PathBuf,
    every: Every,
    written: Instant,
    /// For each training, when its state was last wanted.
    asked: HashMap<usize, Instant>,
}

impl CheckpointFile {
    /// Of these arguments, if they ask for one.
    pub(crate) fn new(args: &Keeping) -> Option<Self> {
        let path = args.checkpoint.clone()?;
        let every = args.checkpoint_every;
        Some(Self { path, every, written: Instant::now(), asked: HashMap::new() })
    }
}

impl Keeper for CheckpointFile {
    fn is_due(&mut self, training: usize, epoch: Option<usize>) -> bool {
        match (self.every, epoch) {
            (Every::Epochs(count), Some(epoch)) => (epoch + 1).is_multiple_of(count),
            (Every::Epochs(_), None) => true,
            (Every::Time(time), None) => self.written.elapsed() >= time,
            // Each training has its turn, also one whose epochs are longer than those of the others.
            (Every::Time(time), Some(_)) => {
                let asked = self.asked.entry(training).or_insert_with(Instant::now);
                let is_due = asked.elapsed() >= time;
                if is_due {
                    *asked = Instant::now();
                }
                is_due
            }
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), FileError> {
        checkpoint.save(&self.path)?;
        self.written = Instant::now();
        Ok(())
    }
}

/// Whether a checkpoint can be written where it is wanted, and is not one of these files; and the path of the one that
/// is to be gone on from. One that is there is not lost by a forgotten --resume.
pub(crate) fn check<'a>(args: &'a Keeping, others: &[&Path]) -> Result<Option<&'a Path>, Failure> {
    let Some(path) = &args.checkpoint else { return Ok(None) };
    let is_other = |other: &&Path| *other == path.as_path() || files::are_same(other, path);
    if let Some(other) = others.iter().find(|other| is_other(other)) {
        return Err(Failure::Usage(format!(
            "--checkpoint {} would write over {}; choose another name",
            path.display(),
            other.display()
        )));
    }
    files::check_writable(path)?;
    match (args.resume, path.exists()) {
        (true, true) => Ok(Some(path)),
        (false, true) => Err(Failure::Usage(format!(
            "the checkpoint {} is there already: go on from it with --resume, or remove it",
            path.display()
        ))),
        (true, false) => {
            anstream::eprintln!("there is no checkpoint {} yet: from the start", path.display());
            Ok(None)
        }
        (false, false) => Ok(None),
    }
}

/// How to go on later, as the end of a sentence.
pub(crate) fn told(args: &Keeping) -> String {
    match &args.checkpoint {
        Some(path) => format!("; the same command with --resume goes on from {}", path.display()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn checkpoints_are_due_in_time() {
        let file = |every| {
            let path = Some(PathBuf::from("c"));
            CheckpointFile::new(&Keeping {
                checkpoint: path,
                checkpoint_every: every,
                resume: false,
            })
        };
        let mut file_of_epochs = file(Every::Epochs(3)).unwrap();
        let due: Vec<usize> =
            (0..8).filter(|epoch| file_of_epochs.is_due(0, Some(*epoch))).collect();
        assert_eq!(due, [2, 5]);
        assert!(file_of_epochs.is_due(0, None));

        let mut at_once = file(Every::Time(Duration::ZERO)).unwrap();
        assert!(
            at_once.is_due(0, Some(0)) && at_once.is_due(0, Some(1)) && at_once.is_due(0, None)
        );
        let mut late = file(Every::Time(Duration::from_secs(3600))).unwrap();
        assert!(!late.is_due(0, Some(0)) && !late.is_due(1, Some(5)) && !late.is_due(0, None));
    }
}
