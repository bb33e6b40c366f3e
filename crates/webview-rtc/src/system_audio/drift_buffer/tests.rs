use std::f32::consts::TAU;

use super::*;

/// A program that plays a tone of 1 kHz by a clock of its own.
struct Program {
    /// Its frames for each one of the receiver.
    speed: f64,
    due: f64,
    written: u32,
}

impl Program {
    fn new(speed: f64) -> Self {
        let (due, written) = (0.0, 0);
        Self {
            speed,
            due,
            written,
        }
    }

    /// 20 ms of the receiver's time, in one fragment.
    fn play(&mut self, buffer: &mut DriftBuffer) {
        self.due += 2.0 * FRAME_10MS as f64 * self.speed;
        let until = self.due as u32;
        buffer.write((self.written..until).map(|at| [tone(at); CHANNELS]));
        self.written = until;
    }
}

fn tone(at: u32) -> f32 {
    0.5 * ((at % 48) as f32 * TAU / 48.0).sin()
}

fn read(buffer: &mut DriftBuffer) -> Vec<f32> {
    let mut mixed = vec![0.0; CHANNELS * FRAME_10MS];
    buffer.add_to(&mut mixed);
    mixed.chunks_exact(CHANNELS).map(|frame| frame[0]).collect()
}

/// The largest step from one sample to the next. That of the tone is 0.066.
fn largest_step(samples: &[f32]) -> f32 {
    let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

/// Plays for this many seconds and returns the audio after the first one.
fn play(speed: f64, seconds: usize) -> (DriftBuffer, Vec<f32>) {
    let mut buffer = DriftBuffer::default();
    let mut program = Program::new(speed);
    let mut heard = Vec::new();
    for round in 0..seconds * 50 {
        program.play(&mut buffer);
        let audio = [read(&mut buffer), read(&mut buffer)].concat();
        if round >= 50 {
            heard.extend(audio);
        }
    }
    (buffer, heard)
}

#[test]
fn clocks_that_drift_make_no_gap() {
    for speed in [1.0, 1.0005, 0.9995, 1.002, 0.998] {
        let (buffer, heard) = play(speed, 120);
        let length = buffer.frames.len();
        assert!(length < FIRST_TARGET + 4 * FRAME_10MS, "{speed}: {length}");
        let step = largest_step(&heard);
        assert!(step < 0.07, "{speed}: a step of {step}");
        let silent = heard
            .windows(48)
            .filter(|period| period.iter().all(|sample| sample.abs() < 0.1));
        assert_eq!(silent.count(), 0, "{speed}");
        assert_eq!(buffer.target, FIRST_TARGET, "{speed}");
    }
}

#[test]
fn same_clock_passes_samples_unchanged() {
    let (_, heard) = play(1.0, 3);
    let first = heard.iter().position(|sample| *sample == tone(0)).unwrap();
    for (at, sample) in (0..).zip(&heard[first..first + 480]) {
        assert_eq!(sample.to_bits(), tone(at).to_bits());
    }
}

#[test]
fn program_that_pauses_fades_out_and_in() {
    let mut buffer = DriftBuffer::default();
    let mut program = Program::new(1.0);
    let mut heard = Vec::new();
    for round in 0..200 {
        if !(80..120).contains(&round) {
            program.play(&mut buffer);
        }
        heard.extend(read(&mut buffer));
        heard.extend(read(&mut buffer));
    }
    assert!(largest_step(&heard) < 0.08);
    let silent = heard.iter().filter(|sample| **sample == 0.0).count();
    assert!(silent > 20 * FRAME_10MS, "the pause is silent");
    assert!(
        heard[heard.len() - 480..]
            .iter()
            .any(|sample| *sample > 0.4)
    );
}

#[test]
fn audio_that_nobody_reads_takes_bounded_memory() {
    let mut buffer = DriftBuffer::default();
    let mut program = Program::new(1.0);
    for _ in 0..5_000 {
        program.play(&mut buffer);
    }
    assert!(buffer.frames.len() <= MAX_FRAMES);
    assert!(buffer.frames.capacity() <= 4 * MAX_FRAMES);
    read(&mut buffer);
    assert!(
        buffer.frames.len() <= FIRST_TARGET + FRAME_10MS,
        "no delay stays"
    );
}
