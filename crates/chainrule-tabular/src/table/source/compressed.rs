//! Text that was compressed, as it is decompressed piece by piece.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{
    BlockDecodingStrategy::UptoBlocks,
    FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};
use std::io::{self, BufRead, BufReader, Read};

/// What is inside of gzip, of one member after another.
pub(super) fn gzip<R: Read>(from: R) -> impl Read + use<R> {
    Told { from: MultiGzDecoder::new(BufReader::new(from)), name: "gzip" }
}

/// What is inside of zstd, of one frame after another. A frame may ask for a window of at most 128 MiB, which is set
/// aside before it is filled.
pub(super) fn zstd<R: Read>(from: R) -> impl Read + use<R> {
    let from = BufReader::new(from);
    Told { from: Frames { from, decoder: FrameDecoder::new(), is_inside: false }, name: "zstd" }
}

/// Says what to do about damaged data.
struct Told<R> {
    from: R,
    name: &'static str,
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.from.read(to).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                let name = self.name;
                let text = format!("its {name} data end too early; copy or download it again");
                io::Error::new(io::ErrorKind::UnexpectedEof, text)
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                let name = self.name;
                let text =
                    format!("its {name} data are damaged ({error}); copy or download it again");
                io::Error::new(io::ErrorKind::InvalidData, text)
            }
            _ => error,
        })
    }
}

/// The frames of zstd: data, and what may be skipped.
struct Frames<R> {
    from: R,
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<R: BufRead> Frames<R> {
    /// Begins the next frame; `false` after the last one.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            if self.from.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.from) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.from.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(self.damaged(&error)),
            }
        }
    }

    /// Cut off, if nothing more could be read, and damaged otherwise.
    fn damaged(&mut self, error: &FrameDecoderError) -> io::Error {
        match self.from.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
            Err(error) => error,
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            if to.is_empty() || !self.is_inside && !self.next()? {
                return Ok(0);
            }
            self.is_inside = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                if let Err(error) = self.decoder.decode_blocks(&mut self.from, UptoBlocks(1)) {
                    return Err(self.damaged(&error));
                }
            }
            let read = self.decoder.read(to)?;
            if read > 0 {
                return Ok(read);
            }
            self.is_inside = false;
            let (told, found) =
                (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
            if told.is_some() && told != found {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum is wrong"));
            }
        }
    }
}
