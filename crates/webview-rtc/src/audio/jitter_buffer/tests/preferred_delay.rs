//! The delay that the page wants (`jitterBufferTarget`).

use super::*;

/// Pulls for some seconds with this preferred delay; returns the delay at the end, in ms.
fn delay_after(seconds: u64, fixture: &mut Fixture, from: u64, preferred: Duration) -> u128 {
    fixture.jitter_buffer.set_preferred_delay(preferred);
    for pull in from * 100..(from + seconds) * 100 {
        if pull % 2 == 0 {
            fixture.insert((pull / 2) as usize, 0, pull * 10);
        }
        fixture.pull(pull * 10);
    }
    fixture.jitter_buffer.current_delay().as_millis()
}

#[test]
fn preferred_delay_is_reached_and_given_up() {
    let mut fixture = Fixture::new(40);
    let usual = delay_after(4, &mut fixture, 0, Duration::ZERO);
    assert!(usual < 40, "{usual}");
    let longer = delay_after(10, &mut fixture, 4, millis(300));
    assert!((225..=350).contains(&longer), "{longer}");
    let again = delay_after(12, &mut fixture, 14, Duration::ZERO);
    assert!(again < 60, "{again}");
    // More than one second is not kept.
    let longest = delay_after(14, &mut fixture, 26, millis(4_000));
    assert!((600..=1_000).contains(&longest), "{longest}");
}
