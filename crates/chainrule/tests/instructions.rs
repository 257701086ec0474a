//! Each instruction set of this machine with fused multiply–adds trains to the same bits. They are chosen by an environment
//! variable when the first kernel runs, so each has a process of its own: this test runs itself again.

use chainrule::{
    Dataset, Error, Network, Real, Training,
    activation::{Gelu, Identity, Relu, Tanh},
    instructions,
    loss::{CrossEntropy, MeanSquaredError},
    random::{Purpose, Random},
};
use ndarray::{Array2, Axis};
use std::{
    env,
    ffi::OsStr,
    hash::{DefaultHasher, Hash, Hasher},
    process::Command,
};

/// Says what the child process is to do.
const TASK: &str = "CHAINRULE_TEST_TASK";
const VARIABLE: &str = "CHAINRULE_KERNEL";

/// What this test says, run again with this kernel and this task.
fn with_kernel(kernel: impl AsRef<OsStr>, task: &str) -> String {
    let program = env::current_exe().expect("the test is a program");
    let output = Command::new(program)
        .args(["--exact", "child", "--nocapture"])
        .env(VARIABLE, kernel)
        .env(TASK, task)
        .output()
        .expect("it runs");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let answer = output.lines().find_map(|line| line.split_once("answer: "));
    answer.unwrap_or_else(|| panic!("no answer in: {output}")).1.to_owned()
}

/// Nothing by itself.
#[test]
fn child() {
    let answer = match env::var(TASK).as_deref() {
        Ok("bits") => format!("{:016x} {:016x}", bits::<f32>(), bits::<f64>()),
        Ok("selected") => format!("{:?}", instructions::selected()),
        Ok("train") => {
            let (mut network, data) = (network::<f32>(Network::builder(2).dense(3, Relu)), curve());
            let training = Training::new(MeanSquaredError);
            format!("{:?}", training.run(&mut network, &data, None, &mut ()).map(|_| ()))
        }
        _ => return,
    };
    println!("answer: {answer}");
}

fn network<T: Real>(builder: chainrule::network::Builder<T>) -> Network<T> {
    builder.dense(1, Identity).build(1).expect("it fits together")
}

fn curve<T: Real>() -> Dataset<T> {
    let mut random = Random::new(3, Purpose::Data);
    let x = Array2::from_shape_simple_fn((90, 2), || random.normal::<T>());
    let y = x.map_axis(Axis(1), |x| T::of((x[0].f64() - x[1].f64()).abs()));
    Dataset::new(x, y.insert_axis(Axis(1))).expect("they are finite")
}

/// A hash of trained parameters: of hinges, of layers with products of every kind, of classes.
fn bits<T: Real>() -> u64 {
    let mut hasher = DefaultHasher::new();
    let data = curve::<T>();
    let hinges = Network::builder(2).dense(37, Relu);
    let layers = Network::builder(2).dense(33, Tanh).layer_norm().dense(21, Gelu).dropout(0.1);
    for builder in [hinges, layers] {
        let mut network = network(builder);
        let training =
            Training { epochs: 5, batch_size: Some(23), ..Training::new(MeanSquaredError) };
        training.run(&mut network, &data, None, &mut ()).expect("it trains");
        network.parameters().iter().for_each(|v| v.f64().to_bits().hash(&mut hasher));
    }
    let classes = data.targets().values.mapv(|t| T::of(if t.f64() > 1.0 { 1.0 } else { 0.0 }));
    let data = Dataset::new(data.x().to_owned(), classes).expect("they are finite");
    let builder = Network::builder(2).dense(19, Relu).dense(18, Tanh);
    let mut network = builder.dense(2, Identity).build(1).expect("it fits together");
    let training = Training { epochs: 5, ..Training::new(CrossEntropy::default()) };
    training.run(&mut network, &data, None, &mut ()).expect("it trains");
    network.parameters().iter().for_each(|v| v.f64().to_bits().hash(&mut hasher));
    hasher.finish()
}

#[test]
fn trainings_have_the_same_bits_on_every_instruction_set() {
    let expected = with_kernel("reference", "bits");
    for set in instructions::available().into_iter().filter(|set| *set != "sse2") {
        assert_eq!(with_kernel(set, "bits"), expected, "{set}");
    }
}

#[test]
fn the_environment_chooses_among_what_there_is() {
    for set in instructions::available() {
        assert_eq!(with_kernel(set, "selected"), format!("Ok({set:?})"));
    }
    let asked = "avx1024".to_owned();
    let available = instructions::available().join(", ");
    let error = Error::Instructions { asked, available };
    assert_eq!(with_kernel("avx1024", "selected"), format!("{:?}", Err::<&str, _>(&error)));
    assert_eq!(with_kernel("avx1024", "train"), format!("{:?}", Err::<(), _>(&error)));
    #[cfg(unix)]
    {
        let no_text: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"avx\xff");
        let answer = with_kernel(no_text, "selected");
        assert!(answer.starts_with("Err(Instructions"), "{answer}");
    }
    assert!(error.to_string().contains("avx1024") && error.to_string().contains("reference"));
}
