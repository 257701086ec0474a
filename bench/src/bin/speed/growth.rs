use crate::calibration::Machine;

pub(crate) fn print(_: &Machine) {}
