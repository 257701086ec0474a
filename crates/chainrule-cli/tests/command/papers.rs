//! `chainrule completions` and `chainrule man`.

use crate::place::Place;

#[test]
fn completions_for_every_shell() {
    let place = Place::new();
    for (shell, words) in [
        ("bash", "complete -F _chainrule"),
        ("zsh", "#compdef chainrule"),
        ("fish", "complete -c chainrule"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let ran = place.run(&format!("completions {shell}")).exits(0);
        ran.shows(words).shows("evaluate").shows("target");
    }
    place.run("completions tcsh").exits(2).says("powershell");
}

#[test]
fn manual_pages() {
    let place = Place::new();
    place.run("man").exits(0).shows(".TH chainrule 1").shows("chainrule\\-fit(1)");
    place.run("man fit").exits(0).shows(".TH chainrule-fit 1").shows("learning\\-rate");
    place.run("man fti").exits(2).says("there is no command fti; there are demo, check, fit");
}
