//! The instructions that the kernels run with.
//!
//! The kernels of this crate are compiled several times, and the best form that the processor can run is chosen when the
//! first one is called. The environment variable `CHAINRULE_KERNEL` chooses another:
//!
//! | name | is |
//! |---|---|
//! | `reference` | the plainest loops, with the same bits as the fast ones: to be read, and to be compared with |
//! | `sse2` | what every x86-64 processor has; it lacks the fused multiply–add, so that last bits differ |
//! | `avx2` | 256-bit vectors with fused multiply–add |
//! | `avx512` | 512-bit vectors, of which the foundation (`avx512f`) is enough |
//! | `neon`, `simd128`, `scalar` | what every processor of AArch64 has, of WebAssembly with or without vectors, of others |

pub use crate::kernel::instructions::{available, selected};
