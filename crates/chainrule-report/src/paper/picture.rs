//! A scene as a PNG picture.
//!
//! kuva smooths the edges of a line along one direction only. The scene is therefore drawn three
//! times too large, and each pixel is the mean of nine.

use std::io::Cursor;

use kuva::RasterBackend;
use kuva::render::render::Scene;

use crate::Error;

/// Pixels for one unit of the scene: 1200 for the 600 of its width.
const PIXELS: usize = 2;
/// The samples of a pixel, in each direction.
const FINER: usize = 3;

pub(super) fn png(scene: &Scene) -> Result<Vec<u8>, Error> {
    let error = |error: &dyn std::fmt::Display| Error::Png(error.to_string());
    let backend = RasterBackend::new().with_scale((PIXELS * FINER) as f32);
    let large = backend.render_scene(scene).map_err(|e| error(&e))?;

    let mut reader = png::Decoder::new(Cursor::new(large)).read_info().map_err(|e| error(&e))?;
    let size = reader.output_buffer_size().ok_or_else(|| error(&"it is too large"))?;
    let mut large = vec![0; size];
    let info = reader.next_frame(&mut large).map_err(|e| error(&e))?;
    let (width, height) = (info.width as usize / FINER, info.height as usize / FINER);
    let small = shrink(&large, info.line_size, width, height);

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(|e| error(&e))?;
    writer.write_image_data(&small).map_err(|e| error(&e))?;
    writer.finish().map_err(|e| error(&e))?;
    Ok(bytes)
}

/// From RGBA lines of `line` bytes to RGB, each pixel the mean of a square of [`FINER`]² ones. The
/// scene has an opaque background, so there is no transparency to care for.
fn shrink(large: &[u8], line: usize, width: usize, height: usize) -> Vec<u8> {
    let mut small = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let mut sums = [0; 3];
            for row in large[y * FINER * line..].chunks(line).take(FINER) {
                for pixel in row[x * FINER * 4..].chunks(4).take(FINER) {
                    for (sum, channel) in sums.iter_mut().zip(pixel) {
                        *sum += usize::from(*channel);
                    }
                }
            }
            let samples = FINER * FINER;
            small.extend(sums.map(|sum| ((sum + samples / 2) / samples) as u8));
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_the_mean_of_nine() {
        // Two pixels beside each other: three black lines of nine samples, one column white.
        let sample =
            |column: usize| if column == 4 { [255, 255, 255, 255] } else { [0, 0, 90, 255] };
        let line: Vec<u8> = (0..6).flat_map(sample).collect();
        let large = line.repeat(3);
        assert_eq!(shrink(&large, 24, 2, 1), [0, 0, 90, 85, 85, 145]);
    }
}
