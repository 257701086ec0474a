//! `cargo +nightly fuzz run homework`: any exercise and any gradients get a verdict or a complaint, in both languages.

#![no_main]

use chainrule_lesson::{
    Language,
    homework::{Answer, Exercise, Verdict},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (Ok(exercise), Ok(answer)) = (Exercise::from_json(text), Answer::from_json(text)) else {
        return;
    };
    let Ok(verdict) = Verdict::new(&exercise, &answer) else { return };
    for language in [Language::En, Language::Zh] {
        assert!(!verdict.text(&exercise, language).is_empty());
    }
    serde_json::to_string(&verdict.json(&exercise)).expect("JSON");
});
