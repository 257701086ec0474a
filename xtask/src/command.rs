//! Running other programs: always in the workspace's root, never with a standard input,
//! so that a program that asks something ends instead of waiting for ever.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the workspace, which is the parent folder of this crate.
pub(crate) fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// A program to be run in the root of the workspace.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The same cargo that built this program, with these arguments, which stand apart by blanks.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace());
    command
}

/// Where cargo puts this example when it builds `--workspace`: beside this program, as both have the same profile.
///
/// For the whole workspace, since `cargo run --package` would choose the features of the dependencies for that package
/// alone, and so build many of them again.
pub(crate) fn built_example(name: &str) -> Result<PathBuf> {
    let xtask = env::current_exe().context("the folder of this program is unknown")?;
    Ok(xtask.with_file_name("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

/// Shows the command and runs it, its output going where ours goes.
///
/// # Errors
/// When the program can not be started or does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Shows the command, runs it and gives what it printed; its messages go where ours go.
///
/// # Errors
/// When the program can not be started or does not succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = describe(command);
    println!("$ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the command can be started and succeeds. It stays silent.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// The command as one types it: the variables it sets, the program without its folder, the arguments.
fn describe(command: &Command) -> String {
    let quote = |text: &OsStr| {
        let text = text.to_string_lossy();
        if text.contains(' ') { format!("'{text}'") } else { text.into_owned() }
    };
    let variables = command.get_envs().filter_map(|(name, value)| {
        value.map(|value| format!("{}={}", name.to_string_lossy(), quote(value)))
    });
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words: Vec<String> =
        variables.chain([quote(program)]).chain(command.get_args().map(quote)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_as_one_types_it() {
        let mut command = Command::new("/toolchain/bin/cargo");
        command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(describe(&command), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn the_root_is_the_folder_of_the_workspace() {
        assert!(root().join("rust-toolchain.toml").is_file());
    }
}
