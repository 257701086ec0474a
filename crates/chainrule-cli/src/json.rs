//! What `--json` writes: one object on one line, whose `schema_version` changes when a field changes its meaning.

use crate::failure::Failure;
use chainrule_tabular::{Evaluation, Measures};
use serde_json::{Map, Value, json};
use std::io::Write;

const VERSION: u32 = 1;

/// Writes an object to standard output.
pub(crate) fn write(object: &Value) -> Result<(), Failure> {
    finish(object, Ok(()))
}

/// Writes an object to standard output, with how the command ended, if it did not do all that was asked of it.
pub(crate) fn finish(object: &Value, outcome: Result<(), Failure>) -> Result<(), Failure> {
    let mut whole = Map::new();
    whole.insert("schema_version".to_owned(), VERSION.into());
    whole.extend(object.as_object().cloned().unwrap_or_default());
    if let Err(failure) = &outcome {
        whole.insert("error".to_owned(), error(failure));
    }
    print(whole)?;
    outcome.map_err(|failure| Failure::InObject(Box::new(failure)))
}

/// Writes a failure before there was anything to write.
pub(crate) fn failed(failure: &Failure) -> Result<(), Failure> {
    match failure {
        Failure::InObject(_) | Failure::Unread => Ok(()),
        failure => print(Map::from_iter([
            ("schema_version".to_owned(), VERSION.into()),
            ("error".to_owned(), error(failure)),
        ])),
    }
}

fn error(failure: &Failure) -> Value {
    let (message, hint) = failure.message_and_hint();
    let mut error = json!({ "code": failure.code(), "kind": failure.kind(), "message": message });
    if let (Some(hint), Some(error)) = (hint, error.as_object_mut()) {
        error.insert("hint".to_owned(), hint.into());
    }
    error
}

fn print(whole: Map<String, Value>) -> Result<(), Failure> {
    let line = Value::Object(whole).to_string() + "\n";
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::output)
}

/// Measures under the names that `--require` takes.
pub(crate) fn measures(measures: &Measures) -> Value {
    let named = measures.named().into_iter();
    Value::Object(named.map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// An evaluation with the measures under the names that `--require` takes.
pub(crate) fn evaluation(evaluation: &Evaluation) -> Value {
    let targets = evaluation.targets.iter().map(|target| {
        let baselines = target.baselines.iter().map(|baseline| {
            json!({
                "name": baseline.name,
                "measures": measures(&baseline.measures),
                "difference": baseline.difference,
            })
        });
        let uncertainty: Map<String, Value> = target
            .uncertainty
            .iter()
            .map(|(name, interval)| (name.clone(), json!([interval.low, interval.high])))
            .collect();
        let mut object = json!({
            "target": target.target,
            "measures": measures(&target.measures),
            "uncertainty": uncertainty,
            "baselines": baselines.collect::<Vec<_>>(),
            "intervals": target.intervals.map(|coverage| json!({
                "level": coverage.level,
                "coverage": coverage.quality.coverage,
                "mean_width": coverage.quality.mean_width,
                "interval_score": coverage.quality.interval_score,
            })),
            "verdict": target.verdict,
        });
        if let (Measures::Classes { names, score }, Some(object)) =
            (&target.measures, object.as_object_mut())
        {
            let classes = names.iter().zip(&score.classes).map(|(name, class)| {
                json!({ "class": name, "support": class.counts.support,
                    "precision": class.counts.precision, "recall": class.counts.recall,
                    "f1": class.counts.f1, "roc_auc": class.roc_auc })
            });
            object.insert("classes".to_owned(), classes.collect());
            object.insert("confusion".to_owned(), json!(score.confusion.counts));
        }
        object
    });
    json!({
        "rows": evaluation.rows,
        "unseen": evaluation.unseen,
        "targets": targets.collect::<Vec<_>>(),
    })
}
