//! The search for settings: never worse than the default on the rows that judge, and the same however it is run.

use chainrule_tabular::{
    FileError, FitError, Settings, Table,
    search::{Found, SearchState, Trial, Watcher, search},
};

fn table() -> Table {
    let mut text = "a,b,y\n".to_owned();
    for i in 0..90 {
        let (a, b) = ((i as f64 * 0.37).sin(), (i as f64 * 0.73).cos());
        text += &format!("{a},{b},{}\n", (3.0 * a).sin() + a * b);
    }
    Table::read_csv(text.as_bytes(), "t").unwrap()
}

fn settings() -> Settings {
    Settings { epochs: Some(30), hidden: Some(vec![6]), seed: 4, ..Settings::new(["y"]) }
}

/// Notes what was judged, and stops after so many trials.
#[derive(Default)]
struct Notes {
    stop_after: Option<usize>,
    fails: bool,
    judged: Vec<(usize, usize)>,
    state: Option<SearchState>,
}

impl Watcher for Notes {
    fn is_asked_to_stop(&mut self) -> bool {
        self.stop_after.is_some_and(|count| self.judged.len() >= count)
    }

    fn judged(&mut self, trial: &Trial, state: &SearchState) -> Result<(), FileError> {
        self.judged.push((trial.number, trial.epochs));
        self.state = Some(state.clone());
        match self.fails {
            true => Err(FileError::ReadOnly { path: "c".into() }),
            false => Ok(()),
        }
    }
}

fn run(settings: &Settings, from: Option<&SearchState>, notes: &mut Notes) -> Found {
    search(&table(), settings, 10, from, notes).unwrap()
}

#[test]
fn the_best_third_goes_on() {
    let mut notes = Notes::default();
    let found = run(&settings(), None, &mut notes);
    assert!(!found.is_interrupted);
    assert_eq!(found.trials.len(), 10);
    let with = |epochs: usize| notes.judged.iter().filter(|(_, of)| *of == epochs).count();
    // 9 trials of 10 epochs, 3 of 30, and the default of 30.
    assert_eq!((with(10), with(30), notes.judged.len()), (9, 4, 13));
    assert_eq!(notes.judged[0], (0, 30));
    let losses: Vec<f64> = found.trials.iter().map(|trial| trial.loss).collect();
    assert!(losses.windows(2).all(|pair| pair[0] <= pair[1]), "{losses:?}");
    let default = found.trials.iter().find(|trial| trial.choice.is_none()).unwrap();
    assert!(found.trials[0].loss <= default.loss);
    let best = &found.trials[0].choice;
    assert_eq!(best.is_none(), found.best == settings());
    if let Some(best) = best {
        assert_eq!(found.best.learning_rate, Some(best.learning_rate));
        assert_eq!((&found.best.validation, found.best.restarts), (&None, None));
    }
}

#[test]
fn threads_and_interruptions_change_nothing() {
    let whole = run(&settings(), None, &mut Notes::default());
    for threads in [1, 2] {
        let settings = Settings { threads, ..settings() };
        for stop_after in [1, 5, 10, 12] {
            let mut notes = Notes { stop_after: Some(stop_after), ..Notes::default() };
            let broken = run(&settings, None, &mut notes);
            assert!(broken.is_interrupted, "{stop_after}");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("state");
            notes.state.unwrap().save(&path).unwrap();
            let state = SearchState::load(&path).unwrap();
            let mut rest = Notes::default();
            let found = run(&settings, Some(&state), &mut rest);
            assert_eq!(found.trials, whole.trials, "{threads} threads, after {stop_after}");
            assert_eq!(state.judged() + rest.judged.len(), 13);
            assert_eq!(found.best, Settings { threads, ..whole.best.clone() });
        }
    }
}

#[test]
fn another_search_is_refused_and_a_failure_ends_it() {
    let mut notes = Notes { stop_after: Some(2), ..Notes::default() };
    run(&settings(), None, &mut notes);
    let other = Settings { seed: 5, ..settings() };
    let error = search(&table(), &other, 10, notes.state.as_ref(), &mut ()).unwrap_err();
    assert!(error.to_string().contains("the seed was 4 there, and is 5 here"), "{error}");
    let error = search(&table(), &settings(), 11, notes.state.as_ref(), &mut ()).unwrap_err();
    assert!(error.to_string().contains("the number of trials was 10 there"), "{error}");

    let mut notes = Notes { fails: true, ..Notes::default() };
    let error = search(&table(), &settings(), 10, None, &mut notes).unwrap_err();
    assert!(matches!(error, FitError::Checkpoint(_)), "{error}");
    assert_eq!(notes.judged.len(), 1);
}

/// The rows for the scores change nothing in the search.
#[test]
fn the_rows_for_the_scores_are_not_seen() {
    let settings = Settings { order: Some("t".to_owned()), ..settings() };
    let of = |last: f64| {
        let mut text = "t,a,y\n".to_owned();
        for i in 0..100 {
            let a = (i as f64 * 0.37).sin();
            let y = if i < 85 { (3.0 * a).sin() } else { last };
            text += &format!("{i},{a},{y}\n");
        }
        let table = Table::read_csv(text.as_bytes(), "t").unwrap();
        search(&table, &settings, 4, None, &mut ()).unwrap().trials
    };
    assert_eq!(of(0.5), of(-900.0));
}
