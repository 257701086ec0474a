/// Each time a third of the trials goes on, with three times the epochs; with this factor the number of brackets matters
/// least (Li et al. 2018, section 2.6).
const ETA: usize = 3;
/// After fewer epochs a loss says little.
const FEWEST_EPOCHS: usize = 10;

/// The epochs, from the first round to the last, and how many trials take part in each: n, n/3, n/9, … and R/3ˢ, …, R/3,
/// R, as many rounds as leave a trial for the last one.
///
/// ```
/// use chainrule_tabular::search::rungs;
///
/// assert_eq!(rungs(29, 1000), [(37, 29), (111, 9), (333, 3), (1000, 1)]);
/// assert_eq!(rungs(29, 40), [(13, 29), (40, 9)]);
/// assert_eq!(rungs(2, 1000), [(1000, 2)]);
/// ```
pub fn rungs(trials: usize, epochs: usize) -> Vec<(usize, usize)> {
    let mut rungs = Vec::new();
    let mut divisor = 1;
    while divisor == 1 || (trials / divisor >= 1 && epochs / divisor >= FEWEST_EPOCHS) {
        rungs.push(divisor);
        divisor *= ETA;
    }
    let last = rungs.len() - 1;
    let rung = |place: usize| (epochs / rungs[last - place], trials / rungs[place]);
    (0..=last).map(rung).collect()
}
