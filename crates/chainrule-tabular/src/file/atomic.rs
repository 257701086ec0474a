use super::FileError;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile};

/// Writes a file by way of a temporary sibling: afterwards it has either all of these bytes or what it had
/// before, also if the program or the machine stops in between.
///
/// A link stays a link: the file it points to is written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_by(&mut Calls, path, bytes)
}

fn write_by(system: &mut impl System, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let (target, there) = check(path)?;
    let mut builder = Builder::new();
    builder.prefix(".chainrule-").suffix(".tmp");
    set_permissions(&mut builder, there);
    // Whatever fails, the temporary file is removed where it goes out of scope.
    let written = system.create(&builder, &folder(&target)).and_then(|mut file| {
        system.write(&mut file, bytes)?;
        system.sync(&file)?;
        system.rename(file, &target)
    });
    written
        .map_err(|error| FileError::Unwritable { path: path.to_owned(), reason: error.to_string() })
}

/// What the system is asked for, in this order. A test lets each of it fail.
trait System {
    fn create(&mut self, builder: &Builder, folder: &Path) -> io::Result<NamedTempFile> {
        builder.tempfile_in(folder)
    }

    fn write(&mut self, file: &mut NamedTempFile, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes).and_then(|()| file.flush())
    }

    fn sync(&mut self, file: &NamedTempFile) -> io::Result<()> {
        file.as_file().sync_all()
    }

    fn rename(&mut self, file: NamedTempFile, target: &Path) -> io::Result<()> {
        file.persist(target)?;
        Ok(())
    }
}

/// The system as it is.
struct Calls;

impl System for Calls {}

/// Whether [`write_atomically`] could write this file, as far as that can be told before: a long computation
/// whose result has no place is better not begun. Nothing that is there is touched.
pub fn check_writable(path: &Path) -> Result<(), FileError> {
    let (target, _) = check(path)?;
    match Builder::new().prefix(".chainrule-").suffix(".tmp").tempfile_in(folder(&target)) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(FileError::Unwritable { path: path.to_owned(), reason: error.to_string() })
        }
    }
}

/// The file that a path stands for, what is there now, and whether that may be replaced.
fn check(path: &Path) -> Result<(PathBuf, Option<fs::Metadata>), FileError> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let there = fs::metadata(&target).ok();
    if let Some(there) = &there {
        // To rename over a device would remove it.
        if !there.is_file() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        if there.permissions().readonly() {
            return Err(FileError::ReadOnly { path: path.to_owned() });
        }
    }
    let folder = folder(&target);
    if !folder.is_dir() {
        return Err(FileError::NoFolder { path: path.to_owned(), folder });
    }
    Ok((target, there))
}

fn folder(target: &Path) -> PathBuf {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Temporary files are for their owner alone; this one becomes a file like any other, or keeps the permissions
/// of the one that it replaces.
#[cfg(unix)]
fn set_permissions(builder: &mut Builder, there: Option<fs::Metadata>) {
    use std::os::unix::fs::PermissionsExt;
    // The system takes off what the user's mask forbids.
    let usual = || fs::Permissions::from_mode(0o666);
    builder.permissions(there.map_or_else(usual, |there| there.permissions()));
}

#[cfg(not(unix))]
fn set_permissions(_: &mut Builder, _: Option<fs::Metadata>) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn files_are_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        for text in ["first", "second, and longer"] {
            write_atomically(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["model"]);
    }

    #[test]
    fn a_failure_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        fs::write(&path, "before").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = write_atomically(&path, b"after").unwrap_err();
        assert_eq!(error, FileError::ReadOnly { path: path.clone() });
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(names(folder.path()), ["model"]);

        let error = write_atomically(folder.path(), b"after").unwrap_err();
        assert_eq!(error, FileError::NotAFile { path: folder.path().to_owned() });
        let lost = folder.path().join("no").join("model");
        let error = write_atomically(&lost, b"after").unwrap_err().to_string();
        assert!(error.contains("can not be written: there is no folder"), "{error}");
    }

    /// Fails at one of the calls, counted from 1; a write comes as far as the disk has room for it.
    struct FailsAt {
        call: usize,
        called: usize,
        room: usize,
    }

    impl FailsAt {
        fn call(&mut self) -> io::Result<()> {
            self.called += 1;
            match self.called == self.call {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => Ok(()),
            }
        }
    }

    impl System for FailsAt {
        fn create(&mut self, builder: &Builder, folder: &Path) -> io::Result<NamedTempFile> {
            self.call()?;
            Calls.create(builder, folder)
        }

        fn write(&mut self, file: &mut NamedTempFile, bytes: &[u8]) -> io::Result<()> {
            let written = &bytes[..bytes.len().min(self.room)];
            Calls.write(file, written)?;
            self.call()?;
            Calls.write(file, &bytes[written.len()..])
        }

        fn sync(&mut self, file: &NamedTempFile) -> io::Result<()> {
            self.call()?;
            Calls.sync(file)
        }

        fn rename(&mut self, file: NamedTempFile, target: &Path) -> io::Result<()> {
            self.call()?;
            Calls.rename(file, target)
        }
    }

    #[test]
    fn whatever_fails_leaves_what_was_there() {
        const CALLS: usize = 4;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        for before in [None, Some("before")] {
            for (call, room) in (1..=CALLS + 1).flat_map(|call| [(call, 0), (call, 3), (call, 100)])
            {
                if let Some(before) = before {
                    fs::write(&path, before).unwrap();
                }
                let mut system = FailsAt { call, called: 0, room };
                let written = write_by(&mut system, &path, b"after");
                if call > CALLS {
                    assert_eq!(written, Ok(()));
                    assert_eq!(fs::read(&path).unwrap(), b"after");
                    assert_eq!(system.called, CALLS, "a call that no case lets fail");
                    fs::remove_file(&path).unwrap();
                    continue;
                }
                let error = written.unwrap_err().to_string();
                assert!(error.ends_with("model can not be written: no storage space"), "{error}");
                assert_eq!(fs::read_to_string(&path).ok().as_deref(), before, "{call}");
                let left: &[&str] = if before.is_some() { &["model"] } else { &[] };
                assert_eq!(names(folder.path()), left, "{call}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("model"), folder.path().join("link"));
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        write_atomically(&link, b"after").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);

        let ordinary = folder.path().join("ordinary");
        fs::write(&ordinary, "").unwrap();
        let new = folder.path().join("new");
        write_atomically(&new, b"").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&new), mode(&ordinary));
    }
}
