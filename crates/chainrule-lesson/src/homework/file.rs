//! The files: what `chainrule trace --json` writes, and a student's gradients. `docs/trace.md` describes both.

use super::{Exercise, HomeworkError, exercise::Chained};
use chainrule::{loss::Targets, table};
use ndarray::{Array1, Array2};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A student's gradients: for each block its numbers, row by row, and their shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub(super) gradients: BTreeMap<String, Numbers>,
}

/// Nested lists.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

#[derive(Deserialize)]
struct Document {
    network: Option<Outline>,
    loss: Option<String>,
    batch: Option<Batch>,
    weights: Option<BTreeMap<String, Value>>,
    gradients: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Outline {
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    name: String,
    #[serde(default = "dense")]
    kind: String,
    activation: Option<String>,
    #[serde(default)]
    depth: usize,
}

fn dense() -> String {
    "dense".to_owned()
}

#[derive(Deserialize)]
struct Batch {
    x: Value,
    targets: Value,
    #[serde(default)]
    sample_weights: Option<Value>,
}

impl Answer {
    /// Reads the part `"gradients"` of a file.
    pub fn from_json(text: &str) -> Result<Self, HomeworkError> {
        let gradients = document(text)?.gradients.filter(|gradients| !gradients.is_empty());
        let gradients = gradients.ok_or(HomeworkError::Missing { part: "gradients" })?;
        let numbers = gradients.into_iter().map(|(name, value)| {
            let numbers = Numbers::read(&name, &value)?;
            Ok((name, numbers))
        });
        Ok(Self { gradients: numbers.collect::<Result<_, HomeworkError>>()? })
    }
}

impl Exercise {
    /// Whether a file has an exercise in it, and not gradients alone.
    pub fn is_in(text: &str) -> Result<bool, HomeworkError> {
        Ok(document(text)?.network.is_some())
    }

    /// Reads the parts `"network"`, `"loss"`, `"batch"` and `"weights"` of a file.
    pub fn from_json(text: &str) -> Result<Self, HomeworkError> {
        let missing = |part| HomeworkError::Missing { part };
        let document = document(text)?;
        let network = document.network.ok_or(missing("network"))?;
        let weights = document.weights.ok_or(missing("weights"))?;
        let batch = document.batch.ok_or(missing("batch"))?;
        let name = document.loss.ok_or(missing("loss"))?;
        let loss = table::loss::<f64>(&name).ok_or_else(|| {
            let there = table::losses::<f64>().iter().map(|loss| loss.name().to_owned()).collect();
            unknown("loss", &name, there)
        })?;

        let mut layers = Vec::new();
        for layer in &network.layers {
            if layer.kind != "dense" || layer.depth > 0 {
                let (layer, kind) = (layer.name.clone(), layer.kind.clone());
                return Err(HomeworkError::NotDense { layer, kind });
            }
            layers.push(chained(layer, &weights)?);
        }
        let first = layers.first().ok_or(missing("layers"))?;
        let x = Numbers::read("x", &batch.x)?.matrix("x", None, first.w.nrows())?;
        for pair in layers.windows(2) {
            let name = format!("{}.w", pair[1].name);
            let (expected, found) = (pair[0].w.ncols(), pair[1].w.dim());
            if expected != found.0 {
                let (expected, found) = ([expected, found.1], [found.0, found.1]);
                return Err(misshapen(&name, &expected, &found, ""));
            }
        }
        let targets = Numbers::read("targets", &batch.targets)?;
        let columns = if let [_, columns] = targets.shape[..] { columns } else { 1 };
        let targets = targets.matrix("targets", Some(x.nrows()), columns)?;
        let sample_weights = match &batch.sample_weights {
            None | Some(Value::Null) => None,
            Some(value) => {
                let weights = Numbers::read("sample_weights", value)?;
                Some(weights.vector("sample_weights", x.nrows())?)
            }
        };
        let exercise = Self { layers, loss, x, targets, sample_weights };
        exercise.check()?;
        Ok(exercise)
    }

    /// Fails if the loss can not be computed.
    fn check(&self) -> Result<(), HomeworkError> {
        let outputs = self.layers.last().map_or(0, |layer| layer.b.len());
        let expected = self.loss.outputs(self.targets.ncols());
        if let Some(expected) = expected.filter(|expected| *expected != outputs) {
            let name = format!("the output for the loss {}", self.loss.name());
            return Err(misshapen(&name, &[self.rows(), expected], &[self.rows(), outputs], ""));
        }
        for (row, target) in self.targets.outer_iter().enumerate() {
            self.loss.check_target(&target.to_vec(), outputs).map_err(|reason| {
                chainrule::Error::Target { loss: self.loss.name().to_owned(), row, reason }
            })?;
        }
        let targets = Targets { values: self.targets.view(), ..self.targets() };
        let divisor = self.loss.divisor(targets);
        if !(divisor > 0.0 && divisor.is_finite()) {
            let found = format!("weights with the sum {divisor}");
            return Err(HomeworkError::NotANumber { name: "sample_weights".to_owned(), found });
        }
        Ok(())
    }
}

fn document(text: &str) -> Result<Document, HomeworkError> {
    let format = |reason: String| Err(HomeworkError::Format { reason });
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => return format("the file is empty".to_owned()),
        Some('{') => {}
        Some(_) => return format("this is no JSON object, which begins with {".to_owned()),
    }
    if text.contains('\0') {
        return format(
            "the file is UTF-16, as > writes it in older PowerShell; save it as UTF-8".to_owned(),
        );
    }
    serde_json::from_str(text).or_else(|error| {
        // Python writes these words, although JSON does not know them.
        match ["NaN", "Infinity"].into_iter().find(|word| text.contains(word)) {
            Some(word) => {
                let (name, found) = (format!("line {}", error.line()), word.to_owned());
                Err(HomeworkError::NotANumber { name, found })
            }
            None if error.is_eof() => {
                format(format!("the JSON is cut off at line {}", error.line()))
            }
            None => format(error.to_string()),
        }
    })
}

/// A dense layer with the numbers of its blocks.
fn chained(layer: &Layer, weights: &BTreeMap<String, Value>) -> Result<Chained, HomeworkError> {
    let name = layer.activation.as_deref().unwrap_or("identity");
    let activation = table::activation(name).ok_or_else(|| {
        let there = table::activations::<f64>().iter().map(|one| one.name().to_owned()).collect();
        unknown("activation", name, there)
    })?;
    let block = |letter: &str| {
        let name = format!("{}.{letter}", layer.name);
        let value = weights
            .get(&name)
            .ok_or_else(|| unknown("block of weights", &name, weights.keys().cloned().collect()))?;
        Ok::<_, HomeworkError>((Numbers::read(&name, value)?, name))
    };
    let (w, w_name) = block("w")?;
    let (b, b_name) = block("b")?;
    let &[rows, columns] = &w.shape[..] else {
        let units = b.values.len().max(1);
        let expected = [w.values.len() / units, units];
        return Err(misshapen(
            &w_name,
            &expected,
            &w.shape,
            "; write a list of rows, such as [[3], [-1]]",
        ));
    };
    Ok(Chained {
        name: layer.name.clone(),
        activation,
        w: w.matrix(&w_name, Some(rows), columns)?,
        b: b.vector(&b_name, columns)?,
    })
}

impl Numbers {
    /// Lists of numbers, or lists of lists of one length.
    fn read(name: &str, value: &Value) -> Result<Self, HomeworkError> {
        let mut numbers = Self { shape: Vec::new(), values: Vec::new() };
        numbers.take(name, value, 0)?;
        Ok(numbers)
    }

    fn take(&mut self, name: &str, value: &Value, depth: usize) -> Result<(), HomeworkError> {
        match value {
            Value::Array(list) if depth < 2 => {
                match self.shape.get(depth) {
                    // A list beside numbers belongs nowhere.
                    None if !self.values.is_empty() => {
                        let found = "a list beside numbers".to_owned();
                        return Err(HomeworkError::NotANumber { name: name.to_owned(), found });
                    }
                    None => self.shape.push(list.len()),
                    Some(&length) if length != list.len() => {
                        let found = format!("rows of {length} and of {} numbers", list.len());
                        return Err(HomeworkError::NotANumber { name: name.to_owned(), found });
                    }
                    Some(_) => {}
                }
                list.iter().try_for_each(|inside| self.take(name, inside, depth + 1))
            }
            _ => match value.as_f64() {
                Some(number) if depth == self.shape.len() => {
                    self.values.push(number);
                    Ok(())
                }
                _ => {
                    let mut found = value.to_string();
                    if found.chars().count() > 40 {
                        found = found.chars().take(40).chain("…".chars()).collect();
                    }
                    Err(HomeworkError::NotANumber { name: name.to_owned(), found })
                }
            },
        }
    }

    /// As [rows × columns]; a plain list is a column, or the only row.
    pub(super) fn matrix(
        self,
        name: &str,
        rows: Option<usize>,
        columns: usize,
    ) -> Result<Array2<f64>, HomeworkError> {
        let count = self.values.len();
        let expected = [rows.unwrap_or(count / columns.max(1)), columns];
        let fits = match self.shape[..] {
            [r, c] => [r, c] == expected,
            [length] => expected == [1, length] || expected == [length, 1],
            [] => expected == [1, 1],
            _ => false,
        };
        let array = fits.then(|| Array2::from_shape_vec(expected, self.values).ok()).flatten();
        match array {
            Some(array) if !array.is_empty() => Ok(array),
            _ => Err(misshapen(name, &expected, &self.shape, "")),
        }
    }

    /// As a vector; a single row or column is one, too.
    pub(super) fn vector(self, name: &str, length: usize) -> Result<Array1<f64>, HomeworkError> {
        let is_vector = match self.shape[..] {
            [found] | [1, found] | [found, 1] => found == length,
            [] => length == 1,
            _ => false,
        };
        match is_vector {
            true => Ok(Array1::from(self.values)),
            false => Err(misshapen(name, &[length], &self.shape, "")),
        }
    }
}

fn unknown(what: &'static str, name: &str, there: Vec<String>) -> HomeworkError {
    let there = format!("there is {}", there.join(", "));
    HomeworkError::Unknown { what, name: name.to_owned(), there }
}

pub(super) fn misshapen(
    name: &str,
    expected: &[usize],
    found: &[usize],
    hint: &str,
) -> HomeworkError {
    let shown = |shape: &[usize]| {
        let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
        format!("[{}]", sizes.join(" × "))
    };
    let (expected, found) = (shown(expected), shown(found));
    HomeworkError::Shape { name: name.to_owned(), expected, found, hint: hint.to_owned() }
}
