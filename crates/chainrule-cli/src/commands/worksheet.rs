//! `chainrule worksheet`: back-propagation on paper, another exercise for each student.

use crate::{args, failure::Failure, files, text};
use chainrule_lesson::worksheet::Worksheet;
use std::path::PathBuf;

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
        anstream::println!("Sheets written: {}", text::strong(&args.out.display().to_string()));
        anstream::println!("Key written:    {}", text::strong(&key.display().to_string()));
    }
    Ok(())
}

/// `worksheet.html` has the key `worksheet.key.html`.
fn key_beside(args: &args::Worksheet) -> PathBuf {
    let ending = args.out.extension().map_or("html".into(), |ending| ending.to_string_lossy());
    args.out.with_extension(format!("key.{ending}"))
}
