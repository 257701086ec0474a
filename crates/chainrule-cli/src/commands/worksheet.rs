//! `chainrule worksheet`: back-propagation on paper, another exercise for each student.

use crate::{args, failure::Failure, files, text};
use chainrule_lesson::worksheet::Worksheet;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

pub(crate) fn run(args: &args::Worksheet) -> Result<(), Failure> {
    let key = key_beside(args);
    files::check_writable(&args.out)?;
    files::check_writable(&key)?;
    let worksheet = Worksheet::new(&args.network.0, args.students, args.seed)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let language = args.lang.of_lessons();
    // The key first: sheets without one are of no use.
    files::write(&key, worksheet.key(language).as_bytes())?;
    files::write(&args.out, worksheet.sheets(language).as_bytes())?;
    if !args.quiet {
        let strong = |path: &Path| text::strong(&path.display().to_string()).to_string();
        let said =
            format!("Sheets written: {}\nKey written:    {}\n", strong(&args.out), strong(&key));
        anstream::stdout().lock().write_all(said.as_bytes()).map_err(Failure::output)?;
    }
    Ok(())
}

/// `worksheet.html` has the key `worksheet.key.html`.
fn key_beside(args: &args::Worksheet) -> PathBuf {
    let ending = args.out.extension().map_or("html".into(), |ending| ending.to_string_lossy());
    args.out.with_extension(format!("key.{ending}"))
}
