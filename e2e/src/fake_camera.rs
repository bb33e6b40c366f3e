//! A drawn person for pictures in documents: a film of a few seconds that Chromium uses as its
//! camera. Pure arithmetic; the same colours give the same bytes.

use std::{fs, io, path::Path};

const WIDTH: usize = 640;
const HEIGHT: usize = 360;
const FRAMES: usize = 30;

type Colour = [f32; 3];

/// The colours of a person and of the room behind.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    pub wall: Colour,
    pub light: Colour,
    pub clothes: Colour,
    pub skin: Colour,
    pub hair: Colour,
}

/// A person in a warm room.
pub const WARM: Palette = Palette {
    wall: [0.55, 0.36, 0.30],
    light: [0.98, 0.80, 0.55],
    clothes: [0.18, 0.27, 0.36],
    skin: [0.87, 0.66, 0.53],
    hair: [0.20, 0.13, 0.10],
};

/// A person in a cool room.
pub const COOL: Palette = Palette {
    wall: [0.23, 0.36, 0.42],
    light: [0.70, 0.86, 0.88],
    clothes: [0.74, 0.42, 0.32],
    skin: [0.62, 0.43, 0.32],
    hair: [0.09, 0.08, 0.09],
};

/// Writes the film in the format that Chromium reads (YUV4MPEG2).
pub fn write(file: &Path, palette: &Palette) -> io::Result<()> {
    let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n").into_bytes();
    for frame in 0..FRAMES {
        let turn = frame as f32 / FRAMES as f32 * std::f32::consts::TAU;
        film.extend_from_slice(b"FRAME\n");
        film.extend(planes(palette, turn));
    }
    fs::write(file, film)
}

/// One frame: the brightness, then both colour planes at half the size.
fn planes(palette: &Palette, turn: f32) -> Vec<u8> {
    let mut brightness = Vec::with_capacity(WIDTH * HEIGHT * 3 / 2);
    let (mut blueness, mut redness) = (vec![], vec![]);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let [red, green, blue] = colour(palette, x as f32, y as f32, turn);
            let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
            brightness.push(byte(luma));
            if x % 2 == 0 && y % 2 == 0 {
                blueness.push(byte(0.5 + (blue - luma) * 0.564));
                redness.push(byte(0.5 + (red - luma) * 0.713));
            }
        }
    }
    brightness.extend(blueness);
    brightness.extend(redness);
    brightness
}

fn byte(share: f32) -> u8 {
    // A float beyond the range of a byte becomes its nearest end.
    (share * 255.0) as u8
}

fn colour(palette: &Palette, x: f32, y: f32, turn: f32) -> Colour {
    let sway = turn.sin() * 5.0;
    let nod = (turn * 2.0).sin() * 1.5;
    let lamp = ellipse(x, y, [520.0, 70.0], [230.0, 210.0], 1.0);
    let mut colour = mix(palette.wall, palette.light, lamp * 0.55);
    colour = mix(colour, [0.0; 3], y / HEIGHT as f32 * 0.25);
    let parts = [
        (palette.hair, [320.0 + sway, 152.0 + nod], [76.0, 92.0]),
        (palette.clothes, [320.0 + sway * 0.4, 400.0], [168.0, 136.0]),
        (
            shade(palette.skin, 0.85),
            [320.0 + sway * 0.7, 262.0],
            [31.0, 46.0],
        ),
        (palette.skin, [320.0 + sway, 172.0 + nod], [60.0, 78.0]),
        (palette.hair, [312.0 + sway, 98.0 + nod], [66.0, 30.0]),
        (palette.hair, [297.0 + sway, 166.0 + nod], [5.0, 6.0]),
        (palette.hair, [343.0 + sway, 166.0 + nod], [5.0, 6.0]),
        (
            shade(palette.skin, 0.6),
            [320.0 + sway, 211.0 + nod],
            [19.0, 7.0],
        ),
        (palette.skin, [320.0 + sway, 207.0 + nod], [21.0, 7.0]),
    ];
    for (paint, centre, radii) in parts {
        colour = mix(colour, paint, ellipse(x, y, centre, radii, 0.03));
    }
    colour
}

/// The share of this point that an ellipse with a soft edge covers.
fn ellipse(x: f32, y: f32, centre: [f32; 2], radii: [f32; 2], softness: f32) -> f32 {
    let distance = ((x - centre[0]) / radii[0]).hypot((y - centre[1]) / radii[1]);
    ((1.0 - distance) / softness).clamp(0.0, 1.0)
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|part| from[part] + (to[part] - from[part]) * share)
}

fn shade(colour: Colour, share: f32) -> Colour {
    colour.map(|part| part * share)
}
