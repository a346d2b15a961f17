//! The shortest schedule that still fails.

use crate::schedule::Schedule;

/// Takes faults away for as long as `fails`: halves first, then one by one.
pub fn shrink(schedule: &Schedule, mut fails: impl FnMut(&Schedule) -> bool) -> Schedule {
    let mut faults = schedule.faults.clone();
    let mut size = faults.len().div_ceil(2);
    while size > 0 && !faults.is_empty() {
        let mut shorter = false;
        let mut from = 0;
        while from < faults.len() {
            let mut fewer = faults.clone();
            fewer.drain(from..(from + size).min(faults.len()));
            let candidate = Schedule { faults: fewer };
            if fails(&candidate) {
                faults = candidate.faults;
                shorter = true;
            } else {
                from += size;
            }
        }
        if size == 1 && !shorter {
            break;
        }
        size = if size == 1 { 1 } else { size.div_ceil(2) };
    }
    Schedule { faults }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_taken_away() {
        let text = "0:1 lost; 0:2 lost; 0:3 crash-after; 1:4 lost; 1:5 freeze 3; 0:6 doubled; 0:7 cancel";
        let schedule: Schedule = text.parse().unwrap();
        let needed: Schedule = "0:3 crash-after; 1:5 freeze 3".parse().unwrap();
        let fails = |candidate: &Schedule| needed.faults.iter().all(|fault| candidate.faults.contains(fault));
        assert_eq!(shrink(&schedule, fails), needed);
        assert_eq!(shrink(&schedule, |_| true), Schedule::default());
        assert_eq!(shrink(&schedule, |_| false), schedule);
    }
}
