//! The code of the book in `docs/book`, which the tests run. The Chinese edition has the same code.

macro_rules! chapters {
    ($($chapter:ident $file:literal)*) => {$(
        #[doc = include_str!(concat!("../../../docs/book/en/src/", $file))]
        mod $chapter {}
    )*};
}

chapters! {
    about "00-about.md"
    network "01-network.md"
    chain_rule "02-chain-rule.md"
    back_propagation "03-back-propagation.md"
    initialisation "04-initialisation.md"
    adam "05-adam.md"
    approximation "06-approximation.md"
    vanishing "07-vanishing.md"
    levenberg_marquardt "08-levenberg-marquardt.md"
    automatic "09-automatic.md"
    pytorch "10-pytorch.md"
}
